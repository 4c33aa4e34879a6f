package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import kvs.model.Reason;
import kvs.model.Refusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rule of requests that wait, by its table, and the counts that it decides on. */
class WaitLimiterTest {

    private final WaitLimiter limiter = new WaitLimiter(new WaitLimits(2, 4, 3));

    @ParameterizedTest
    @CsvSource({
        // of the caller, of all, streams of all, and whether one more is a stream
        "0, 0, 0, false, ADMITTED", "0, 0, 0, true, ADMITTED", "63, 99, 7, false, ADMITTED",
        "63, 99, 7, true, ADMITTED",
        "64, 64, 0, false, CALLER_FULL", "64, 64, 64, true, CALLER_FULL", "65, 99, 0, false, CALLER_FULL",
        "64, 100, 8, true, CALLER_FULL",
        "63, 100, 0, false, NODE_FULL", "0, 100, 8, true, NODE_FULL", "0, 101, 0, false, NODE_FULL",
        "63, 99, 8, true, STREAMS_FULL", "63, 99, 9, true, STREAMS_FULL", "63, 99, 8, false, ADMITTED"})
    void decidesByTheTable(int caller, int node, int streams, boolean stream, WaitLimits.Verdict verdict) {
        assertEquals(verdict, new WaitLimits(64, 100, 8)
                .verdict(new WaitLimits.WaitCounts(caller, node, streams), stream));
    }

    @ParameterizedTest
    @CsvSource({"64, 10000, 7500", "1, 16, 12", "1000000, 1, 1"})
    void leavesAQuarterOfTheConnectionsToOthers(int caller, int connections, int node) {
        assertEquals(new WaitLimits(caller, node, node), WaitLimits.of(caller, connections));
        assertEquals(new WaitLimits(caller, node, Math.min(node, 256)),
                WaitLimits.of(caller, connections, 256));
    }

    @Test
    void saysHowManyAndWhichSetting() {
        List<WaitLimiter.Admission> admissions = new ArrayList<>();
        admissions.add(limiter.admit("ann", true));
        admissions.add(limiter.admit("ann", false));
        Refusal refusal = assertThrows(Refusal.class, () -> limiter.admit("ann", true));
        assertEquals(Reason.RATE_LIMITED, refusal.reason());
        assertEquals("{retry_after=1, setting=max_waits_per_client, limit=2, waiting=2}",
                refusal.fields().toString());
        assertTrue(refusal.detail().contains("at most 2 requests of one client"), refusal.detail());
        admissions.get(1).release();
        admissions.get(1).release();
        assertEquals(1, limiter.size(), "released once");
        limiter.admit("ann", false);
    }

    @Test
    void countsAllCallersAndTheirStreams() {
        limiter.admit("a", true);
        limiter.admit("a", true);
        WaitLimiter.Admission third = limiter.admit("b", true);
        assertEquals(3, limiter.streams());
        assertEquals(Reason.BUSY, assertThrows(Refusal.class, () -> limiter.admit("c", true)).reason());
        limiter.admit("c", false);
        assertEquals(Reason.BUSY, assertThrows(Refusal.class, () -> limiter.admit("d", false)).reason());
        third.release();
        assertEquals(2, limiter.streams());
        assertEquals(3, limiter.size());
        limiter.admit("d", true);
    }
}
