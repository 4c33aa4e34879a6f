package kvs.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The times at which requests are due. */
class LoadPacingTest {

    private static final long MS = 1_000_000;

    @Test
    void closedLoopIsAlwaysDueUntilItsEnd() {
        LoadPacing pace = LoadPacing.always(5, 10);
        assertEquals(5, pace.due(5));
        assertEquals(6, pace.due(6));
        assertFalse(pace.over(4 + 10 * MS));
        assertTrue(pace.over(5 + 10 * MS));
        assertEquals(LoadPacing.NOT_NOW, pace.due(5 + 10 * MS));
        assertEquals(0, pace.unsent());
    }

    @Test
    void openLoopTellsWhenLateRequestsWereMeant() {
        LoadPacing pace = LoadPacing.even(5, 1_000, 4, 100);
        assertEquals(5, pace.due(5));
        assertEquals(LoadPacing.NOT_NOW, pace.due(6));
        assertEquals(MS - 1, pace.toNext(6));
        assertEquals(5 + MS, pace.due(5 + 50 * MS));
        assertEquals(5 + 2 * MS, pace.due(5 + 50 * MS));
        assertEquals(1, pace.unsent());
        assertFalse(pace.over(5 + 50 * MS));
        assertEquals(LoadPacing.NOT_NOW, pace.due(5 + 104 * MS));
        assertTrue(pace.over(5 + 104 * MS));
    }
}
