package kvs.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kvs.model.Version;

/**
 * Numbers for the owners of keys, so that an entry of the index holds four bytes instead of sixteen. Number 0 is nobody. Numbers are given
 * in the order of the log and never taken back; they are of this process, only checkpoints keep them.
 *
 * <p>Adding belongs to the writer's thread; reading is thread-safe: a reader that has an entry finds its number in the array that was
 * published before it.
 */
final class OwnerTable {

    private final Map<UUID, Integer> numbers = new HashMap<>();
    private volatile UUID[] ids = {Version.NOBODY};
    private int count = 1;

    OwnerTable() {
        numbers.put(Version.NOBODY, 0);
    }

    /** The number of {@code id}, a new one if need be. */
    int number(UUID id) {
        Integer known = numbers.get(id);
        if (known != null) {
            return known;
        }
        UUID[] grown = count < ids.length ? ids : Arrays.copyOf(ids, 2 * count);
        grown[count] = id;
        ids = grown;
        numbers.put(id, count);
        return count++;
    }

    /** Who has that number. */
    UUID id(int number) {
        return ids[number];
    }

    /** All ids by number, without nobody. */
    List<UUID> list() {
        return new ArrayList<>(Arrays.asList(ids).subList(1, count));
    }
}
