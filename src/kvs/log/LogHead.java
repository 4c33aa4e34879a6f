package kvs.log;

import kvs.model.ReplicationRules;
import kvs.model.SequenceNumbers;

/**
 * The state of the log that the next write builds on.
 *
 * @param seq number of the last record
 * @param nodeClock {@link ReplicationRules#nodeClock}, Unix ms
 * @param purgedMax highest timestamp that was purged here and counts by the same rule, Unix ms; a version
 *     that replaces a purged one is greater
 * @param own number of the last version that was written here, under the present origin; 0 for none
 */
public record LogHead(long seq, long nodeClock, long purgedMax, long own) {

    /** The head of an empty log. */
    public static final LogHead START = new LogHead(0, 0, 0, 0);

    /** The least count of numbers that a boot must have left when a group begins. */
    private static final long GROUP_MAX = 1 << 20;

    /** The head after a version with that timestamp; {@code here} if this directory wrote it. */
    public LogHead after(long recordSeq, long timestamp, long wallMs, boolean here) {
        return new LogHead(Math.max(seq, recordSeq), ReplicationRules.nodeClock(nodeClock, timestamp, wallMs),
                purgedMax, here ? Math.max(own, recordSeq) : own);
    }

    /** The head after a note. */
    public LogHead noted(long recordSeq) {
        return new LogHead(Math.max(seq, recordSeq), nodeClock, purgedMax, own);
    }

    /** The head after a purge of a version with that timestamp. */
    public LogHead purged(long recordSeq, long timestamp, long wallMs) {
        return new LogHead(Math.max(seq, recordSeq), ReplicationRules.nodeClock(nodeClock, timestamp, wallMs),
                ReplicationRules.nodeClock(purgedMax, timestamp, wallMs), own);
    }

    /** The timestamp of the next write. */
    public long timestamp(long wallMs, long current) {
        return Math.max(ReplicationRules.timestamp(wallMs, nodeClock, current),
                ReplicationRules.timestamp(wallMs, purgedMax, current));
    }

    /** The first head of a new origin. */
    public LogHead reborn() {
        return new LogHead(seq, nodeClock, purgedMax, 0);
    }

    /** The first head of a boot. */
    public LogHead boot(long number) {
        return new LogHead(SequenceNumbers.start(number), nodeClock, purgedMax, own);
    }

    /** Whether the boot has few numbers left. */
    public boolean exhausted() {
        return SequenceNumbers.countOf(seq) > SequenceNumbers.COUNT_MAX - GROUP_MAX;
    }
}
