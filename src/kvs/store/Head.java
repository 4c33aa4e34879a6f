package kvs.store;

import kvs.model.Rules;
import kvs.model.Sequence;

/**
 * What the next write starts from.
 *
 * @param seq number of the last record
 * @param nodeClock {@link Rules#nodeClock}, Unix ms
 * @param purgedMax highest timestamp ever purged here, Unix ms; the node clock never falls below it, also after a restart
 */
record Head(long seq, long nodeClock, long purgedMax) {

    /** Records that fit into the present boot at the least when a group begins. */
    private static final long GROUP_MAX = 1 << 20;

    /** After a record with that timestamp. */
    Head after(long recordSeq, long timestamp, long wallMs) {
        return new Head(Math.max(seq, recordSeq), Rules.nodeClock(nodeClock, timestamp, wallMs), purgedMax);
    }

    /** After a purge of a version with that timestamp. */
    Head purged(long recordSeq, long timestamp) {
        return new Head(Math.max(seq, recordSeq), Math.max(nodeClock, timestamp), Math.max(purgedMax, timestamp));
    }

    /** The first one of a boot. */
    Head boot(long number) {
        return new Head(Sequence.start(number), nodeClock, purgedMax);
    }

    /** Whether the numbers of this boot run out. */
    boolean exhausted() {
        return Sequence.countOf(seq) > Sequence.COUNT_MAX - GROUP_MAX;
    }
}
