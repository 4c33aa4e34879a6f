package kvs.documents;

import java.util.Optional;
import kvs.model.Key;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.tree.KeyRange;

/**
 * The targets of watches: a key, or everything below a prefix, as the caller sees it. A caller who loses the
 * right to read is woken, and then refused.
 */
public final class WatchTargets {

    /** Interval of checks of a listing for expired keys: the next expiry is not known without a search. */
    private static final long LOOK_MS = 1_000;

    private WatchTargets() { }

    /**
     * One key.
     *
     * @param key any
     * @param access the waiting caller
     */
    public record KeyTarget(Key key, AccessContext access) implements Watches.Target {

        @Override
        public Optional<EntityTag> tag(StoreView root, long wallMs) {
            return Documents.find(root, key, wallMs, access.on(root)).map(Documents::tag);
        }

        @Override
        public long changesAt(StoreView root, long wallMs) {
            return Documents.find(root, key, wallMs, access.on(root)).map(Entry::expires)
                    .orElse(Version.FOREVER);
        }
    }

    /**
     * An absent key: the tag changes when any version appears.
     *
     * @param key the awaited key
     */
    public record KeyAppearance(KeyTarget key) implements Watches.Target {

        private static final EntityTag ABSENT = new EntityTag(true, "absent");
        private static final EntityTag PRESENT = new EntityTag(true, "present");
        /** The condition of a reader that waits: the key is absent. */
        public static final Preconditions AWAITED = new Preconditions(Optional.empty(),
                Optional.of(Preconditions.Match.header(ABSENT.text())));

        @Override
        public Optional<EntityTag> tag(StoreView root, long wallMs) {
            return Optional.of(key.tag(root, wallMs).isPresent() ? PRESENT : ABSENT);
        }

        /** A key never appears by time alone. */
        @Override
        public long changesAt(StoreView root, long wallMs) {
            return Version.FOREVER;
        }
    }

    /**
     * A listing. Its tag is made of its digest where the caller may know that; else of the page itself, and
     * weak.
     *
     * @param query the listing
     * @param view see {@link PrefixTotals#tag}
     * @param access the waiting caller
     */
    public record ListingTarget(Listing.Query query, String view, AccessContext access)
            implements Watches.Target {

        @Override
        public Optional<EntityTag> tag(StoreView root, long wallMs) {
            AccessContext.Grants grants = access.on(root);
            String mine = view + "\n" + grants.mark();
            return grants.showsAll(query.prefix()) ? PrefixTotals.tag(root, KeyRange.prefix(query.prefix()),
                    mine, wallMs) : Optional.of(Listing.page(root, query, wallMs, grants).tag(mine));
        }

        @Override
        public long changesAt(StoreView root, long wallMs) {
            return wallMs + LOOK_MS;
        }
    }
}
