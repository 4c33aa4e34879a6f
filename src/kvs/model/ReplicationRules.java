package kvs.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The rules of replication as pure functions, named as in the model that they were checked with. Each has a
 * truth table in its test; change the model first.
 */
public final class ReplicationRules {

    /** The most that a timestamp may be ahead of the wall and still count for the node clock, ms. */
    public static final long CLOCK_AHEAD_MS = 60_000;
    /**
     * The most that a version from another node may be ahead of the wall and of the version that it replaces
     * here, ms; one that is further ahead waits.
     */
    public static final long ARRIVAL_AHEAD_MS = 86_400_000;
    /** The time for which a version that shadows nothing outlives its death, ms. */
    public static final long SHORT_GRACE_MS = 3_600_000;
    /**
     * The interval of purges, ms: they run at full multiples of it, so that nodes that purge alone stay equal
     * most of the time.
     */
    public static final long PURGE_STEP_MS = 600_000;

    private ReplicationRules() { }

    /**
     * The timestamp of a write: never below the wall, never below a timestamp that this node has accepted,
     * always above the version that it replaces. The node clock is judged against the present wall: it may
     * have been set under a wall that was wrong, and would stamp all later writes ahead.
     *
     * @param nodeClock see {@link #nodeClock}
     * @param current timestamp of the version that is replaced, 0 for none
     */
    public static long timestamp(long wallMs, long nodeClock, long current) {
        return Math.max(Math.max(wallMs, counted(nodeClock, wallMs)), current + 1);
    }

    /**
     * The node clock after accepting {@code timestamp}. A timestamp that does not count any more gives way,
     * so that smaller ones count again.
     */
    public static long nodeClock(long nodeClock, long timestamp, long wallMs) {
        return Math.max(counted(nodeClock, wallMs), counted(timestamp, wallMs));
    }

    /** The timestamp as it counts for the node clock at that wall: 0 when it is too far ahead. */
    private static long counted(long timestamp, long wallMs) {
        return timestamp <= wallMs + CLOCK_AHEAD_MS ? timestamp : 0;
    }

    /**
     * Whether a version of another node is too far in the future to be accepted. A version that replaces a
     * present one that is as far ahead does no more harm than that one; otherwise nodes with equal data would
     * refuse each other's writes until that time.
     *
     * @param current timestamp of the version that it would replace here, 0 for none
     */
    public static boolean early(long timestamp, long wallMs, long current) {
        return timestamp - ARRIVAL_AHEAD_MS > Math.max(wallMs, current);
    }

    /** The time until which a version with these fields can be alive: 0 for a tombstone. */
    public static long life(boolean deleted, long expires) {
        return deleted ? 0 : expires;
    }

    /** {@code shadows_until} of a write that replaces a version with these fields. */
    public static long shadow(boolean deleted, long expires, long shadowsUntil) {
        return Math.max(life(deleted, expires), shadowsUntil);
    }

    /** The time of a version's death: its own timestamp for a tombstone, else its expiry. */
    public static long death(boolean deleted, long expires, long timestamp) {
        return deleted ? timestamp : expires;
    }

    /**
     * The time from which a dead version may be purged: one window after the later of timestamp and death,
     * or, sooner, one hour after the latest of timestamp, death and {@code shadowsUntil}.
     * {@link Version#FOREVER} when it does not die.
     */
    public static long due(long timestamp, long death, long shadowsUntil, long windowMs) {
        if (death == Version.FOREVER) {
            return Version.FOREVER;
        }
        long end = Math.max(timestamp, death);
        return Math.min(later(end, windowMs), later(Math.max(end, shadowsUntil), SHORT_GRACE_MS));
    }

    /**
     * Whether a living version that only this node has is dropped instead of sent to a peer that lacks it:
     * the peer has had it, and a newer version that has died superseded it there.
     *
     * @param peerHad whether the peer lacks nothing that it knew of, and has had the version
     * @param ageMs age of the version
     * @param entered whether it entered this node's log after the two were last equal
     * @param equalMs time since the two were last equal, {@link Version#FOREVER} for never
     */
    public static boolean drop(boolean peerHad, long ageMs, boolean entered, long equalMs, long windowMs) {
        return peerHad && ageMs > windowMs && (entered || equalMs > windowMs);
    }

    /**
     * Whether two versions of a key were written concurrently, so that the writer of the winner never saw the
     * loser.
     *
     * @param winnerPrevious timestamp of the version that the winner replaced where it was written, 0 for
     *     none
     * @param loser timestamp of the losing version
     * @param loserDead whether the loser was dead when the winner was written: then nothing alive was lost,
     *     if the key was new to the winner
     */
    public static boolean concurrent(long winnerPrevious, long loser, boolean loserDead) {
        return winnerPrevious < loser && !(loserDead && winnerPrevious == 0);
    }

    /**
     * The error of this node's clock, ms, positive when the others are ahead; 0 unless the clock must not be
     * trusted: more than half of all nodes, itself included, lie within {@link #CLOCK_AHEAD_MS} of each
     * other, and it is further from their median.
     *
     * @param aheadMs lead of each responding node over this one, ms; without this one
     */
    public static long clockWrong(List<Long> aheadMs) {
        List<Long> all = new ArrayList<>(aheadMs);
        all.add(0L);
        all.sort(null);
        int most = 0;
        long median = 0;
        for (int from = 0; from < all.size(); from++) {
            int to = from;
            while (to < all.size() && all.get(to) - all.get(from) <= CLOCK_AHEAD_MS) {
                to++;
            }
            if (to - from > most) {
                most = to - from;
                median = all.get(from + (to - from) / 2);
            }
        }
        return 2 * most > all.size() && Math.abs(median) > CLOCK_AHEAD_MS ? median : 0;
    }

    private static long later(long time, long by) {
        return time > Version.FOREVER - by ? Version.FOREVER : time + by;
    }
}
