package kvs.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import kvs.world.Task;

/**
 * What a store does beside its writes: checkpoints, so that a restart is short, and compaction, so that the log does not fill the disk with what
 * nobody can see. One thing at a time, in small steps, at most half of the time.
 *
 * <p>{@link #compact} and what tells of the state are thread-safe; the rest belongs to the thread that steps.
 */
final class Upkeep implements Task {

    private static final long LOOK_MS = 200;
    private static final long POLL_MS = 5;
    private static final long RETRY_MS = 60_000;
    private static final long SCARCE_RETRY_MS = 2_000;
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Read or checked in one step. */
    private static final int STEP_BYTES = 1 << 20;
    /** Copies that MANIFEST may not know yet: until then the old segments take room too. */
    private static final int SWAPS_MIN = 4;
    private static final int SWAPS_MAX = 16;
    /** About what a key takes in a checkpoint. */
    private static final int CHECKPOINT_ENTRY_BYTES = 110;
    /** Less garbage than this part of a segment is never worth while; than a whole one, while writes go on: what is copied dies too soon. */
    private static final int GARBAGE_PARTS = 32;
    /** A neighbour in which less is in use than this part of a segment is taken along, so that segments do not become many and small. */
    private static final int SMALL_PARTS = 8;
    /** When everything shall be compacted, a segment with less garbage is left alone, %. */
    private static final int CLEAN_PERCENT = 5;
    /** The same when the disk is full. */
    private static final int SCARCE_PERCENT = 10;

    private final Writer writer;
    private final Journal journal;
    private final Doors doors;
    private final StoreSettings settings;
    private final Usage usage;
    private final Reserve reserve;
    private final Checkpointer checkpointer;
    private final Set<Integer> unfit = new HashSet<>();
    /** Segments of compactions that failed: the others and a checkpoint come first. */
    private final Set<Integer> failed = new HashSet<>();
    private final AtomicLong compactions = new AtomicLong();
    private final AtomicLong freed = new AtomicLong();
    private volatile Optional<Compaction> running = Optional.empty();
    private volatile Optional<String> problem = Optional.empty();
    /** Set while everything shall be compacted: the segments that are still to be looked at. */
    private volatile Optional<Set<Integer>> todo = Optional.empty();
    private volatile boolean wanted;
    private Optional<Installing> installing = Optional.empty();
    private boolean stuck;
    /** Bytes that a copy may have. */
    private long room = Long.MAX_VALUE;
    /** The state that was seen last, and since when. */
    private Snapshot last;
    private long lastNanos;
    /** When the disk refused to set room aside, if it did the last time. */
    private OptionalLong refusedNanos = OptionalLong.empty();
    /** Whether there was nothing to do in it, and nothing will be until it changes. */
    private boolean looked;

    /** What is in use, and what is set aside. */
    record Room(Usage usage, Reserve reserve) { }

    Upkeep(Writer writer, Journal journal, Doors doors, Room room, Checkpointer checkpointer) {
        this.writer = writer;
        this.journal = journal;
        this.doors = doors;
        this.settings = journal.settings();
        this.usage = room.usage;
        this.reserve = room.reserve;
        this.checkpointer = checkpointer;
    }

    /** Has everything compacted that has some garbage. */
    void compact() {
        wanted = true;
    }

    Use use() {
        long bytes = 0;
        long live = 0;
        List<Integer> numbers = journal.layout().numbers();
        for (int number : numbers) {
            bytes += bytes(number);
            live += usage.of(number);
        }
        return new Use(bytes, live, numbers.size(), compactions.get(), freed.get(), wanted || todo.isPresent() || running.isPresent());
    }

    /** Why a segment cannot be compacted. */
    Optional<String> problem() {
        return problem;
    }

    @Override
    public long step() {
        if (writer.failure().isPresent()) {
            return RETRY_MS;
        }
        long before = doors.clock().nanos();
        try {
            removeRetired();
            setAside();
            long wait = turn();
            return Math.max(wait, TimeUnit.NANOSECONDS.toMillis(doors.clock().nanos() - before));
        } catch (IOException e) {
            doors.log().warn("upkeep of the store failed; it is tried again", "why", e.getMessage());
            problem = Optional.of("compaction: " + e.getMessage());
            return reserve.scarce() ? SCARCE_RETRY_MS : RETRY_MS;
        }
    }

    /** A disk that has no room for it after all must not hold up what frees room. */
    private void setAside() {
        long nanos = doors.clock().nanos();
        if (refusedNanos.isPresent() && nanos - refusedNanos.getAsLong() < RETRY_NANOS) {
            return;
        }
        try {
            reserve.renew(() -> use().bytes());
            refusedNanos = OptionalLong.empty();
        } catch (IOException e) {
            doors.log().warn("no room could be set aside for a full disk; it is tried again", "why", e.getMessage());
            refusedNanos = OptionalLong.of(nanos);
        }
    }

    private long turn() throws IOException {
        if (checkpointer.asked()) {
            Optional<Checkpointer.State> state = checkpointer.take();
            return state.isPresent() ? save(state.get()) : POLL_MS;
        }
        if (installing.isPresent()) {
            return installed();
        }
        if (running.isPresent()) {
            return work(running.get());
        }
        boolean quiet = quiet();
        if (looked && !wanted && !reserve.scarce()) {
            return LOOK_MS;
        }
        OptionalLong begun = mayBegin() ? begin() : OptionalLong.empty();
        if (begun.isPresent()) {
            return begun.getAsLong();
        }
        if (checkpointer.due() || !journal.layout().swaps().isEmpty()) {
            ask();
            return POLL_MS;
        }
        looked = quiet && checkpointer.problem().isEmpty();
        return LOOK_MS;
    }

    /** Whether nothing was written for a while. */
    private boolean quiet() {
        Snapshot now = writer.snapshot();
        long nanos = doors.clock().nanos();
        if (now != last) {
            last = now;
            lastNanos = nanos;
            looked = false;
        }
        return nanos - lastNanos >= QUIET_NANOS;
    }

    /** Asks for a checkpoint; nothing while the index is being changed by a compaction. */
    void ask() {
        if (running.filter(Compaction::moving).isEmpty()) {
            checkpointer.ask();
        }
    }

    /**
     * What frees room waits for the state to be durable, because that took the place of what goes, but not for the file: the next start reads
     * the log.
     */
    private long save(Checkpointer.State state) {
        boolean saved = !(reserve.scarce() && !state.snapshot().layout().swaps().isEmpty()) && checkpointer.save(state);
        if (state.snapshot().layout().swaps().isEmpty()) {
            if (saved) {
                checkpointer.clean(1);
            }
            return saved ? 0 : LOOK_MS;
        }
        install(state.snapshot().layout());
        return 0;
    }

    private void install(Layout layout) {
        installing = Optional.of(new Installing(layout));
        writer.submit(installing.get());
    }

    private long installed() {
        Installing install = installing.orElseThrow();
        if (!install.over()) {
            return POLL_MS;
        }
        installing = Optional.empty();
        if (!install.done()) {
            return RETRY_MS;
        }
        checkpointer.clean(reserve.scarce() ? 0 : 1);
        return 0;
    }

    private long work(Compaction compaction) throws IOException {
        try {
            compaction.work(STEP_BYTES);
        } catch (IOException e) {
            if (compaction.moving()) {
                stuck = true;
                throw new IOException(e.getMessage() + "; compaction stops until the next start", e);
            }
            running = Optional.empty();
            compaction.abandon();
            if (e instanceof BadRecord) {
                unfit.add(compaction.unfit());
                todo.ifPresent(left -> left.addAll(compaction.victims()));
                problem = Optional.of("a segment with unreadable records is not compacted: " + e.getMessage());
                doors.log().warn("a segment with unreadable records is not compacted", "why", e.getMessage());
                return 0;
            }
            failed.addAll(compaction.victims());
            throw e;
        }
        if (compaction.done()) {
            running = Optional.empty();
            compactions.incrementAndGet();
            problem = problem.filter(why -> !unfit.isEmpty());
            freed.addAndGet(compaction.victims().stream().mapToLong(this::bytes).sum() - compaction.bytes());
            return 0;
        }
        return compaction.moving() ? 1 : 0;
    }

    /** A checkpoint follows so many compactions that it costs no more than they did. */
    private boolean mayBegin() {
        int swaps = journal.layout().swaps().size();
        long checkpoint = writer.snapshot().root().tree().summary().count() * CHECKPOINT_ENTRY_BYTES;
        long most = Math.max(SWAPS_MIN, Math.min(SWAPS_MAX, checkpoint / settings.segmentBytes()));
        return !stuck && swaps < (reserve.scarce() ? 1 : most);
    }

    /** Begins a compaction if one is worth it; how long to wait then. */
    private OptionalLong begin() throws IOException {
        if (wanted) {
            wanted = false;
            todo = Optional.of(new HashSet<>(journal.layout().numbers()));
        }
        List<Integer> victims = choose();
        if (victims.isEmpty()) {
            todo = Optional.empty();
            return OptionalLong.empty();
        }
        if (victims.contains(journal.segment())) {
            writer.submit(new Rolling(journal.segment()));
            return OptionalLong.of(POLL_MS);
        }
        todo.ifPresent(left -> left.removeAll(victims));
        running = Optional.of(new Compaction(doors, journal, writer::snapshot, writer::submit, victims));
        return OptionalLong.of(0);
    }

    /** Neighbouring segments that are worth it; the one that is written to, alone, when it must be ended first; none. */
    private List<Integer> choose() throws IOException {
        Use use = use();
        long garbage = use.bytes() - use.liveBytes();
        boolean much = garbage * 100 > use.bytes() * settings.keep().garbagePercent()
                && garbage > settings.segmentBytes() / (quiet() ? GARBAGE_PARTS : 1);
        if (!much && todo.isEmpty() && !reserve.scarce()) {
            return List.of();
        }
        room = reserve.scarce() ? doors.disk().freeBytes() : Long.MAX_VALUE;
        int least = todo.isPresent() ? CLEAN_PERCENT : reserve.scarce() ? SCARCE_PERCENT : Math.max(1, settings.keep().garbagePercent() / 2);
        List<Integer> numbers = journal.layout().numbers();
        int best = -1;
        for (int i = 0; i < numbers.size(); i++) {
            int number = numbers.get(i);
            boolean open = todo.filter(left -> !left.contains(number)).isEmpty() && fit(number);
            if (open && percent(number) >= least && bytes(number) > Segment.HEAD_BYTES && usage.of(number) < room
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

    /** Takes neighbours along while all that is in use fits into one segment; the last one, to be ended, when no number is free before it. */
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
            if (to + 1 < numbers.size() - 1 && (taken(numbers.get(to + 1), live) || noNumber(numbers, from, to))) {
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

    private boolean noNumber(List<Integer> numbers, int from, int to) {
        return Compaction.number(journal, numbers.subList(from, to + 1)).isEmpty();
    }

    private boolean taken(int number, long live) {
        boolean worth = percent(number) >= settings.keep().garbagePercent() || usage.of(number) < settings.segmentBytes() / SMALL_PARTS;
        return worth && fit(number) && live + usage.of(number) <= Math.min(settings.segmentBytes(), room);
    }

    private boolean fit(int number) {
        return !unfit.contains(number) && !failed.contains(number);
    }

    private int percent(int number) {
        long bytes = bytes(number) - Segment.HEAD_BYTES;
        return bytes <= 0 ? 0 : (int) (garbage(number) * 100 / bytes);
    }

    private long garbage(int number) {
        return bytes(number) - Segment.HEAD_BYTES - usage.of(number);
    }

    /** How far a segment is written. */
    private long bytes(int number) {
        Snapshot now = writer.snapshot();
        if (number == now.segment()) {
            return now.end();
        }
        return journal.bytes(number);
    }

    private void removeRetired() throws IOException {
        for (int number : journal.segments().due(doors.clock().nanos())) {
            journal.segments().remove(number);
            usage.remove(number);
            journal.filters().remove(number);
            doors.disk().delete(Names.segment(number));
        }
    }

    /**
     * Ends what is under way so far that a checkpoint can be taken, unless the disk refuses a step of it: then there is none. The writer has no
     * thread any more; {@code turn} does its work.
     */
    void settle(Runnable turn) throws IOException {
        boolean taken = true;
        while (running.filter(Compaction::moving).isPresent() && !stuck && taken) {
            work(running.get());
            turn.run();
            taken = !running.filter(Compaction::refused).isPresent();
        }
        if (running.filter(compaction -> !compaction.moving()).isPresent()) {
            Compaction unfinished = running.get();
            running = Optional.empty();
            unfinished.abandon();
        }
    }

    /** Whether the index may be saved: not while some of it points to a copy that is not complete. */
    boolean settled() {
        return running.isEmpty();
    }
}
