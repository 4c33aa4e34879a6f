package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pace of long work beside clients. */
class BackgroundPacerTest {

    private final SimClock clock = new SimClock();
    private final AtomicLong requests = new AtomicLong();
    private final List<Long> rests = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"1000000, 0, 0", "1000000, 1, 1", "1000000, 2, 2", "1000000, 100, 2", "3999999, 100, 6",
        "9000000, 7, 7", "9000000, 100, 18", "500000000, 100, 20"})
    void restIsTwiceTheWorkAndAMillisecondForEachRequestAtMost(long workedNanos, long served, long restMs) {
        assertEquals(restMs, BackgroundPacer.restMs(workedNanos, served));
    }

    @Test
    void shortPiecesCountTogetherAndRestsAreNoWork() {
        BackgroundPacer pacer = new BackgroundPacer(clock, requests::get, ms -> {
            rests.add(ms);
            clock.advance(ms);
            requests.addAndGet(1_000);
        });
        requests.set(50);
        pacer.pieceDone();
        assertEquals(List.of(), rests, "no time has passed");
        clock.advance(3);
        pacer.pieceDone();
        assertEquals(List.of(6L), rests);
        pacer.pieceDone();
        clock.advance(2);
        pacer.pieceDone();
        assertEquals(List.of(6L), rests, "what was served during the rest has no part in this");
        clock.advance(4);
        requests.addAndGet(3);
        pacer.pieceDone();
        assertEquals(List.of(6L, 3L), rests);
    }
}
