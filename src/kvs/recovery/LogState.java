package kvs.recovery;

import kvs.log.LogHead;
import kvs.log.SegmentSequence;

/**
 * A state of the store with its position in the log.
 *
 * @param root index and damage
 * @param segment number of the active segment, 0 for none
 * @param end offset of the next group
 * @param head numbers and clock from which the next write starts
 * @param notes notes of the directory
 * @param layout segments of the log
 */
public record LogState(IndexSnapshot root, int segment, int end, LogHead head, StoreNotes notes,
        SegmentSequence layout) {

    /** The same state with another start of the next write. */
    public LogState withHead(LogHead next) {
        return new LogState(root, segment, end, next, notes, layout);
    }
}
