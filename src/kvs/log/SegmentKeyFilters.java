package kvs.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The {@link KeyBloomFilter} of each segment. The keys of the segment that is written to are added by the writer's thread; what is asked of the others is
 * thread-safe.
 */
public final class SegmentKeyFilters {

    private final Map<Integer, List<KeyBloomFilter>> sealed = new ConcurrentHashMap<>();
    private KeyBloomFilter.Builder growing = new KeyBloomFilter.Builder();
    private int active;

    /** A version of a key with that checksum goes into a segment, which is the last one. */
    public void add(int segment, int crc) {
        if (segment != active) {
            seal();
            active = segment;
        }
        growing.add(crc);
    }

    /** Takes the filter of a segment that is complete. */
    public void put(int segment, List<KeyBloomFilter> filters) {
        sealed.put(segment, filters);
    }

    /** Forgets the filter of a segment that is gone. */
    public void remove(int segment) {
        sealed.remove(segment);
    }

    /** A segment whose keys are told from its beginning. */
    public void begin(int segment) {
        sealed.putIfAbsent(segment, List.of());
    }

    /** Whether a segment that is not written to any more may hold a version of such a key; one that nobody has read may hold anything. */
    public boolean mayHold(int segment, int crc) {
        List<KeyBloomFilter> filters = sealed.get(segment);
        return filters == null || filters.stream().anyMatch(filter -> filter.mayHold(crc));
    }

    /** The segment that was written to is complete; the writer's thread says so before anybody asks for it. */
    void seal() {
        if (growing.count() > 0) {
            List<KeyBloomFilter> all = new ArrayList<>(sealed.getOrDefault(active, List.of()));
            all.add(growing.filter());
            sealed.put(active, List.copyOf(all));
            growing = new KeyBloomFilter.Builder();
        }
    }

    /** Those of some segments, of the last one as it is now; on the writer's thread. */
    public Map<Integer, List<KeyBloomFilter>> of(List<Integer> segments) {
        seal();
        Map<Integer, List<KeyBloomFilter>> filters = new TreeMap<>(sealed);
        filters.keySet().retainAll(segments);
        return filters;
    }
}
