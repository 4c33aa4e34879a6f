package kvs.log;

import java.util.ArrayList;
import java.util.List;

/**
 * The segments that make up the log, in its order. MANIFEST may lag behind: segments that compaction replaced
 * in the index are replaced there when a checkpoint points to the new segments too. Immutable.
 *
 * @param numbers of the segments, rising; the last one is active
 * @param replacements replacements that are not in MANIFEST yet, oldest first
 */
public record SegmentSequence(List<Integer> numbers, List<Replacement> replacements) {

    /** The layout of an empty log. */
    public static final SegmentSequence NONE = new SegmentSequence(List.of(), List.of());

    /** Adjacent segments whose live records were copied into a new one that replaces them. */
    public record Replacement(List<Integer> replaced, Manifest.LiveSegment made) { }

    /** The layout with one more segment at the end. */
    SegmentSequence with(int number) {
        List<Integer> next = new ArrayList<>(numbers);
        next.add(number);
        return new SegmentSequence(List.copyOf(next), replacements);
    }

    /** The layout after a replacement. */
    SegmentSequence with(Replacement replacement) {
        List<Replacement> known = new ArrayList<>(replacements);
        known.add(replacement);
        List<Integer> next = new ArrayList<>(numbers);
        int at = next.indexOf(replacement.replaced.get(0));
        next.removeAll(replacement.replaced);
        next.add(at, replacement.made.number());
        return new SegmentSequence(List.copyOf(next), List.copyOf(known));
    }

    /** The number of the oldest replacements that another layout has too. */
    int agreed(SegmentSequence other) {
        int count = 0;
        while (count < replacements.size() && other.replacements.contains(replacements.get(count))) {
            count++;
        }
        return count;
    }

    /** The layout when MANIFEST holds the first {@code count} replacements. */
    SegmentSequence installed(int count) {
        return new SegmentSequence(numbers, List.copyOf(replacements.subList(count, replacements.size())));
    }

    /** The segments up to one of them; a state that ends there may point to these. */
    public List<Integer> upTo(int segment) {
        return numbers.stream().filter(number -> number <= segment).toList();
    }
}
