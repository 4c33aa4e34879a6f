package kvs.store;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kvs.log.Journal;
import kvs.log.Segment;
import kvs.log.SegmentUsage;
import kvs.log.StorageSettings;
import kvs.recovery.LogState;

/**
 * Picks the segments that are worth a compaction, by their share of garbage. One thread, but for
 * {@link #bytes}.
 */
final class CompactionPicker {

    /**
     * The least garbage that is worth a compaction, as a part of a segment; while writes go on it is a full
     * segment, because copies would soon be garbage too.
     */
    private static final int GARBAGE_PARTS = 32;
    /**
     * A neighbour with less live data than this part of a segment is included, so that segments do not become
     * many and small.
     */
    private static final int SMALL_PARTS = 8;
    /** Offsets have 31 bits. */
    private static final long COPY_BYTES_MAX = 1_900L << 20;
    /** The least garbage of a segment, %, when everything is to be compacted. */
    private static final int CLEAN_PERCENT = 5;
    /** The same when the disk is full. */
    private static final int SCARCE_PERCENT = 10;

    private final Writer writer;
    private final Journal journal;
    private final StorageSettings settings;
    private final SegmentUsage usage;
    private final Set<Integer> exclude = new HashSet<>();
    /** The segments of failed compactions: the others and a checkpoint come first. */
    private final Set<Integer> failed = new HashSet<>();
    /** The most bytes of a copy. */
    private long room = Long.MAX_VALUE;

    /**
     * The options of a choice.
     *
     * @param todo segments to compact whatever their share of garbage; empty when the share decides
     * @param quiet whether no writes are going on
     * @param scarce whether the disk is full
     * @param room most bytes of a copy
     */
    record PickOptions(Optional<Set<Integer>> todo, boolean quiet, boolean scarce, long room) { }

    CompactionPicker(Writer writer, Journal journal, SegmentUsage usage) {
        this.writer = writer;
        this.journal = journal;
        this.settings = journal.settings();
        this.usage = usage;
    }

    /** Excludes a segment with an unreadable record. */
    void exclude(int number) {
        exclude.add(number);
    }

    /** Includes all excluded segments again: their unreadable records may be garbage by now. */
    void includeUnfit() {
        exclude.clear();
    }

    boolean anyUnfit() {
        return !exclude.isEmpty();
    }

    /** Postpones segments whose compaction failed. */
    void failed(Collection<Integer> numbers) {
        failed.addAll(numbers);
    }

    /**
     * The neighbouring segments that are worth a compaction; the active segment, alone, when it must be ended
     * first; or none.
     */
    List<Integer> choose(PickOptions options) {
        List<Integer> numbers = journal.layout().numbers();
        long bytes = numbers.stream().mapToLong(this::bytes).sum();
        long garbage = bytes - numbers.stream().mapToLong(usage::of).sum();
        boolean much = garbage * 100 > bytes * settings.keep().garbagePercent()
                && garbage > settings.segmentBytes() / (options.quiet ? GARBAGE_PARTS : 1);
        if (!much && options.todo.isEmpty() && !options.scarce) {
            return List.of();
        }
        room = options.room;
        int least = options.todo.isPresent() ? CLEAN_PERCENT : options.scarce ? SCARCE_PERCENT
                : Math.max(1, settings.keep().garbagePercent() / 2);
        int best = -1;
        for (int i = 0; i < numbers.size(); i++) {
            int number = numbers.get(i);
            boolean open = options.todo.filter(left -> !left.contains(number)).isEmpty() && fit(number);
            if (open && percent(number) >= least && bytes(number) > Segment.HEAD_BYTES
                    && usage.of(number) < room
                    && (best < 0 || garbage(number) > garbage(numbers.get(best)))) {
                best = i;
            }
        }
        if (best < 0) {
            failed.clear();
            return List.of();
        }
        return best == numbers.size() - 1 ? List.of(numbers.get(best)) : widen(numbers, best);
    }

    /**
     * Includes neighbours while all live data fit into one segment; the active segment, to be ended, when no
     * number is free before it.
     */
    private List<Integer> widen(List<Integer> numbers, int at) {
        int from = at;
        int to = at;
        long live = usage.of(numbers.get(at));
        boolean more = true;
        while (more) {
            more = false;
            if (from > 0 && taken(numbers.get(from - 1), live)) {
                live += usage.of(numbers.get(--from));
                more = true;
            }
            if (to + 1 < numbers.size() - 1 && (taken(numbers.get(to + 1), live)
                    || noNumber(numbers, from, to) && fits(numbers.get(to + 1), live))) {
                live += usage.of(numbers.get(++to));
                more = true;
            }
        }
        if (!noNumber(numbers, from, to)) {
            return List.copyOf(numbers.subList(from, to + 1));
        }
        int active = numbers.get(numbers.size() - 1);
        return bytes(active) > Segment.HEAD_BYTES ? List.of(active) : List.of();
    }

    /**
     * Whether one more segment fits into a copy that may be longer than a segment, because no number is free
     * for a shorter one.
     */
    private boolean fits(int number, long live) {
        return fit(number) && live + usage.of(number) < Math.min(room, COPY_BYTES_MAX);
    }

    private boolean noNumber(List<Integer> numbers, int from, int to) {
        return Compaction.number(journal, numbers.subList(from, to + 1)).isEmpty();
    }

    private boolean taken(int number, long live) {
        boolean worth = percent(number) >= settings.keep().garbagePercent()
                || usage.of(number) < settings.segmentBytes() / SMALL_PARTS;
        return worth && fit(number) && live + usage.of(number) <= Math.min(settings.segmentBytes(), room);
    }

    private boolean fit(int number) {
        return !exclude.contains(number) && !failed.contains(number);
    }

    private int percent(int number) {
        long bytes = bytes(number) - Segment.HEAD_BYTES;
        return bytes <= 0 ? 0 : (int) (garbage(number) * 100 / bytes);
    }

    private long garbage(int number) {
        return bytes(number) - Segment.HEAD_BYTES - usage.of(number);
    }

    /** The written length of a segment, bytes. */
    long bytes(int number) {
        LogState now = writer.snapshot();
        if (number == now.segment()) {
            return now.end();
        }
        return journal.bytes(number);
    }
}
