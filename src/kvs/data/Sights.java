package kvs.data;

import java.util.Optional;
import kvs.model.Key;
import kvs.model.Version;
import kvs.store.View;
import kvs.tree.Entry;
import kvs.tree.Range;

/** What readers wait for: a key, or all below a prefix. */
public final class Sights {

    /** How often a listing is looked at for something that has expired: its next expiry is not known without a search. */
    private static final long LOOK_MS = 1_000;

    private Sights() { }

    /**
     * One key.
     *
     * @param key any
     */
    public record OfKey(Key key) implements Watches.Sight {

        @Override
        public Optional<Tag> tag(View root, long wallMs) {
            return Documents.find(root, key, wallMs).map(Documents::tag);
        }

        @Override
        public long changesAt(View root, long wallMs) {
            return Documents.find(root, key, wallMs).map(Entry::expires).orElse(Version.FOREVER);
        }
    }

    /**
     * All that lives below a prefix.
     *
     * @param prefix what the keys start with
     * @param view see {@link Aggregate#tag}
     */
    public record Below(byte[] prefix, String view) implements Watches.Sight {

        @Override
        public Optional<Tag> tag(View root, long wallMs) {
            return Aggregate.tag(root, Range.prefix(prefix), view, wallMs);
        }

        @Override
        public long changesAt(View root, long wallMs) {
            return wallMs + LOOK_MS;
        }
    }
}
