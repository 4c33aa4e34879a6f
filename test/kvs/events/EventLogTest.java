package kvs.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.sim.PowerCut;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.EventKind;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

/** Events in memory and in the file: what is kept, in which order, and what a crash may cost. */
class EventLogTest {

    private static final String NAME = "events.ndjson";
    private final SimClock clock = new SimClock();
    private SimDisk disk = new SimDisk(new SimDice(1));
    private EventLog events = new EventLog(Logger.none());

    private void open() {
        events = new EventLog(Logger.none());
        events.open(disk);
    }

    private void record(int n) {
        Logger.none(clock).recording(events).event(EventKind.MEMBER_JOINED, "n", n);
    }

    /** The numbers of all events. */
    private List<Integer> numbers() {
        return events.page(0, 10_000).events().stream().map(EventLogTest::number).toList();
    }

    private static int number(String event) {
        try {
            return (int) JsonValue.parse(event.getBytes(StandardCharsets.UTF_8)).field("n").orElseThrow()
                    .asLong();
        } catch (JsonException e) {
            throw new AssertionError(event, e);
        }
    }

    private void append(String text) throws IOException {
        try (DiskFile file = disk.open(NAME, Disk.Mode.WRITE)) {
            file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), file.size());
        }
    }

    @Test
    void keepsEventsAcrossStartsInTheirOrder() {
        events.record(1, "\"n\":0");
        open();
        record(1);
        record(2);
        events.close();
        record(3);
        EventLog before = events;
        open();
        assertEquals(List.of(1, 2), numbers(), "what comes after the close is in memory only");
        assertEquals(List.of(1, 2, 3),
                before.page(0, 9).events().stream().map(EventLogTest::number).toList());
        record(4);
        events.close();
        open();
        assertEquals(List.of(1, 2, 4), numbers());
    }

    @Test
    void writesNothingBeforeTheEarlierEventsAreKnown() {
        open();
        record(1);
        events.close();
        events = new EventLog(Logger.none());
        disk.failAt(1, SimDisk.Fault.EIO, true);
        events.open(disk);
        record(2);
        events.step();
        assertEquals(List.of(2), numbers(), "in memory only");
        disk.mend();
        events.step();
        assertEquals(List.of(1, 2), numbers());
        events.close();
        open();
        assertEquals(List.of(1, 2), numbers());
    }

    @Test
    void placesEventsFromBeforeTheOpeningBehindThoseOfEarlierRuns() {
        clock.advance(10_000);
        open();
        record(1);
        events.close();
        events = new EventLog(Logger.none());
        events.record(5, "\"n\":2");
        events.open(disk);
        assertEquals(List.of(1, 2), numbers(), "although the clock was set back");
        events.close();
        open();
        assertEquals(List.of(1, 2), numbers());
    }

    @Test
    void pagesFromATimeOrFromTheEndOfAPage() {
        long start = clock.wallMs();
        for (int n = 0; n < 5; n++) {
            record(n);
        }
        clock.advance(1_000);
        record(5);
        EventLog.Page first = events.page(start - 1, 2);
        assertEquals(List.of(0, 1), first.events().stream().map(EventLogTest::number).toList());
        assertTrue(first.more());
        EventLog.Page second = events.page(first.next(), 4);
        assertEquals(List.of(2, 3, 4, 5), second.events().stream().map(EventLogTest::number).toList());
        assertFalse(second.more());
        assertEquals(second.next(), events.page(second.next(), 4).next(), "nothing new: the same position");
        assertEquals(List.of(5), events.page(clock.wallMs() - 1, 9).events().stream()
                .map(EventLogTest::number).toList());
    }

    @Test
    void isBoundedInMemoryAndOnTheDisk() throws IOException {
        open();
        for (int n = 0; n < 6_000; n++) {
            events.record(n, "\"n\":" + n + ",\"x\":\"" + "x".repeat(600) + "\"");
            if (n % 100 == 0) {
                events.step();
            }
        }
        assertEquals(EventLog.EVENTS_MAX, numbers().size());
        assertEquals(5_999, numbers().get(EventLog.EVENTS_MAX - 1));
        events.close();
        try (DiskFile file = disk.open(NAME, Disk.Mode.READ)) {
            assertTrue(file.size() <= EventFile.BYTES_MAX, file.size() + " bytes");
        }
        open();
        assertEquals(5_999, numbers().get(numbers().size() - 1));
        for (int n = 0; n < 1_000; n++) {
            events.record(n, "\"n\":" + n + ",\"x\":\"" + "x".repeat(5_000) + "\"");
        }
        assertTrue(Math.abs(numbers().size() - 205) < 5, "a mebibyte: " + numbers().size());
    }

    @Test
    void dropsATornLineAndGarbageAndGoesOnBehindThem() throws IOException {
        open();
        record(1);
        record(2);
        events.close();
        append("{\"id\":99999999999999,\"at\":1}\n\0\0\0\0\n{\"id\":1,\"at\":1,\"n\":7}\nnull\n[");
        append("{\"id\":9999999999999,\"at\":1,\"lev");
        open();
        assertEquals(List.of(1, 2), numbers());
        record(3);
        events.close();
        open();
        assertEquals(List.of(1, 2, 3), numbers(), "the new line does not hang on the torn one");
    }

    @Test
    void neverFailsWhenTheDiskDoes() {
        open();
        record(1);
        events.step();
        disk.failAt(1, SimDisk.Fault.SHORT, true);
        record(2);
        assertTrue(events.step() > 0);
        assertEquals(List.of(1, 2), numbers());
        disk.mend();
        record(3);
        events.step();
        open();
        assertEquals(List.of(1, 2, 3), numbers(), "written as soon as the disk takes them");
        disk.refuse(name -> true);
        open();
        record(4);
        assertEquals(List.of(4), numbers(), "a file that cannot be read costs no start");
    }

    @Test
    void losesOnlyTheNewestInAPowerCutAtAnyCall() {
        for (int seed = 0; seed < 60; seed++) {
            disk = new SimDisk(new SimDice(seed));
            open();
            int n = 0;
            try {
                while (n < 40) {
                    record(n++);
                    record(n++);
                    if (n == seed / 4 * 2) {
                        disk.cutAt(1 + seed % 4);
                    }
                    events.step();
                }
            } catch (PowerCut cut) {
                assertTrue(n < 40, "cut in the middle");
            }
            disk = disk.restart();
            open();
            List<Integer> kept = numbers();
            for (int i = 1; i < kept.size(); i++) {
                assertTrue(kept.get(i - 1) < kept.get(i), "seed " + seed + ": " + kept);
            }
            record(100);
            events.close();
            open();
            assertEquals(100, numbers().get(kept.size()), "seed " + seed + ": " + numbers());
        }
    }
}
