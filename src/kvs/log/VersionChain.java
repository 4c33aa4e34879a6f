package kvs.log;

import kvs.model.MergeRule;
import kvs.tree.Entry;

/**
 * The locations of the older versions of a key, newest first, as three numbers each, so that a key that is
 * written often costs twelve bytes a version:
 * <pre>
 *  segment, offset, bytes of the record; the sign bit of the bytes: lost a conflict that is not resolved
 * </pre>
 * "Newest" is by the order in which the versions were superseded on this node. This order follows from the
 * log alone, so a replay rebuilds the same chain, also from a log from which compaction removed versions that
 * were dropped from the end of a chain.
 */
public final class VersionChain {

    public static final int[] NONE = {};
    public static final int FIELDS = 3;
    /** The most versions in a chain. */
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

    /** Whether any version lost a conflict that is not resolved. */
    public static boolean disputed(int[] past) {
        for (int i = 2; i < past.length; i += FIELDS) {
            if (past[i] < 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * The chain of the version that is present after a decision; {@code past} is that of the version that was
     * present before, and {@code loser} the location of the one that lost.
     */
    public static int[] after(MergeRule.Outcome outcome, int[] past, Entry.RecordLocation loser, int max) {
        return switch (outcome) {
            case FIRST, FORGETS -> NONE;
            case RESOLVES -> with(resolved(past), loser, false, max);
            case SUPERSEDES -> with(past, loser, false, max);
            case WINS_CONFLICT, LOSES_CONFLICT -> with(past, loser, true, max);
            case SAME, SUPERSEDED, PURGED, UNORDERED -> past;
        };
    }

    /** The chain with one more version in front; versions beyond {@code max} are dropped from the end. */
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

    /** The chain after a write whose author has seen all of it: no conflict is open. */
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

    /** The index of the version at that location; -1 for none. */
    public static int find(int[] past, int segment, int offset) {
        for (int i = 0; i < past.length; i += FIELDS) {
            if (past[i] == segment && past[i + 1] == offset) {
                return i / FIELDS;
            }
        }
        return -1;
    }

    /** The chain with one version at another location. */
    public static int[] moved(int[] past, int index, int segment, int offset) {
        int[] next = past.clone();
        next[index * FIELDS] = segment;
        next[index * FIELDS + 1] = offset;
        return next;
    }

    /** The location of an entry's record, with its chain. */
    public static Entry.RecordLocation place(Entry entry) {
        return place(entry, entry.past());
    }

    /** The location of an entry's record, with another chain. */
    public static Entry.RecordLocation place(Entry entry, int[] past) {
        return new Entry.RecordLocation(entry.segment(), entry.offset(), entry.recordBytes(),
                entry.dataBytes(), past);
    }
}
