package kvs.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The {@link KeyBloomFilter} of each segment. The writer's thread adds the keys of the active segment;
 * queries for the others are thread-safe.
 */
public final class SegmentKeyFilters {

    private final Map<Integer, List<KeyBloomFilter>> sealed = new ConcurrentHashMap<>();
    private KeyBloomFilter.Builder growing = new KeyBloomFilter.Builder();
    private int active;

    /** Adds the key checksum of a version to a segment, which is the last one. */
    public void add(int segment, int crc) {
        if (segment != active) {
            seal();
            active = segment;
        }
        growing.add(crc);
    }

    /** Sets the filters of a complete segment. */
    public void put(int segment, List<KeyBloomFilter> filters) {
        sealed.put(segment, filters);
    }

    /** Drops the filters of a removed segment. */
    public void remove(int segment) {
        sealed.remove(segment);
    }

    /** Begins a segment whose keys are all added from its start on. */
    public void begin(int segment) {
        sealed.putIfAbsent(segment, List.of());
    }

    /**
     * Whether a segment that is not active any more may hold a version of such a key; a segment without
     * filters may hold any.
     */
    public boolean mayHold(int segment, int crc) {
        List<KeyBloomFilter> filters = sealed.get(segment);
        return filters == null || filters.stream().anyMatch(filter -> filter.mayHold(crc));
    }

    /** Completes the filter of the active segment; on the writer's thread, before it is queried. */
    void seal() {
        if (growing.count() > 0) {
            List<KeyBloomFilter> all = new ArrayList<>(sealed.getOrDefault(active, List.of()));
            all.add(growing.filter());
            sealed.put(active, List.copyOf(all));
            growing = new KeyBloomFilter.Builder();
        }
    }

    /** The filters of some segments, that of the last one as it is now; on the writer's thread. */
    public Map<Integer, List<KeyBloomFilter>> of(List<Integer> segments) {
        seal();
        Map<Integer, List<KeyBloomFilter>> filters = new TreeMap<>(sealed);
        filters.keySet().retainAll(segments);
        return filters;
    }
}
