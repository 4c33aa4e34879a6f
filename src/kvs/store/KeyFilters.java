package kvs.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The {@link KeyFilter} of each segment. The keys of the segment that is written to are added by the writer's thread; what is asked of the others is
 * thread-safe.
 */
final class KeyFilters {

    private final Map<Integer, List<KeyFilter>> sealed = new ConcurrentHashMap<>();
    private KeyFilter.Growing growing = new KeyFilter.Growing();
    private int active;

    /** A version of a key with that checksum goes into a segment, which is the last one. */
    void add(int segment, int crc) {
        if (segment != active) {
            seal();
            active = segment;
        }
        growing.add(crc);
    }

    /** Takes the filter of a segment that is complete. */
    void put(int segment, List<KeyFilter> filters) {
        sealed.put(segment, filters);
    }

    void remove(int segment) {
        sealed.remove(segment);
    }

    /** A segment whose keys are told from its beginning. */
    void begin(int segment) {
        sealed.putIfAbsent(segment, List.of());
    }

    /** Whether a segment that is not written to any more may hold a version of such a key; one that nobody has read may hold anything. */
    boolean mayHold(int segment, int crc) {
        List<KeyFilter> filters = sealed.get(segment);
        return filters == null || filters.stream().anyMatch(filter -> filter.mayHold(crc));
    }

    /** The segment that was written to is complete; the writer's thread says so before anybody asks for it. */
    void seal() {
        if (growing.count() > 0) {
            List<KeyFilter> all = new ArrayList<>(sealed.getOrDefault(active, List.of()));
            all.add(growing.filter());
            sealed.put(active, List.copyOf(all));
            growing = new KeyFilter.Growing();
        }
    }

    /** Those of some segments, of the last one as it is now; on the writer's thread. */
    Map<Integer, List<KeyFilter>> of(List<Integer> segments) {
        seal();
        Map<Integer, List<KeyFilter>> filters = new TreeMap<>(sealed);
        filters.keySet().retainAll(segments);
        return filters;
    }
}
