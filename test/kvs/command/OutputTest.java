package kvs.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Optional;
import kvs.world.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Results, progress, numbers and times as people and programs read them. */
class OutputTest {

    private static final ZoneId ZONE = ZoneId.of("Europe/Berlin");
    private static final long NOW = 1_796_000_000_000L;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private long nanos;

    private Invocation invocation(boolean terminal) {
        Clock clock = new Clock() {
            @Override
            public long wallMs() {
                return NOW;
            }

            @Override
            public long nanos() {
                return nanos;
            }
        };
        return InMemoryInvocation.of(clock, terminal, out, err);
    }

    private String results(OutputFormat format, boolean terminal) {
        out.reset();
        try (ResultWriter results = new ResultWriter(invocation(terminal), format, true)) {
            results.add(new Row().text("path", "users/ö").number("bytes", 1_400, "1.4 KB").none("ttl")
                    .flag("current", true, "*"));
            results.add(new Row().text("path", "a\u009b[31m").number("bytes", 2, "2 B")
                    .json("ttl", "{\n\"a\":1}".getBytes(StandardCharsets.UTF_8)).flag("current", false, ""));
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void everyFormShowsTheSameRecords() {
        assertEquals("users/ö      1.4 KB            *\na\\u009b[31m     2 B  { \"a\":1}\n",
                results(OutputFormat.TABLE, false));
        assertEquals("PATH          BYTES  TTL       CURRENT", results(OutputFormat.TABLE, true).lines()
                .findFirst().orElseThrow());
        assertEquals("users/ö\na\\u009b[31m\n", results(OutputFormat.RAW, false));
        String first = "{\"path\":\"users/ö\",\"bytes\":1400,\"current\":true}";
        String second = "{\"path\":\"a\\u009b[31m\",\"bytes\":2,\"ttl\":{ \"a\":1},\"current\":false}";
        assertEquals(first + "\n" + second + "\n", results(OutputFormat.NDJSON, false));
        assertEquals("[" + first + ",\n " + second + "]\n", results(OutputFormat.JSON, false));
    }

    @Test
    void progressAppearsAfterASecondOnATerminalOnly() {
        for (boolean terminal : new boolean[] {true, false}) {
            err.reset();
            nanos = 0;
            Progress progress = new Progress(invocation(terminal), "keys", false);
            for (int i = 0; i < 40; i++) {
                progress.show(i * 100L, 4_000);
                nanos += 100_000_000;
            }
            progress.clear();
            String shown = err.toString(StandardCharsets.UTF_8);
            assertEquals(terminal, shown.contains("2 000 keys of 4 000 keys (50 %), 1 000 keys/s, 2 s"
                    + " left"), shown);
            assertTrue(terminal == shown.endsWith("\r") && !shown.contains("\r900 keys"), shown);
        }
        new Progress(invocation(true), "bytes", true).show(5, 10);
    }

    @ParameterizedTest
    @CsvSource({"999, 999 B", "1400, 1.4 KB", "76000000000, 76 GB", "0, 0 B"})
    void bytesAreReadable(long bytes, String text) {
        assertEquals(text, HumanReadable.bytes(bytes));
    }

    @ParameterizedTest
    @CsvSource({"161000, 2 m 41 s", "41000, 41 s", "120000, 2 m", "7200000, 2 h", "259200000, 3 d"})
    void agesAreReadable(long ms, String text) {
        assertEquals(text, HumanReadable.age(ms));
    }

    @ParameterizedTest
    @CsvSource({"now, 0", "2h-ago, -7200000", "10 min ago, -600000", "3 days ago, -259200000", "90s ago,"
            + " -90000"})
    void momentsBeforeNow(String text, long before) {
        assertEquals(Optional.of(NOW + before), TimeText.read(text, NOW, ZONE));
    }

    @ParameterizedTest
    @CsvSource({"2026-11-26T03:44:35Z, 1795664675000", "2026-11-26T04:44:35+01:00, 1795664675000",
        "2026-11-26 04:44:35, 1795664675000", "2026-11-26T04:44, 1795664640000",
        "2026-11-26, 1795647600000", "1795664675000, 1795664675000"})
    void momentsOfTheCalendar(String text, long ms) {
        assertEquals(Optional.of(ms), TimeText.read(text, NOW, ZONE));
    }

    /** {@link #NOW} is 01:53:20 in Berlin. */
    @Test
    void timeOfTheDayIsTheLastOne() {
        assertEquals(Optional.of(NOW - 53 * 60_000 - 20_000), TimeText.read("01:00", NOW, ZONE));
        assertEquals(Optional.of(NOW - 53 * 60_000 - 20_000 - 3_600_000L * 22),
                TimeText.read("03:00", NOW, ZONE));
    }

    @ParameterizedTest
    @CsvSource({"yesterday", "5 ago", "2026-13-01", "25:00", "2h", "-5"})
    void otherTextsAreNoMoments(String text) {
        assertEquals(Optional.empty(), TimeText.read(text, NOW, ZONE));
    }
}
