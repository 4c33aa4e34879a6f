package kvs.store;

import java.util.ArrayList;
import java.util.List;
import kvs.model.HealthProblem;
import kvs.model.HealthProblem.Kind;

/**
 * The problems of a store, as its parts report them. Thread-safe.
 *
 * @param degraded losses of the log when it was opened
 * @param writer writer of the log
 * @param reader reader of the log
 * @param backgroundTasks tasks that work beside the writer
 */
record StoreHealth(List<String> degraded, Writer writer, VersionReader reader,
        BackgroundTasks backgroundTasks) {

    /** The present problems. */
    List<HealthProblem> list() {
        List<HealthProblem> now = new ArrayList<>();
        degraded.forEach(what -> now.add(new HealthProblem(Kind.STORE_DEGRADED, what)));
        writer.errors().failure()
                .ifPresent(refusal -> now.add(new HealthProblem(Kind.STORE_FAILED, refusal.detail())));
        writer.errors().last().ifPresent(why ->
                now.add(new HealthProblem(Kind.WRITE_REFUSED, "the disk refused the last write: " + why)));
        backgroundTasks.reserve().problem()
                .ifPresent(what -> now.add(new HealthProblem(Kind.DISK_FULL, what)));
        backgroundTasks.checkpointer().problem()
                .ifPresent(what -> now.add(new HealthProblem(Kind.CHECKPOINT_FAILED, what)));
        backgroundTasks.maintenance().problem()
                .ifPresent(what -> now.add(new HealthProblem(Kind.COMPACTION_STUCK, what)));
        int spots = writer.snapshot().root().damage().damagedRecords().size();
        if (spots > 0) {
            now.add(new HealthProblem(Kind.RECORDS_UNREADABLE, spots + " records of the log are unreadable:"
                    + " run 'verify' on the stopped data directory for the list"));
        }
        if (reader.troubled()) {
            now.add(new HealthProblem(Kind.READS_UNREADABLE, reader.unreadable() + " reads found an"
                    + " unreadable record since the start; run 'verify' on the stopped data directory for the"
                    + " list"));
        }
        return now;
    }
}
