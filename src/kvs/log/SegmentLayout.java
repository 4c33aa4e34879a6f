package kvs.log;

import java.util.ArrayList;
import java.util.List;

/**
 * Which segments make up the log, in its order. MANIFEST may lag behind: what compaction replaced in the index is replaced there when a checkpoint
 * points to the new segments too. Immutable.
 *
 * @param numbers of the segments, rising; the last one is written to
 * @param swaps what MANIFEST does not know yet, oldest first
 */
public record SegmentLayout(List<Integer> numbers, List<Replacement> swaps) {

    /** Of an empty log. */
    public static final SegmentLayout NONE = new SegmentLayout(List.of(), List.of());

    /** Segments next to each other whose live records were copied into a new one that takes their place. */
    public record Replacement(List<Integer> victims, Manifest.LiveSegment made) { }

    /** With one more segment at the end. */
    SegmentLayout with(int number) {
        List<Integer> next = new ArrayList<>(numbers);
        next.add(number);
        return new SegmentLayout(List.copyOf(next), swaps);
    }

    /** With some of them replaced. */
    SegmentLayout with(Replacement swap) {
        List<Replacement> known = new ArrayList<>(swaps);
        known.add(swap);
        List<Integer> next = new ArrayList<>(numbers);
        int at = next.indexOf(swap.victims.get(0));
        next.removeAll(swap.victims);
        next.add(at, swap.made.number());
        return new SegmentLayout(List.copyOf(next), List.copyOf(known));
    }

    /** When MANIFEST has learnt of the first {@code count} swaps. */
    SegmentLayout installed(int count) {
        return new SegmentLayout(numbers, List.copyOf(swaps.subList(count, swaps.size())));
    }

    /** The segments up to one of them, which a state that ends there may point to. */
    public List<Integer> upTo(int segment) {
        return numbers.stream().filter(number -> number <= segment).toList();
    }
}
