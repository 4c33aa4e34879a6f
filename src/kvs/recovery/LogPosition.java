package kvs.recovery;

import kvs.tree.Entry;

/**
 * A place between two records of the log. Records that are older stay before it: compaction copies them, in
 * their order, into segments with greater numbers, but never past the segment that follows. Records behind it
 * stay behind it; older ones whose segment was compacted together with that of the place are behind it too.
 * It has a meaning in the directory in which it was taken, and in no copy of its documents.
 *
 * @param segment number of the segment
 * @param offset in the segment
 */
public record LogPosition(int segment, int offset) {

    /** The place before everything. */
    public static final LogPosition START = new LogPosition(0, 0);

    /** Whether the record of an entry may have been written after this place was taken. */
    public boolean precedes(Entry entry) {
        return entry.segment() > segment || entry.segment() == segment && entry.offset() >= offset;
    }
}
