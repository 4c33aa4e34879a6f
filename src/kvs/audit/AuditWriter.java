package kvs.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import kvs.model.HealthProblem;
import kvs.world.Disk;
import kvs.world.EventKind;
import kvs.world.FailureText;

/**
 * Encodes the queued events as lines and has them written. A failed batch is kept and written before anything
 * else, so lines stay in order and none is lost; events that do not fit into the ring meanwhile are counted.
 * One thread at a time, but any thread may read {@link #problems}.
 */
final class AuditWriter {

    private static final int BATCH_BYTES_MAX = 4 << 20;
    /** Duration for which lost events are reported as a problem. */
    private static final long LOST_NANOS = TimeUnit.SECONDS.toNanos(55);

    private final AuditLog.Dependencies dependencies;
    private final AuditLog.Settings settings;
    private final AuditQueue queue;
    private final RefusalAggregator refusals;
    private final AuditFiles files;
    private final AuditBatchBuilder chain;
    /** Lines that are encoded and not yet durable. */
    private Optional<AuditBatchBuilder.LineBatch> pending = Optional.empty();
    private volatile long lost;
    private volatile long lostNanos;
    private volatile List<String> found = List.of();
    private volatile Optional<String> trouble = Optional.empty();
    private volatile Optional<String> unpruned = Optional.empty();

    /** The result of a batch. */
    enum Round {
        /** The batch has to be written again. */
        FAILED,
        /** All waiting lines are written. */
        ALL,
        /**
         * More lines wait: the batch was full, or had failed before. Events added meanwhile do not count:
         * under load there are always some, and a batch for each of these few would force three files some
         * hundred times a second.
         */
        MORE
    }

    /** The sources of events. */
    record EventSources(AuditQueue queue, RefusalAggregator refusals) { }

    /** A writer that continues at the recovered end of the log. */
    AuditWriter(Disk disk, AuditLog.Dependencies dependencies, AuditLog.Settings settings, EventSources inbox,
            Optional<AuditVerification.Anchor> remembered) throws IOException {
        this.dependencies = dependencies;
        this.settings = settings;
        this.queue = inbox.queue;
        this.refusals = inbox.refusals;
        AuditSealer seals = new AuditSealer(settings.keys());
        AuditRecovery.RecoveredEnd end = AuditRecovery.find(disk, seals, remembered);
        this.chain = new AuditBatchBuilder(seals, end.link());
        this.files = AuditFiles.open(disk, seals, settings.fileBytes(), end);
        this.found = end.broken().isEmpty() ? List.of() : List.of(end.broken());
    }

    /** The files, for their durable parts. */
    AuditFiles files() {
        return files;
    }

    /**
     * Writes the first lines of a start: damage found, writes of the store that the log does not cover,
     * {@code start}.
     */
    void begin(long storeHead) throws IOException {
        long now = dependencies.clock().wallMs();
        long known = chain.store();
        for (String what : found) {
            chain.add("broken", now, storeHead, line -> line.field("what", what));
        }
        if (storeHead > known) {
            chain.add("gap", now, storeHead, line -> line.field("first", known + 1).field("last", storeHead));
        }
        if (storeHead < known) {
            List<String> more = new ArrayList<>(found);
            more.add("the store ends at number " + storeHead + ", but had " + known + " before");
            found = List.copyOf(more);
            chain.store(storeHead);
            chain.add("back", now, storeHead,
                    line -> line.field("first", storeHead + 1).field("last", known));
        }
        chain.add("start", now, storeHead, line -> { });
        files.write(chain.take());
        found.forEach(finding -> dependencies.log()
                .warn("the tamper log had a problem at the start", "finding", finding));
    }

    /** Records in the log, and reports to operators, that the log is not as it was written. */
    void reportFinding(String what) {
        List<String> more = new ArrayList<>(found);
        more.add(what);
        found = List.copyOf(more);
        chain.add("broken", dependencies.clock().wallMs(), 0, line -> line.field("what", what));
        dependencies.log().event(EventKind.TAMPER_LOG_BROKEN, "finding", what);
    }

    /**
     * Encodes waiting events, as many as a batch holds. True when the batch is full and no failure is known.
     */
    boolean collectQueue() {
        Optional<AuditEvent> event = Optional.empty();
        while (chain.size() < bytesMax() && (event = queue.poll()).isPresent()) {
            chain.add(event.get());
        }
        return chain.size() >= bytesMax() && trouble.isEmpty();
    }

    private long bytesMax() {
        return Math.min(BATCH_BYTES_MAX, settings.fileBytes());
    }

    /** Writes one batch; the {@code last} one includes all merged refusals. */
    Round round(boolean last) {
        boolean late = pending.isPresent();
        try {
            if (!late) {
                pending = batch(last);
            }
            boolean full = pending.filter(batch -> batch.bytes().length >= bytesMax()).isPresent();
            if (pending.isPresent()) {
                files.write(pending.get());
                pending = Optional.empty();
            }
            trouble = Optional.empty();
            remove();
            return late || full ? Round.MORE : Round.ALL;
        } catch (IOException e) {
            if (trouble.isEmpty()) {
                dependencies.log().warn("the tamper log cannot be written", "reason", FailureText.text(e));
            }
            trouble = Optional.of(FailureText.text(e) + "; its lines are queued");
            return Round.FAILED;
        }
    }

    /** Writes all that waits and a {@code stop} line, as far as the disk permits. */
    void end(long storeHead) throws IOException {
        Round done;
        do {
            done = round(true);
        } while (done == Round.MORE || done == Round.ALL && !queue.isEmpty());
        if (done != Round.FAILED) {
            chain.add("stop", dependencies.clock().wallMs(), storeHead, line -> { });
            done = round(true);
        }
        files.close();
        if (done == Round.FAILED) {
            throw new IOException("the last lines were not written: " + trouble.orElse(""));
        }
    }

    /** The problems for an operator. */
    List<HealthProblem> problems() {
        List<HealthProblem> problems = new ArrayList<>();
        found.forEach(what -> problems.add(problem(HealthProblem.Kind.TAMPER_LOG_BROKEN, what)));
        trouble.ifPresent(what -> problems.add(problem(HealthProblem.Kind.TAMPER_LOG_UNWRITABLE, what)));
        unpruned.ifPresent(what -> problems.add(problem(HealthProblem.Kind.TAMPER_LOG_UNPRUNED, what)));
        if (lost > 0 && dependencies.clock().nanos() - lostNanos < LOST_NANOS) {
            problems.add(problem(HealthProblem.Kind.TAMPER_LOG_LOST,
                    lost + " events were lost: more arrived than could be written"));
        }
        return problems;
    }

    private static HealthProblem problem(HealthProblem.Kind kind, String what) {
        return new HealthProblem(kind, "tamper log: " + what);
    }

    /** The next batch, if there are lines for one. */
    private Optional<AuditBatchBuilder.LineBatch> batch(boolean last) {
        long missed = queue.takeLost();
        if (missed > 0) {
            lost += missed;
            lostNanos = dependencies.clock().nanos();
            chain.add("lost", dependencies.clock().wallMs(), 0, line -> line.field("count", missed));
        }
        refusals.take(last).forEach(chain::add);
        collectQueue();
        if (chain.size() == 0) {
            return Optional.empty();
        }
        prune(settings.keepBytes() - chain.size());
        return Optional.of(chain.take());
    }

    /** Records which files will be removed; they are once that is durable. */
    private void prune(long bytesMax) {
        try {
            Optional<AuditFiles.OldestFile> next = files.markForDeletion(bytesMax);
            while (next.isPresent()) {
                AuditFiles.OldestFile oldest = next.get();
                chain.add("pruned", dependencies.clock().wallMs(), 0, line -> line.field("first",
                        oldest.first()).field("last", oldest.last()).field("link", oldest.link()));
                next = files.markForDeletion(bytesMax);
            }
            unpruned = Optional.empty();
        } catch (IOException e) {
            unpruned = Optional.of("the oldest file cannot be read before it is removed: "
                    + FailureText.text(e));
        }
    }

    private void remove() {
        try {
            files.remove();
        } catch (IOException e) {
            unpruned = Optional.of("the oldest file cannot be removed: " + FailureText.text(e));
        }
    }
}
