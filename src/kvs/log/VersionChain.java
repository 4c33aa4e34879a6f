package kvs.log;

import kvs.tree.Entry;

/**
 * Where the older versions of a key lie, newest first, as three numbers each, so that a key that was written often costs twelve bytes a version:
 * <pre>
 *  segment, offset, bytes of the record; the sign bit of the bytes: lost a conflict that nobody has resolved
 * </pre>
 * "Newest" is the order in which they left the present of this node: it follows from the order of the log alone, so a replay gives the same past,
 * also of a log from which compaction took what had fallen off the end.
 */
public final class VersionChain {

    public static final int[] NONE = {};
    public static final int FIELDS = 3;
    /** Versions that a past can have at the most. */
    public static final int MAX = 1_000;
    private static final int CONFLICT = 1 << 31;

    private VersionChain() { }

    /** Older versions in the chain. */
    public static int count(int[] past) {
        return past.length / FIELDS;
    }

    /** The segment of an older version. */
    public static int segment(int[] past, int index) {
        return past[index * FIELDS];
    }

    /** The offset of an older version in its segment. */
    public static int offset(int[] past, int index) {
        return past[index * FIELDS + 1];
    }

    /** Bytes of the record of an older version. */
    public static int bytes(int[] past, int index) {
        return past[index * FIELDS + 2] & ~CONFLICT;
    }

    /** Whether an older version lost a conflict. */
    public static boolean conflict(int[] past, int index) {
        return past[index * FIELDS + 2] < 0;
    }

    /** Whether any lost a conflict that nobody has resolved. */
    public static boolean disputed(int[] past) {
        for (int i = 2; i < past.length; i += FIELDS) {
            if (past[i] < 0) {
                return true;
            }
        }
        return false;
    }

    /** The past with one more in front; what exceeds {@code max} falls off the end. */
    public static int[] with(int[] past, Entry.RecordLocation place, boolean conflict, int max) {
        int kept = Math.min(count(past), max - 1);
        if (kept < 0) {
            return NONE;
        }
        int[] next = new int[(kept + 1) * FIELDS];
        next[0] = place.segment();
        next[1] = place.offset();
        next[2] = place.recordBytes() | (conflict ? CONFLICT : 0);
        System.arraycopy(past, 0, next, FIELDS, kept * FIELDS);
        return next;
    }

    /** The past of a write by somebody who has seen all of it. */
    public static int[] resolved(int[] past) {
        if (!disputed(past)) {
            return past;
        }
        int[] next = past.clone();
        for (int i = 2; i < next.length; i += FIELDS) {
            next[i] &= ~CONFLICT;
        }
        return next;
    }

    /** Which of them lies there; -1 for none. */
    public static int find(int[] past, int segment, int offset) {
        for (int i = 0; i < past.length; i += FIELDS) {
            if (past[i] == segment && past[i + 1] == offset) {
                return i / FIELDS;
            }
        }
        return -1;
    }

    /** The past with one of them at another place. */
    public static int[] moved(int[] past, int index, int segment, int offset) {
        int[] next = past.clone();
        next[index * FIELDS] = segment;
        next[index * FIELDS + 1] = offset;
        return next;
    }

    /** The place of an entry itself. */
    public static Entry.RecordLocation place(Entry entry) {
        return place(entry, entry.past());
    }

    /** The place of an entry, with another past. */
    public static Entry.RecordLocation place(Entry entry, int[] past) {
        return new Entry.RecordLocation(entry.segment(), entry.offset(), entry.recordBytes(), entry.dataBytes(), past);
    }
}
