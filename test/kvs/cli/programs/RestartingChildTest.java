package kvs.cli.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kvs.OwnThread;
import org.junit.jupiter.api.Test;

class RestartingChildTest {

    private final FakePrograms programs = new FakePrograms();
    private final RestartingChild child = new RestartingChild(programs::start, 1_000);

    private void start(int n) throws IOException {
        child.start(Map.of("N", Integer.toString(n)));
    }

    @Test
    void nextProgramStartsAfterTheEndOfTheLast() throws Exception {
        start(1);
        start(2);
        assertEquals(List.of("start 1", "stop 1", "start 2"), programs.seen);
        assertFalse(child.hasEnded(), "the end of a program that is replaced is none");
        programs.started.get(0).tell();
        assertFalse(child.hasEnded(), "nor is it when it is told only after the next has started");
        programs.started.get(1).end(7);
        programs.started.get(1).tell();
        assertEquals(7, child.await());
        start(3);
        assertEquals(3, programs.seen.size(), "it is not started again: " + programs.seen);
    }

    /** The program has ended, but its end is told only after the restart began. */
    @Test
    void endByItselfThatRacesWithARestartKeepsItsStatus() throws Exception {
        start(1);
        programs.started.get(0).end(7);
        start(2);
        assertTrue(child.hasEnded());
        programs.started.get(0).tell();
        assertEquals(7, child.await());
        assertEquals(List.of("start 1"), programs.seen);
    }

    /** The process is told to stop while it waits for a program to end. */
    @Test
    void closeDuringARestartStartsNothing() throws Exception {
        start(1);
        programs.meanwhile = () -> OwnThread.run(child::close).orTimeout(10, TimeUnit.SECONDS).join();
        start(2);
        assertEquals(List.of("start 1", "stop 1", "stop 1"), programs.seen);
        assertEquals(FakePrograms.TERMINATED, child.await());
        start(3);
        assertEquals(3, programs.seen.size(), programs.seen.toString());
    }

    @Test
    void startsAgainAfterAStartThatFailed() throws Exception {
        start(1);
        programs.fails = true;
        assertThrows(IOException.class, () -> start(2));
        assertThrows(IOException.class, () -> start(2));
        assertFalse(child.hasEnded());
        programs.fails = false;
        start(3);
        assertEquals(List.of("start 1", "stop 1", "fail 2", "fail 2", "start 3"), programs.seen);
        programs.started.get(1).end(0);
        programs.started.get(1).tell();
        assertEquals(0, child.await());
    }

    @Test
    void closeStopsTheProgram() throws Exception {
        child.close();
        start(1);
        assertEquals(List.of(), programs.seen);
        RestartingChild other = new RestartingChild(programs::start, 1_000);
        other.start(Map.of("N", "2"));
        other.close();
        assertEquals(List.of("start 2", "stop 2"), programs.seen);
        assertEquals(FakePrograms.TERMINATED, other.await());
    }
}
