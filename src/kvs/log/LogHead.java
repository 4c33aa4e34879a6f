package kvs.log;

import kvs.model.ReplicationRules;
import kvs.model.SequenceNumber;

/**
 * What the next write starts from.
 *
 * @param seq number of the last record
 * @param nodeClock {@link ReplicationRules#nodeClock}, Unix ms
 * @param purgedMax highest timestamp that was purged here and counts by the same rule, Unix ms; what replaces a purged version beats it
 * @param own number of the last version that was written here, under the present origin; 0 for none
 */
public record LogHead(long seq, long nodeClock, long purgedMax, long own) {

    /** Of an empty log. */
    public static final LogHead START = new LogHead(0, 0, 0, 0);

    /** Records that fit into the present boot at the least when a group begins. */
    private static final long GROUP_MAX = 1 << 20;

    /** After a version with that timestamp, written here or not. */
    public LogHead after(long recordSeq, long timestamp, long wallMs, boolean here) {
        return new LogHead(Math.max(seq, recordSeq), ReplicationRules.nodeClock(nodeClock, timestamp, wallMs), purgedMax, here ? Math.max(own, recordSeq) : own);
    }

    /** After a note. */
    public LogHead noted(long recordSeq) {
        return new LogHead(Math.max(seq, recordSeq), nodeClock, purgedMax, own);
    }

    /** After a purge of a version with that timestamp. */
    public LogHead purged(long recordSeq, long timestamp, long wallMs) {
        return new LogHead(Math.max(seq, recordSeq), ReplicationRules.nodeClock(nodeClock, timestamp, wallMs), ReplicationRules.nodeClock(purgedMax, timestamp, wallMs), own);
    }

    /** The timestamp of the next write. */
    public long timestamp(long wallMs, long current) {
        return Math.max(ReplicationRules.timestamp(wallMs, nodeClock, current), ReplicationRules.timestamp(wallMs, purgedMax, current));
    }

    /** The first one of a new origin. */
    public LogHead reborn() {
        return new LogHead(seq, nodeClock, purgedMax, 0);
    }

    /** The first one of a boot. */
    public LogHead boot(long number) {
        return new LogHead(SequenceNumber.start(number), nodeClock, purgedMax, own);
    }

    /** Whether the numbers of this boot run out. */
    public boolean exhausted() {
        return SequenceNumber.countOf(seq) > SequenceNumber.COUNT_MAX - GROUP_MAX;
    }
}
