package kvs.log;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import kvs.model.Key;

/**
 * The keys whose present record was found unreadable while the store was open: the index is sound, the disk
 * is not. A node that has the very same version may send it again. Thread-safe.
 */
public final class UnreadableKeys {

    /** The most keys that are kept; further ones are found again by the next read. */
    private static final int MAX = 1_000;

    private final Set<Key> keys =
            new ConcurrentSkipListSet<>((one, other) -> Arrays.compareUnsigned(one.bytes(), other.bytes()));

    /** Adds a key. */
    public void add(Key key) {
        if (keys.size() < MAX) {
            keys.add(key);
        }
    }

    /** Whether a key is among them. */
    public boolean contains(Key key) {
        return !keys.isEmpty() && keys.contains(key);
    }

    /** Removes a key that was rewritten. */
    public void remove(Key key) {
        if (!keys.isEmpty()) {
            keys.remove(key);
        }
    }

    /** All of them. */
    public List<Key> list() {
        return List.copyOf(keys);
    }
}
