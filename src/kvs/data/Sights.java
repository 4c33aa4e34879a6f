package kvs.data;

import java.util.Optional;
import kvs.model.Key;
import kvs.model.Version;
import kvs.store.View;
import kvs.tree.Entry;
import kvs.tree.Range;

/** What readers wait for: a key, or all below a prefix, as they may see it. Who loses the right to read it is woken, to be told so. */
public final class Sights {

    /** How often a listing is looked at for something that has expired: its next expiry is not known without a search. */
    private static final long LOOK_MS = 1_000;

    private Sights() { }

    /**
     * One key.
     *
     * @param key any
     * @param access who waits
     */
    public record OfKey(Key key, Access access) implements Watches.Sight {

        @Override
        public Optional<Tag> tag(View root, long wallMs) {
            return Documents.find(root, key, wallMs, access.on(root)).map(Documents::tag);
        }

        @Override
        public long changesAt(View root, long wallMs) {
            return Documents.find(root, key, wallMs, access.on(root)).map(Entry::expires).orElse(Version.FOREVER);
        }
    }

    /**
     * The same key while nothing is there: it changes when something appears, whatever that is.
     *
     * @param key what is waited for
     */
    public record Appearance(OfKey key) implements Watches.Sight {

        private static final Tag ABSENT = new Tag(true, "absent");
        private static final Tag PRESENT = new Tag(true, "present");
        /** What a reader knows who waits for it. */
        public static final Conditions AWAITED = new Conditions(Optional.empty(), Optional.of(Conditions.Match.header(ABSENT.text())));

        @Override
        public Optional<Tag> tag(View root, long wallMs) {
            return Optional.of(key.tag(root, wallMs).isPresent() ? PRESENT : ABSENT);
        }

        /** Time makes nothing appear. */
        @Override
        public long changesAt(View root, long wallMs) {
            return Version.FOREVER;
        }
    }

    /**
     * A listing. Where its digest may be told, its tag is made of that; else of the page itself, and weak.
     *
     * @param query what is listed
     * @param view see {@link Aggregate#tag}
     * @param access who waits
     */
    public record Below(Listing.Query query, String view, Access access) implements Watches.Sight {

        @Override
        public Optional<Tag> tag(View root, long wallMs) {
            Access.Grants grants = access.on(root);
            String mine = view + "\n" + grants.mark();
            return grants.showsAll(query.prefix()) ? Aggregate.tag(root, Range.prefix(query.prefix()), mine, wallMs)
                    : Optional.of(Listing.page(root, query, wallMs, grants).tag(mine));
        }

        @Override
        public long changesAt(View root, long wallMs) {
            return wallMs + LOOK_MS;
        }
    }
}
