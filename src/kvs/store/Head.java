package kvs.store;

import kvs.model.Rules;
import kvs.model.Sequence;

/**
 * What the next write starts from.
 *
 * @param seq number of the last record
 * @param nodeClock {@link Rules#nodeClock}, Unix ms
 * @param purgedMax highest timestamp that was purged here and counts by the same rule, Unix ms; what replaces a purged version beats it
 * @param own number of the last version that was written here, under the present origin; 0 for none
 */
record Head(long seq, long nodeClock, long purgedMax, long own) {

    /** Of an empty log. */
    static final Head START = new Head(0, 0, 0, 0);

    /** Records that fit into the present boot at the least when a group begins. */
    private static final long GROUP_MAX = 1 << 20;

    /** After a version with that timestamp, written here or not. */
    Head after(long recordSeq, long timestamp, long wallMs, boolean here) {
        return new Head(Math.max(seq, recordSeq), Rules.nodeClock(nodeClock, timestamp, wallMs), purgedMax, here ? Math.max(own, recordSeq) : own);
    }

    /** After a note. */
    Head noted(long recordSeq) {
        return new Head(Math.max(seq, recordSeq), nodeClock, purgedMax, own);
    }

    /** After a purge of a version with that timestamp. */
    Head purged(long recordSeq, long timestamp, long wallMs) {
        return new Head(Math.max(seq, recordSeq), Rules.nodeClock(nodeClock, timestamp, wallMs), Rules.nodeClock(purgedMax, timestamp, wallMs), own);
    }

    /** The timestamp of the next write. */
    long timestamp(long wallMs, long current) {
        return Math.max(Rules.timestamp(wallMs, nodeClock, current), Rules.timestamp(wallMs, purgedMax, current));
    }

    /** The first one of a new origin. */
    Head reborn() {
        return new Head(seq, nodeClock, purgedMax, 0);
    }

    /** The first one of a boot. */
    Head boot(long number) {
        return new Head(Sequence.start(number), nodeClock, purgedMax, own);
    }

    /** Whether the numbers of this boot run out. */
    boolean exhausted() {
        return Sequence.countOf(seq) > Sequence.COUNT_MAX - GROUP_MAX;
    }
}
