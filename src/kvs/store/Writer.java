package kvs.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import kvs.log.DiskReserve;
import kvs.log.DocumentCodec;
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
import kvs.recovery.IndexSnapshot;
import kvs.recovery.LogState;
import kvs.recovery.StoreNotes;
import kvs.tree.Editor;

/**
 * The one writer of a store. It drains the queue, decides each write, appends all of them as one group,
 * forces it once, publishes the new root and completes the writes. No timer: a group consists of the writes
 * that queued up while the previous one was forced (group commit; DeWitt et al., "Implementation Techniques
 * for Main Memory Database Systems", SIGMOD 1984).
 *
 * <p>One thread at a time does groups, and holds {@code turn} meanwhile: the writer's own by {@link #step},
 * which a simulation calls by hand, or one that has collected writes by {@link #commit}. Such threads are
 * never interrupted. {@link #submit} and the reports are thread-safe.
 */
final class Writer {

    /** The bytes at which a group is closed; one write may exceed it. */
    private static final int GROUP_BYTES = 4 << 20;
    /** The most writes in a group: a bound for the time that the first one waits for the last. */
    private static final int GROUP_WRITES = 4_096;

    private final Journal journal;
    private final Dependencies settings;
    private final GroupBuffer group = new GroupBuffer();
    private final GroupAppender appender;
    private final Transaction transaction;
    private final WriteQueue queue = new WriteQueue();
    private final ReentrantLock turn = new ReentrantLock();
    /** Whether {@link #commit} was ended. Guarded by {@code turn}, as what only groups change. */
    private boolean commitsEnded;
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
    private final WriteErrors errors;
    private final LongAdder groups = new LongAdder();
    private final LongAdder records = new LongAdder();

    /** A write and the reason of its refusal. */
    private record RefusedWrite(Write write, Refusal refusal) { }

    /** The collaborators of the writer beside the journal. */
    record Dependencies(boolean fsync, int history, StorageEnvironment environment, DocumentCodec codec,
            HighWatermarks watermarks, UnreadableKeys unreadableKeys, SegmentUsage usage,
            ConflictCounter conflicts, DiskReserve reserve, StoreHooks hooks) { }

    Writer(Journal journal, OwnerNumbers owners, LogState from, Dependencies settings) {
        this.journal = journal;
        this.snapshot = from;
        this.covered = covered(from.notes(), from.head());
        this.durable = covered;
        this.durableHead = from.head().seq();
        this.settings = settings;
        this.errors = new WriteErrors(settings.environment, settings.reserve);
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

    /** The reason why no more writes are accepted, and the error of the last group. */
    WriteErrors errors() {
        return errors;
    }

    /** See {@link Store#purgeRest}. */
    PurgeRest rest() {
        return transaction.rest();
    }

    /** The counts of the writes done and waiting. */
    StoreCounts.WriterCounts counts() {
        return new StoreCounts.WriterCounts(groups.sum(), records.sum(), queue.size(), queue.bytes());
    }

    /** Queues a write, or refuses it at once. */
    void submit(Write write) {
        submit(List.of(write));
    }

    /** Queues writes, and refuses at once those that it cannot. */
    void submit(List<Write> writes) {
        if (errors.failure().isPresent()) {
            writes.forEach(write -> call(write, w -> w.refused(errors.failure().get())));
            return;
        }
        int queued = queue.add(writes);
        writes.subList(queued, writes.size()).forEach(write -> call(write, w -> w.refused(new Refusal(
                Reason.BUSY, "the queue of writes is full; try again in a second"))));
        if (errors.failure().isPresent()) {
            refuseQueued();
        }
    }

    /** Does one group if a write is queued; waits that long for one. Whether there was work. */
    boolean step(long waitMs) {
        List<Write> first = new ArrayList<>(1);
        queue.take(first, 1, waitMs);
        if (first.isEmpty()) {
            return false;
        }
        turn.lock();
        try {
            queue.take(first, GROUP_WRITES - 1, 0);
            groups(first);
        } finally {
            turn.unlock();
        }
        return true;
    }

    /**
     * Does these writes on the thread of the caller if {@code rule} says so, no other write waits and no
     * other thread does a group, or waits to do one. Whether it did; {@code false}: nothing happened.
     */
    boolean commit(List<Write> writes, CommitRule rule) {
        if (errors.failure().isPresent() || !turn.tryLock()) {
            return false;
        }
        try {
            int bytes = 2 * writes.stream().mapToInt(Write::bytes).sum();
            if (commitsEnded || queue.size() > 0 || turn.hasQueuedThreads() || !rule.commitsHere(
                    new CommitRule.StoreState(journal.lastFsyncNanos(), journal.hasRoom(bytes)))) {
                return false;
            }
            groups(writes);
            return true;
        } finally {
            turn.unlock();
        }
    }

    /** Refuses {@link #commit} from now on, after the one in progress. */
    void endCommits() {
        turn.lock();
        try {
            commitsEnded = true;
        } finally {
            turn.unlock();
        }
    }

    private void groups(List<Write> writes) {
        taken.clear();
        taken.addAll(writes);
        int from = 0;
        try {
            while (from < taken.size()) {
                from = group(from);
            }
        } catch (RuntimeException | Error bug) {
            broken(taken.subList(from, taken.size()));
            throw bug;
        } finally {
            taken.clear();
            settings.hooks.completed();
        }
    }

    /**
     * Refuses the rest after a fault of the program has ended the writer in the middle of a group: no caller
     * may wait for ever.
     */
    private void broken(List<Write> unanswered) {
        fail(new Refusal(Reason.STORE_FAILED, "the writer of this node failed by an internal error;"
                + " the node's log has details. Reads continue, writes need a restart"));
        unanswered.forEach(write -> call(write, w -> w.refused(errors.failure().orElseThrow())));
    }

    /** Refuses all further writes, for good or until the process ends, and those in the queue. */
    void fail(Refusal refusal) {
        errors.fail(refusal);
        refuseQueued();
    }

    /** The refusal of a group by the disk, which may end writing. */
    private Refusal refusal(IOException e) {
        Refusal refusal = errors.refusal(e);
        if (errors.failure().isPresent()) {
            refuseQueued();
        }
        return refusal;
    }

    private void refuseQueued() {
        List<Write> waiting = new ArrayList<>();
        queue.take(waiting, Integer.MAX_VALUE, 0);
        waiting.forEach(write -> call(write, w -> w.refused(errors.failure().orElseThrow())));
        settings.hooks.completed();
    }

    /** Makes a group of drained writes, {@code from} on; the index of the first one that is not in it. */
    private int group(int from) {
        decided.clear();
        refusedWrites.clear();
        int next = from;
        try {
            if (errors.failure().isPresent()) {
                throw new IOException("writing has ended");
            }
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
        if (errors.failure().isPresent()) {
            throw new IOException("closed");
        }
        if (transaction.forced()) {
            journal.force();
            durable = covered;
            durableHead = snapshot.head().seq();
        }
        if (group.count() == 0 && transaction.forced()) {
            settings.hooks.published(List.of());
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
        errors.succeeded();
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
        settings.hooks.published(appender.entered());
    }

    private LogState state(Editor editor) {
        settings.usage.commit();
        IndexSnapshot root = new IndexSnapshot(editor.publish(), snapshot.root().damage(),
                transaction.reservedChanges());
        return new LogState(root, journal.segment(), journal.end(), appender.head(), appender.notes(),
                journal.layout());
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
