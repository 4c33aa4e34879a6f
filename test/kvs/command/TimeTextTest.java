package kvs.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TimeTextTest {

    private static final long WHOLE_SECOND_MS = 1_796_070_352_000L;

    @Test
    void timesOfResultsHaveOneWidth() {
        assertEquals("2026-11-30T20:25:52.000Z", TimeText.text(WHOLE_SECOND_MS, false));
        assertEquals("2026-11-30T20:25:52.092Z", TimeText.clock(WHOLE_SECOND_MS + 92, false));
    }
}
