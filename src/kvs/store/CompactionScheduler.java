package kvs.store;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import kvs.log.BadRecordException;
import kvs.log.DiskReserve;
import kvs.log.Journal;
import kvs.log.SegmentUsage;
import kvs.log.SpaceUsage;
import kvs.log.StorageEnvironment;
import kvs.world.FailureText;

/**
 * A scheduler of compactions: it begins one when it is worth it, drives it, and judges its failure. One
 * compaction at a time.
 *
 * <p>{@link #request} and the accessors of the state are thread-safe; the rest belongs to the thread of
 * {@link Maintenance}.
 */
final class CompactionScheduler {

    /** The wait while the writer ends the active segment. */
    private static final long POLL_MS = 5;
    /** The bytes read or checked in one step. */
    private static final int STEP_BYTES = 1 << 20;
    /**
     * Bounds of the number of copies that MANIFEST does not name yet: until it does, the old segments take
     * space too.
     */
    private static final int SWAPS_MIN = 4;
    private static final int SWAPS_MAX = 16;
    /** The approximate bytes of a key in a checkpoint. */
    private static final int CHECKPOINT_ENTRY_BYTES = 110;

    private final Writer writer;
    private final Journal journal;
    private final StorageEnvironment environment;
    private final SegmentUsage usage;
    private final DiskReserve reserve;
    private final CompactionPicker picker;
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong freed = new AtomicLong();
    private volatile Optional<Compaction> running = Optional.empty();
    private volatile Optional<String> problem = Optional.empty();
    /** The segments that remain to be examined while everything is compacted; empty otherwise. */
    private volatile Optional<Set<Integer>> todo = Optional.empty();
    private volatile boolean requested;
    private boolean stuck;

    CompactionScheduler(Writer writer, Journal journal, StorageEnvironment environment,
            Maintenance.SpaceAccounting spaceAccounting) {
        this.writer = writer;
        this.journal = journal;
        this.environment = environment;
        this.usage = spaceAccounting.usage();
        this.reserve = spaceAccounting.reserve();
        this.picker = new CompactionPicker(writer, journal, usage);
    }

    /** Requests a compaction of every segment that has some garbage. */
    void request() {
        requested = true;
    }

    /** Whether a requested compaction has not begun. */
    boolean requested() {
        return requested;
    }

    /** Whether a compaction is running. */
    boolean running() {
        return running.isPresent();
    }

    /** Whether a compaction is changing the index. */
    boolean moving() {
        return running.filter(Compaction::moving).isPresent();
    }

    /** The space that the log uses. */
    SpaceUsage use() {
        long bytes = 0;
        long live = 0;
        List<Integer> numbers = journal.layout().numbers();
        for (int number : numbers) {
            bytes += picker.bytes(number);
            live += usage.of(number);
        }
        boolean busy = requested || todo.isPresent() || running.isPresent()
                || !journal.layout().replacements().isEmpty();
        return new SpaceUsage(bytes, live, numbers.size(), done.get(), freed.get(), busy);
    }

    /** The reason why a segment is not compacted. */
    Optional<String> problem() {
        return problem;
    }

    /** Does a piece of the running compaction; the wait until the next one. */
    long work() throws IOException {
        Compaction compaction = running.orElseThrow();
        try {
            compaction.work(STEP_BYTES);
        } catch (IOException e) {
            if (compaction.moving()) {
                stuck = true;
                throw new IOException(FailureText.text(e) + "; compaction stops until the next start", e);
            }
            running = Optional.empty();
            compaction.abandon();
            if (e instanceof BadRecordException) {
                picker.exclude(compaction.unfitSegment());
                todo.ifPresent(left -> left.addAll(compaction.victims()));
                problem = Optional.of("a segment with unreadable records is not compacted: "
                        + FailureText.text(e) + ". Write its key again, then POST /admin/compact");
                environment.log().warn("a segment with unreadable records is not compacted",
                        "why", FailureText.text(e));
                return 0;
            }
            picker.failed(compaction.victims());
            throw e;
        }
        if (compaction.done()) {
            running = Optional.empty();
            done.incrementAndGet();
            problem = problem.filter(why -> picker.anyUnfit());
            freed.addAndGet(compaction.victims().stream().mapToLong(picker::bytes).sum()
                    - compaction.bytes());
            return 0;
        }
        return compaction.moving() ? 1 : 0;
    }

    /**
     * Whether a compaction may begin. A checkpoint follows after so many compactions that it costs no more
     * than they did.
     */
    private boolean mayBegin() {
        int swaps = journal.layout().replacements().size();
        long checkpoint = writer.snapshot().root().tree().summary().count() * CHECKPOINT_ENTRY_BYTES;
        long most = Math.max(SWAPS_MIN, Math.min(SWAPS_MAX, checkpoint / journal.settings().segmentBytes()));
        return !stuck && swaps < (reserve.scarce() ? 1 : most);
    }

    /** Begins a compaction if one is worth it; the wait until the next step then. */
    OptionalLong begin(boolean quiet) throws IOException {
        if (!mayBegin()) {
            return OptionalLong.empty();
        }
        if (requested) {
            requested = false;
            picker.includeUnfit();
            todo = Optional.of(new HashSet<>(journal.layout().numbers()));
        }
        long room = reserve.scarce() ? reserve.freeBytes() : Long.MAX_VALUE;
        List<Integer> chosen = picker.choose(new CompactionPicker.PickOptions(todo, quiet,
                reserve.scarce(), room));
        reserve.looked(chosen.isEmpty());
        if (chosen.isEmpty()) {
            todo = Optional.empty();
            return OptionalLong.empty();
        }
        if (chosen.contains(journal.segment())) {
            writer.submit(Compaction.roll(journal.segment()));
            return OptionalLong.of(POLL_MS);
        }
        todo.ifPresent(left -> left.removeAll(chosen));
        running = Optional.of(new Compaction(environment, journal, writer::snapshot, writer::submit, chosen));
        return OptionalLong.of(0);
    }

    /** See {@link Maintenance#settle}. */
    void settle(Runnable turn) throws IOException {
        boolean taken = true;
        while (running.filter(Compaction::moving).isPresent() && !stuck && taken) {
            work();
            turn.run();
            taken = !running.filter(Compaction::refused).isPresent();
        }
        if (running.filter(compaction -> !compaction.moving()).isPresent()) {
            Compaction unfinished = running.get();
            running = Optional.empty();
            unfinished.abandon();
        }
    }
}
