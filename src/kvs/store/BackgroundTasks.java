package kvs.store;

import java.io.IOException;
import java.util.Map;
import kvs.log.DiskReserve;
import kvs.log.FileSync;
import kvs.log.HighWatermarks;
import kvs.log.Journal;
import kvs.log.OwnerNumbers;
import kvs.log.SegmentUsage;
import kvs.log.SpaceUsage;
import kvs.log.StorageEnvironment;
import kvs.model.Refusal;
import kvs.recovery.LogState;
import kvs.world.FailureText;
import kvs.world.Task;

/**
 * The tasks of a store that work beside its writer: maintenance, the scrub, the flushes of
 * {@code durability: os}, and the closing of an idle log. The scheduler steps each; in a stop
 * {@link #settle} takes the last steps in their place. Constant after construction.
 */
final class BackgroundTasks {

    private static final long FLUSH_MS = 1_000;

    private final Store store;
    private final StorageEnvironment environment;
    private final Writer writer;
    private final Journal journal;
    private final DiskReserve reserve;
    private final CheckpointWriter checkpointer;
    private final Maintenance maintenance;
    private final Scrub scrub;
    private final DurableEndRecorder rest;

    /**
     * The accounts of the log that the tasks keep or save.
     *
     * @param checkpoint the state that the last checkpoint holds
     */
    record LogAccounting(OwnerNumbers owners, HighWatermarks watermarks, SegmentUsage usage,
            DiskReserve reserve, LogState checkpoint) { }

    BackgroundTasks(Store store, StorageEnvironment environment, Writer writer, Journal journal,
            LogAccounting accounts) {
        this.store = store;
        this.environment = environment;
        this.writer = writer;
        this.journal = journal;
        this.reserve = accounts.reserve;
        this.checkpointer = new CheckpointWriter(writer, journal, accounts, environment);
        this.maintenance = new Maintenance(writer, journal, environment,
                new Maintenance.SpaceAccounting(accounts.usage, reserve), checkpointer);
        this.scrub = new Scrub(store, environment);
        this.rest = new DurableEndRecorder(writer, journal, environment.clock(), store::submit);
    }

    /** The tasks by name. */
    Map<String, Task> byName() {
        return Map.of("upkeep", maintenance, "scrub", scrub, "flushes", this::flush, "rest", rest);
    }

    Maintenance maintenance() {
        return maintenance;
    }

    CheckpointWriter checkpointer() {
        return checkpointer;
    }

    Scrub scrub() {
        return scrub;
    }

    DiskReserve reserve() {
        return reserve;
    }

    /** The live part of the log, and the work of compaction. */
    SpaceUsage use() {
        return maintenance.use();
    }

    /**
     * Makes the writes durable once a second, with {@code durability: os}, so that other nodes may receive
     * them. The write changes nothing; if it is refused, the next one follows in a second.
     */
    private long flush() {
        if (writer.durable() != writer.covered()) {
            store.submit(Transaction::force);
        }
        return FLUSH_MS;
    }

    /**
     * Does the steps that make the next start short; a full disk may refuse them. The writer has no thread
     * any more; {@code drain} does its work, and ends with {@code stopping}.
     */
    void settle(Runnable drain, Refusal stopping) throws IOException {
        try {
            maintenance.settle(drain);
            writer.fail(stopping);
            journal.settle();
            if (maintenance.settled() && checkpointer.save(checkpointer.present())) {
                journal.install(writer.snapshot().layout());
                checkpointer.clean(1);
            }
        } catch (FileSync.FailedSyncException e) {
            throw e;
        } catch (IOException e) {
            environment.log().warn("the disk refused the last writes of the shutdown:"
                    + " the next start reads more of the log", "why", FailureText.text(e));
        }
    }
}
