package kvs.store;

import kvs.log.LogHead;
import kvs.log.SegmentLayout;

/**
 * A state of the store with its place in the log.
 *
 * @param root the index and what is unreadable
 * @param segment number of the segment that is written to, 0 for none
 * @param end where the next group goes
 * @param head what the next write starts from
 * @param notes what is remembered beside the keys
 * @param layout the segments of the log
 */
public record LogState(IndexSnapshot root, int segment, int end, LogHead head, StoreNotes notes, SegmentLayout layout) { }
