package kvs.log;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kvs.model.Version;

/**
 * The numbers of the owners of keys, so that an entry of the index has four bytes for its owner instead of
 * sixteen. Number 0 is nobody. Numbers are assigned in the order of the log and never reused; they are valid
 * in this process only, and stored only in checkpoints.
 *
 * <p>Adding is confined to the writer's thread; reading is thread-safe: a reader that has an entry finds its
 * number in the array that was published before it.
 */
public final class OwnerNumbers {

    private final Map<UUID, Integer> numbers = new HashMap<>();
    private volatile UUID[] ids = {Version.NOBODY};
    private int count = 1;

    public OwnerNumbers() {
        numbers.put(Version.NOBODY, 0);
    }

    /** The number of {@code id}, a new one if need be. */
    public int number(UUID id) {
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

    /** The owner with that number. */
    public UUID id(int number) {
        return ids[number];
    }

    /** All ids by number, without nobody. */
    public List<UUID> list() {
        return new ArrayList<>(Arrays.asList(ids).subList(1, count));
    }
}
