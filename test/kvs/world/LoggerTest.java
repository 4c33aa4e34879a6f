package kvs.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;

class LoggerTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Logger log = new Logger(new PrintStream(out, true, StandardCharsets.UTF_8),
            Logger.Level.INFO, new SimClock());

    private JsonValue line() throws JsonException {
        String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        assertTrue(text.endsWith("\n") && text.indexOf('\n') == text.length() - 1, text);
        return JsonValue.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void writesOneObjectALineWhateverTheTextHolds() throws JsonException {
        String nasty = "a\"b\\c\nd\re\u0000f\u001b[31mg\u202eh\u2028i\ud800j\u0085k\ufeff";
        log.warn(nasty, "n", 7, "ok", true, "text", nasty);
        JsonValue line = line();
        assertEquals(nasty, line.field("message").orElseThrow().string().replace('\ufffd', '\ud800'));
        assertEquals(7, line.field("n").orElseThrow().asLong());
        assertTrue(line.field("ok").orElseThrow().bool());
        assertEquals("warn", line.field("level").orElseThrow().string());
    }

    /** Each time has the same width, so that lines stand in columns and sort by their time. */
    @Test
    void tellsAWholeSecondWithItsMilliseconds() throws JsonException {
        log.info("any");
        assertTrue(line().field("time").orElseThrow().string().matches("[-0-9]+T[:0-9]+\\.[0-9]{3}Z"));
        assertEquals("2026-11-30T20:25:52.000Z", Clock.utc(1_796_070_352_000L));
        assertEquals("2026-11-30T20:25:52.090Z", Clock.utc(1_796_070_352_090L));
    }

    @Test
    void cutsLongTextsAndKeepsStacks() throws JsonException {
        log.error("x".repeat(1_000), new IllegalStateException("boom"));
        JsonValue line = line();
        assertEquals(Logger.TEXT_MAX + 1, line.field("message").orElseThrow().string().length());
        assertTrue(line.field("stack").orElseThrow().string().contains("boom"));
    }

    @Test
    void recordsAnEventWithTheFieldsOfItsLine() throws JsonException {
        List<String> recorded = new ArrayList<>();
        log.recording((at, fields) -> recorded.add(fields))
                .failure(EventKind.STORE_FAILED, new IllegalStateException("boom"), "n", 7);
        String line = out.toString(StandardCharsets.UTF_8);
        assertEquals("\"level\":\"error\",\"message\":\"" + EventKind.STORE_FAILED.text()
                + "\",\"n\":7,\"event\":\"store_failed\"", recorded.get(0));
        assertTrue(line.contains("Z\"," + recorded.get(0) + ",\"stack\":\""), line);
    }

    @Test
    void recordsEventsThatItsLevelLeavesOut() {
        List<String> recorded = new ArrayList<>();
        new Logger(new PrintStream(out, true, StandardCharsets.UTF_8), Logger.Level.ERROR, new SimClock())
                .recording((at, fields) -> recorded.add(fields)).event(EventKind.BACKUP_MADE);
        assertEquals(0, out.size());
        assertEquals(1, recorded.size());
        new Logger(new PrintStream(out, true, StandardCharsets.UTF_8), Logger.Level.ERROR, new SimClock())
                .always(EventKind.NODE_STARTED);
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("\"message\":\"started\""));
    }

    @Test
    void leavesOutWhatMattersLess() {
        log.debug("no");
        assertEquals(0, out.size());
        log.info("yes");
        assertFalse(out.size() == 0);
    }
}
