package kvs.store;

import kvs.log.LogCounts;
import kvs.log.SpaceUsage;

/**
 * The counts of a store since it was opened, and its state at one moment.
 *
 * @param log counts of the files
 * @param writes counts of the writer
 * @param checkpoints counts of the checkpoints
 * @param unreadable reads that found an unreadable record
 * @param conflicts versions that lost against one that was written concurrently
 * @param usage live part of the log, and the work of compaction
 */
public record StoreCounts(LogCounts log, WriterCounts writes, CheckpointCounts checkpoints, long unreadable,
        long conflicts, SpaceUsage usage) {

    /**
     * The counts of the writer.
     *
     * @param groups groups, each with one fsync
     * @param records records in them
     * @param queued writes that wait now
     * @param queuedBytes bytes that those hold
     */
    public record WriterCounts(long groups, long records, int queued, long queuedBytes) { }

    /**
     * The counts of checkpoints.
     *
     * @param written checkpoints written
     * @param failed checkpoints that failed
     * @param grownBytes growth of the log since the last one or the start, as if all segments were full
     */
    public record CheckpointCounts(long written, long failed, long grownBytes) { }
}
