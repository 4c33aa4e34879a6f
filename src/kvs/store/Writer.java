package kvs.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import kvs.log.DiskReserve;
import kvs.log.DocumentCodec;
import kvs.log.FileSync;
import kvs.log.GroupBuffer;
import kvs.log.HighWatermarks;
import kvs.log.Journal;
import kvs.log.LogHead;
import kvs.log.OwnerNumbers;
import kvs.log.SegmentUsage;
import kvs.log.StorageEnvironment;
import kvs.log.UnreadableKeys;
import kvs.model.Coverage;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.tree.Editor;
import kvs.world.EventKind;
import kvs.world.FailureText;

/**
 * The one writer of a store. It drains the queue, decides each write, appends all of them as one group,
 * forces it once, publishes the new root and completes the writes. No timer: a group consists of the writes
 * that queued up while the previous one was forced (group commit; DeWitt et al., "Implementation Techniques
 * for Main Memory Database Systems", SIGMOD 1984).
 *
 * <p>{@link #submit} is thread-safe; everything else belongs to one thread, which is never interrupted. In a
 * simulation that thread calls {@link #step} by hand.
 */
final class Writer {

    /** The time for which a refused write is a problem when no further write follows. */
    private static final long ERROR_NANOS = TimeUnit.SECONDS.toNanos(55);
    /** The most writes that wait: a second's work. */
    private static final int QUEUE_MAX = 65_536;
    /** The most bytes that waiting writes hold. */
    private static final long QUEUE_BYTES_MAX = 96L << 20;
    /** The bytes at which a group is closed; one write may exceed it. */
    private static final int GROUP_BYTES = 4 << 20;
    /** The most writes in a group: a bound for the time that the first one waits for the last. */
    private static final int GROUP_WRITES = 4_096;

    private final Journal journal;
    private final Dependencies settings;
    private final GroupBuffer group = new GroupBuffer();
    private final GroupAppender appender;
    private final Transaction transaction;
    private final LinkedBlockingQueue<Write> queue = new LinkedBlockingQueue<>(QUEUE_MAX);
    private final AtomicLong queuedBytes = new AtomicLong();
    private final List<Write> taken = new ArrayList<>();
    private final List<Write> decided = new ArrayList<>();
    /**
     * The writes of the group that were refused one by one. They complete with the others: the reason of a
     * refusal may be a write of the same group, which is not durable before.
     */
    private final List<RefusedWrite> refusedWrites = new ArrayList<>();
    private volatile LogState snapshot;
    private volatile Coverage covered;
    /** The coverage as of the last fsync. */
    private volatile Coverage durable;
    private volatile long durableHead;
    private volatile Optional<Refusal> failure = Optional.empty();
    private volatile Optional<String> lastError = Optional.empty();
    private volatile long lastErrorNanos;
    private final LongAdder groups = new LongAdder();
    private final LongAdder records = new LongAdder();

    /** A write and the reason of its refusal. */
    private record RefusedWrite(Write write, Refusal refusal) { }

    /** The collaborators of the writer beside the journal. */
    record Dependencies(boolean fsync, int history, StorageEnvironment environment, DocumentCodec codec,
            HighWatermarks watermarks, UnreadableKeys unreadableKeys, SegmentUsage usage,
            ConflictCounter conflicts, DiskReserve reserve, Consumer<List<LoggedVersion>> published) { }

    Writer(Journal journal, OwnerNumbers owners, LogState from, Dependencies settings) {
        this.journal = journal;
        this.snapshot = from;
        this.covered = covered(from.notes(), from.head());
        this.durable = covered;
        this.durableHead = from.head().seq();
        this.settings = settings;
        this.appender = new GroupAppender(journal, group, settings);
        this.transaction = new Transaction(owners, appender, settings);
    }

    /** The state after the last group. */
    LogState snapshot() {
        return snapshot;
    }

    /** The coverage of the directory after the last group. */
    Coverage covered() {
        return covered;
    }

    private Coverage covered(StoreNotes notes, LogHead head) {
        return notes.covered().with(journal.manifest().origin(), head.own());
    }

    /** The coverage as of the last fsync. */
    Coverage durable() {
        return durable;
    }

    /** The number of the last record as of the last fsync. */
    long durableHead() {
        return durableHead;
    }

    /** The reason why no more writes are accepted. */
    Optional<Refusal> failure() {
        return failure;
    }

    /** The error of the last group; empty when it succeeded, and when the error is a while ago. */
    Optional<String> lastError() {
        return settings.environment.clock().nanos() - lastErrorNanos < ERROR_NANOS ? lastError
                : Optional.empty();
    }

    /** The counts of the writes done and waiting. */
    StoreCounts.WriterCounts counts() {
        return new StoreCounts.WriterCounts(groups.sum(), records.sum(), queue.size(), queuedBytes.get());
    }

    /** Queues a write or refuses it at once. */
    void submit(Write write) {
        if (failure.isPresent()) {
            write.refused(failure.get());
        } else if (queuedBytes.addAndGet(write.bytes()) > QUEUE_BYTES_MAX || !queue.offer(write)) {
            queuedBytes.addAndGet(-write.bytes());
            write.refused(new Refusal(Reason.BUSY,
                    "the queue of writes is full; try again in a second"));
        } else if (failure.isPresent()) {
            refuseQueued();
        }
    }

    /** Does one group if a write is queued; waits that long for one. Whether there was work. */
    boolean step(long waitMs) {
        Optional<Write> first = Optional.ofNullable(poll(waitMs));
        if (first.isEmpty()) {
            return false;
        }
        taken.clear();
        taken.add(first.get());
        queue.drainTo(taken, GROUP_WRITES - 1);
        taken.forEach(write -> queuedBytes.addAndGet(-write.bytes()));
        int from = 0;
        try {
            while (from < taken.size()) {
                from = group(from);
            }
        } catch (RuntimeException | Error bug) {
            broken(taken.subList(from, taken.size()));
            throw bug;
        }
        taken.clear();
        return true;
    }

    /**
     * Refuses the rest after a fault of the program has ended the writer in the middle of a group: no caller
     * may wait for ever.
     */
    private void broken(List<Write> unanswered) {
        fail(new Refusal(Reason.STORE_FAILED, "the writer of this node failed by an internal error;"
                + " the node's log has details. Reads continue, writes need a restart"));
        unanswered.forEach(write -> call(write, w -> w.refused(failure.orElseThrow())));
    }

    private Write poll(long waitMs) {
        try {
            return queue.poll(waitMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError("the writer was interrupted, which closes its files", e);
        }
    }

    /** Refuses all further writes, for good or until the process ends, and those in the queue. */
    void fail(Refusal refusal) {
        failure = Optional.of(refusal);
        refuseQueued();
    }

    private void refuseQueued() {
        for (Write write = queue.poll(); write != null; write = queue.poll()) {
            queuedBytes.addAndGet(-write.bytes());
            call(write, w -> w.refused(failure.orElseThrow()));
        }
    }

    /**
     * Makes one group of the drained writes, {@code from} on; the index of the first write that is not in it.
     */
    private int group(int from) {
        decided.clear();
        refusedWrites.clear();
        int next = from;
        try {
            LogHead head = snapshot.head().exhausted()
                    ? snapshot.head().boot(journal.boot(snapshot.head().seq())) : snapshot.head();
            journal.prepare();
            IndexSnapshot root = snapshot.root();
            Editor editor = root.tree().edit();
            group.begin();
            settings.usage.begin();
            appender.begin(head, snapshot.notes(), settings.environment.clock().wallMs());
            transaction.begin(editor, root);
            while (next < taken.size() && group.bytes() < GROUP_BYTES && !transaction.closed()) {
                decide(taken.get(next++));
            }
            commit(editor);
            decided.forEach(write -> call(write, Write::written));
            refusedWrites.forEach(down -> call(down.write, w -> w.refused(down.refusal)));
            return next;
        } catch (IOException e) {
            next = Math.max(next, from + 1);
            Refusal refusal = refusal(e);
            taken.subList(from, next).forEach(write -> call(write, w -> w.refused(refusal)));
            return next;
        }
    }

    /** Decides one write. Its changes of MANIFEST can end in a failed fsync like the group itself. */
    private void decide(Write write) throws IOException {
        try {
            transaction.run(write);
            decided.add(write);
        } catch (Refusal refusal) {
            refusedWrites.add(new RefusedWrite(write, refusal));
        } catch (UncheckedIOException failed) {
            throw failed.getCause();
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError bug) {
            settings.environment.log().error("a write failed by an internal error", bug);
            refusedWrites.add(new RefusedWrite(write,
                    new Refusal(Reason.INTERNAL, "the write failed by an internal error; the node's log has"
                            + " details")));
        }
    }

    private void commit(Editor editor) throws IOException {
        if (failure.isPresent()) {
            throw new IOException("closed");
        }
        if (transaction.forced()) {
            journal.force();
            durable = covered;
            durableHead = snapshot.head().seq();
        }
        if (group.count() == 0 && transaction.forced()) {
            settings.published.accept(List.of());
        }
        if (group.count() == 0) {
            if (transaction.moved()) {
                snapshot = state(editor);
            } else if (snapshot.layout() != journal.layout()) {
                settings.usage.commit();
                snapshot = new LogState(snapshot.root(), journal.segment(), journal.end(), snapshot.head(),
                        snapshot.notes(), journal.layout());
            }
            return;
        }
        journal.append(group.finish(journal.salt(), journal.synced()),
                settings.fsync || transaction.forced());
        lastError = Optional.empty();
        groups.increment();
        records.add(group.count());
        int segment = journal.segment();
        group.eachKey(crc -> journal.filters().add(segment, crc));
        snapshot = state(editor);
        covered = covered(appender.notes(), appender.head());
        if (settings.fsync || transaction.forced()) {
            durable = covered;
            durableHead = appender.head().seq();
        }
        settings.published.accept(appender.entered());
    }

    private LogState state(Editor editor) {
        settings.usage.commit();
        IndexSnapshot root = new IndexSnapshot(editor.publish(), snapshot.root().damage(),
                transaction.reservedChanges());
        return new LogState(root, journal.segment(), journal.end(), appender.head(), appender.notes(),
                journal.layout());
    }

    /**
     * The refusal for a failure of the disk. A failed fsync ends writing for good; any other failure only
     * this group.
     */
    private Refusal refusal(IOException e) {
        if (failure.isPresent()) {
            return failure.get();
        }
        if (e instanceof FileSync.FailedSyncException) {
            settings.environment.log().failure(EventKind.STORE_FAILED, e);
            Refusal refusal = new Refusal(Reason.STORE_FAILED, "an fsync failed, so the content of this disk"
                    + " is unknown. Reads continue; check the disk, then restart the node to write again");
            fail(refusal);
            return refusal;
        }
        if (lastError.isEmpty()) {
            settings.environment.log().failure(EventKind.DISK_REFUSES, e);
        }
        lastErrorNanos = settings.environment.clock().nanos();
        String cause = FailureText.text(e);
        lastError = Optional.of(cause);
        settings.reserve.release();
        return new Refusal(Reason.DISK_FULL, "the disk refused the write: " + cause
                + ". Nothing was stored. Reads continue, and writes are accepted again as soon as space is"
                + " free");
    }

    /** Notifies a write; a fault of its caller must not stop the others. */
    private void call(Write write, Consumer<Write> how) {
        try {
            how.accept(write);
        } catch (RuntimeException bug) {
            settings.environment.log().error("the response to a write failed by an internal error", bug);
        }
    }
}
