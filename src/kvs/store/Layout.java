package kvs.store;

import java.util.ArrayList;
import java.util.List;

/**
 * Which segments make up the log, in its order. MANIFEST may lag behind: what compaction replaced in the index is replaced there when a checkpoint
 * points to the new segments too. Immutable.
 *
 * @param numbers of the segments, rising; the last one is written to
 * @param swaps what MANIFEST does not know yet, oldest first
 */
record Layout(List<Integer> numbers, List<Swap> swaps) {

    /** Of an empty log. */
    static final Layout NONE = new Layout(List.of(), List.of());

    /** Segments next to each other whose live records were copied into a new one that takes their place. */
    record Swap(List<Integer> victims, Manifest.Live made) { }

    /** With one more segment at the end. */
    Layout with(int number) {
        List<Integer> next = new ArrayList<>(numbers);
        next.add(number);
        return new Layout(List.copyOf(next), swaps);
    }

    /** With some of them replaced. */
    Layout with(Swap swap) {
        List<Swap> known = new ArrayList<>(swaps);
        known.add(swap);
        List<Integer> next = new ArrayList<>(numbers);
        int at = next.indexOf(swap.victims.get(0));
        next.removeAll(swap.victims);
        next.add(at, swap.made.number());
        return new Layout(List.copyOf(next), List.copyOf(known));
    }

    /** When MANIFEST has learnt of the first {@code count} swaps. */
    Layout installed(int count) {
        return new Layout(numbers, List.copyOf(swaps.subList(count, swaps.size())));
    }

    /** The segments up to one of them, which a state that ends there may point to. */
    List<Integer> upTo(int segment) {
        return numbers.stream().filter(number -> number <= segment).toList();
    }
}
