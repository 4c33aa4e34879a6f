package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.OptionalLong;
import kvs.model.Coverage;
import kvs.model.NodeMode;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;

class FollowerScheduleTest {

    private static final byte[] MINE = {1};
    private static final byte[] THEIRS = {2};
    private final SimClock clock = new SimClock();
    private final FollowerSchedule schedule = new FollowerSchedule(clock, 120_000, 60_000,
            OptionalLong.empty());

    private static FollowerSchedule.Observation look(long head, byte[] theirs, byte[] mine) {
        return new FollowerSchedule.Observation(vital(head, theirs), mine, false, false, false);
    }

    private static NodeStatus vital(long head, byte[] root) {
        return new NodeStatus(0, NodeMode.NORMAL, true, 0, 0, 0, head, 0, Coverage.NONE,
                new NodeStatus.Digests(root, new byte[32]), Map.of());
    }

    /** Looks every 100 ms; after how many ms a comparison begins, or -1. */
    private long untilComparison(long mostMs, byte[] theirs) {
        for (long ms = 0; ms <= mostMs; ms += 100) {
            if (schedule.beginComparison(look(9, theirs, MINE))) {
                return ms;
            }
            clock.advance(100);
        }
        return -1;
    }

    private void compared(int moved) {
        assertTrue(schedule.beginComparison(look(7, MINE, MINE)));
        schedule.endComparison(new FollowerSchedule.ComparisonResult(true, true, true, moved, 7, 7));
    }

    @Test
    void comparesFirstAndThenPollsFromWhereTheMemberStoodBefore() {
        assertEquals(OptionalLong.empty(), schedule.beginPoll());
        compared(0);
        assertEquals(OptionalLong.of(7), schedule.beginPoll());
        assertEquals(OptionalLong.empty(), schedule.beginPoll(), "one at a time");
        schedule.endPoll(true, 9, 9);
        assertEquals(OptionalLong.of(9), schedule.beginPoll());
    }

    @Test
    void theCursorStaysBeforeWhatCouldNotBeTaken() {
        compared(0);
        schedule.beginPoll();
        schedule.endPoll(false, 9, 9);
        assertEquals(OptionalLong.empty(), schedule.beginPoll(), "not at once");
        clock.advance(5_000);
        assertEquals(OptionalLong.of(7), schedule.beginPoll());
    }

    @Test
    void aMemberThatForgotIsComparedAgain() {
        compared(0);
        schedule.beginPoll();
        schedule.losePoll(false);
        clock.advance(1_000);
        assertEquals(-1, untilComparison(0, MINE), "silence is no reason");
        assertEquals(OptionalLong.of(7), schedule.beginPoll());
        schedule.losePoll(true);
        clock.advance(1_000);
        assertEquals(OptionalLong.empty(), schedule.beginPoll());
        assertTrue(schedule.beginComparison(look(20, MINE, MINE)));
        assertFalse(schedule.beginComparison(look(20, MINE, MINE)), "one at a time");
        schedule.endComparison(new FollowerSchedule.ComparisonResult(true, true, true, 0, 20, 20));
        assertEquals(OptionalLong.of(20), schedule.beginPoll());
    }

    @Test
    void anUnreachedMemberIsComparedAgainASecondLater() {
        assertTrue(schedule.beginComparison(look(7, THEIRS, MINE)));
        schedule.endComparison(new FollowerSchedule.ComparisonResult(false, true, true, 0, 7, 7));
        assertEquals(1_000, untilComparison(5_000, THEIRS));
    }

    @Test
    void whatMovesNothingIsRepeatedEverMoreSeldom() {
        compared(0);
        assertEquals(2_000, untilComparison(200_000, THEIRS), "equal so far");
        schedule.endComparison(new FollowerSchedule.ComparisonResult(true, true, true, 0, 0, 0));
        for (long wait : new long[] {4_000, 8_000, 16_000, 32_000, 64_000, 120_000, 120_000}) {
            assertEquals(wait, untilComparison(200_000, THEIRS));
            schedule.endComparison(new FollowerSchedule.ComparisonResult(true, true, true, 0, 0, 0));
        }
        assertEquals(2_000, untilComparison(200_000, new byte[] {3}), "a root has changed");
        schedule.endComparison(new FollowerSchedule.ComparisonResult(true, true, true, 5, 0, 0));
        assertEquals(2_000, untilComparison(200_000, new byte[] {3}), "something was taken");
    }

    @Test
    void whileTheRootsMoveTheFeedsAreWaitedFor() {
        compared(0);
        int comparisons = 0;
        for (int i = 0; i < 59; i++) {
            clock.advance(1_000);
            comparisons += schedule.beginComparison(look(9, new byte[] {2, (byte) i}, MINE)) ? 1 : 0;
        }
        assertEquals(0, comparisons);
        clock.advance(2_000);
        assertTrue(schedule.beginComparison(look(9, new byte[] {4}, MINE)), "but not for ever");
    }

    @Test
    void aFeedThatIsStuckIsNotWaitedForWhileTheRootsMove() {
        compared(0);
        schedule.beginPoll();
        schedule.endPoll(false, 9, 9);
        int comparisons = 0;
        for (int i = 0; i < 20; i++) {
            clock.advance(1_000);
            if (schedule.beginComparison(look(9, new byte[] {2, (byte) i}, MINE))) {
                comparisons++;
                schedule.endComparison(new FollowerSchedule.ComparisonResult(true, false, true, 1, 9, 9));
            }
        }
        assertEquals(10, comparisons, "one unreadable record must not hold up all that is written behind it");
        schedule.beginPoll();
        schedule.endPoll(true, 9, 9);
        for (int i = 0; i < 20; i++) {
            clock.advance(1_000);
            assertFalse(schedule.beginComparison(look(9, new byte[] {3, (byte) i}, MINE)),
                    "the feed goes on");
        }
    }

    @Test
    void lagIsWhatTheMemberSpokeOfAndIsNotHere() {
        compared(0);
        schedule.beginComparison(look(7, MINE, MINE));
        assertEquals(0, schedule.lagMs());
        clock.advance(100);
        schedule.beginComparison(look(8, THEIRS, MINE));
        clock.advance(400);
        assertEquals(500, schedule.lagMs());
        schedule.beginPoll();
        schedule.endPoll(true, 8, 8);
        schedule.beginComparison(look(8, MINE, MINE));
        assertEquals(0, schedule.lagMs());
    }
}
