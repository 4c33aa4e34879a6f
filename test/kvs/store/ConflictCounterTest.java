package kvs.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import kvs.model.Key;
import kvs.sim.SimClock;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

/** A partition of an hour may end in thousands of conflicts: they must not push out all other events. */
class ConflictCounterTest {

    @Test
    void isAnEventOnceAMinuteAndALineEachTime() {
        SimClock clock = new SimClock();
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        List<String> events = new ArrayList<>();
        ConflictCounter counter = new ConflictCounter(new Logger(
                new PrintStream(lines, true, StandardCharsets.UTF_8), Logger.Level.INFO, clock)
                .recording((at, fields) -> events.add(fields)), clock);
        for (int i = 0; i < 5; i++) {
            counter.record(Key.of("a"));
        }
        clock.advance(60_000);
        counter.record(Key.of("b"));
        assertEquals(6, lines.toString(StandardCharsets.UTF_8).lines().count());
        assertEquals(List.of("1", "6"), events.stream()
                .map(event -> event.replaceAll(".*\"conflicts\":([0-9]+).*", "$1")).toList());
    }
}
