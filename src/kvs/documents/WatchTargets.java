package kvs.documents;

import java.util.Optional;
import kvs.model.Key;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.tree.KeyRange;

/** What readers wait for: a key, or all below a prefix, as they may see it. Who loses the right to read it is woken, to be told so. */
public final class WatchTargets {

    /** How often a listing is looked at for something that has expired: its next expiry is not known without a search. */
    private static final long LOOK_MS = 1_000;

    private WatchTargets() { }

    /**
     * One key.
     *
     * @param key any
     * @param access who waits
     */
    public record KeyTarget(Key key, AccessContext access) implements Watches.Target {

        @Override
        public Optional<EntityTag> tag(StoreView root, long wallMs) {
            return Documents.find(root, key, wallMs, access.on(root)).map(Documents::tag);
        }

        @Override
        public long changesAt(StoreView root, long wallMs) {
            return Documents.find(root, key, wallMs, access.on(root)).map(Entry::expires).orElse(Version.FOREVER);
        }
    }

    /**
     * The same key while nothing is there: it changes when something appears, whatever that is.
     *
     * @param key what is waited for
     */
    public record KeyAppearance(KeyTarget key) implements Watches.Target {

        private static final EntityTag ABSENT = new EntityTag(true, "absent");
        private static final EntityTag PRESENT = new EntityTag(true, "present");
        /** What a reader knows who waits for it. */
        public static final Conditions AWAITED = new Conditions(Optional.empty(), Optional.of(Conditions.Match.header(ABSENT.text())));

        @Override
        public Optional<EntityTag> tag(StoreView root, long wallMs) {
            return Optional.of(key.tag(root, wallMs).isPresent() ? PRESENT : ABSENT);
        }

        /** Time makes nothing appear. */
        @Override
        public long changesAt(StoreView root, long wallMs) {
            return Version.FOREVER;
        }
    }

    /**
     * A listing. Where its digest may be told, its tag is made of that; else of the page itself, and weak.
     *
     * @param query what is listed
     * @param view see {@link PrefixTotals#tag}
     * @param access who waits
     */
    public record ListingTarget(Listing.Query query, String view, AccessContext access) implements Watches.Target {

        @Override
        public Optional<EntityTag> tag(StoreView root, long wallMs) {
            AccessContext.Grants grants = access.on(root);
            String mine = view + "\n" + grants.mark();
            return grants.showsAll(query.prefix()) ? PrefixTotals.tag(root, KeyRange.prefix(query.prefix()), mine, wallMs)
                    : Optional.of(Listing.page(root, query, wallMs, grants).tag(mine));
        }

        @Override
        public long changesAt(StoreView root, long wallMs) {
            return wallMs + LOOK_MS;
        }
    }
}
