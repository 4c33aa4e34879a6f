package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import kvs.sim.SimClock;
import kvs.store.DeadlineWrite;
import org.junit.jupiter.api.Test;

class FreezeDetectorTest {

    private final SimClock clock = new SimClock();
    private final FreezeDetector detector = new FreezeDetector(clock);

    @Test
    void suspectsWhatComesAfterAGapWhoeverWakesFirst() {
        clock.advance(DeadlineWrite.WAIT_MS_MAX);
        assertFalse(detector.suspects(), "a gap as long as a request may wait");
        assertFalse(detector.beat());
        clock.advance(DeadlineWrite.WAIT_MS_MAX + 1);
        assertTrue(detector.suspects(), "before the pulse is there again");
        assertTrue(detector.beat());
        clock.advance(FreezeDetector.AFTER_MS - 1);
        assertTrue(detector.suspects(), "in the first moments afterwards");
        assertFalse(detector.beat());
        clock.advance(1);
        assertFalse(detector.suspects(), "what comes later is fresh");
    }

    @Test
    void theWallIsNotItsClock() {
        clock.setWall(SimClock.START_MS + 86_400_000);
        assertFalse(detector.suspects() || detector.beat());
        clock.setWall(SimClock.START_MS - 86_400_000);
        assertFalse(detector.suspects() || detector.beat());
    }
}
