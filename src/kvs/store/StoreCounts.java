package kvs.store;

import kvs.log.LogCounts;
import kvs.log.SpaceUsage;

/**
 * What a store has counted since it was opened, and how it stands at one moment.
 *
 * @param log the files
 * @param writes the writer
 * @param checkpoints what keeps restarts short
 * @param unreadable reads that met an unreadable record
 * @param conflicts versions that lost against one that was written side by side with them
 * @param use how much of the log is in use, and what compaction did
 */
public record StoreCounts(LogCounts log, WriterCounts writes, CheckpointCounts checkpoints, long unreadable, long conflicts, SpaceUsage use) {

    /**
     * What was written.
     *
     * @param groups groups, each with one fsync
     * @param records records in them
     * @param queued writes that wait now
     * @param queuedBytes bytes that those hold
     */
    public record WriterCounts(long groups, long records, int queued, long queuedBytes) { }

    /**
     * Checkpoints.
     *
     * @param written how many
     * @param failed how many could not be written
     * @param grownBytes by which the log has grown since the last one or the start, as if all segments were full
     */
    public record CheckpointCounts(long written, long failed, long grownBytes) { }
}
