package kvs.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import kvs.json.JsonException;
import kvs.json.JsonText;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;

class LogTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Log log = new Log(new PrintStream(out, true, StandardCharsets.UTF_8), Log.Level.INFO, new SimClock());

    private JsonText line() throws JsonException {
        String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        assertTrue(text.endsWith("\n") && text.indexOf('\n') == text.length() - 1, text);
        return JsonText.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void writesOneObjectALineWhateverTheTextHolds() throws JsonException {
        String nasty = "a\"b\\c\nd\re\u0000f\u001b[31mg\u202eh\u2028i\ud800j\u0085k\ufeff";
        log.warn(nasty, "n", 7, "ok", true, "text", nasty);
        JsonText line = line();
        assertEquals(nasty, line.member("message").orElseThrow().string().replace('\ufffd', '\ud800'));
        assertEquals(7, line.member("n").orElseThrow().asLong());
        assertTrue(line.member("ok").orElseThrow().bool());
        assertEquals("warn", line.member("level").orElseThrow().string());
    }

    @Test
    void cutsLongTextsAndKeepsStacks() throws JsonException {
        log.error("x".repeat(1_000), new IllegalStateException("boom"));
        JsonText line = line();
        assertEquals(Log.TEXT_MAX + 1, line.member("message").orElseThrow().string().length());
        assertTrue(line.member("stack").orElseThrow().string().contains("boom"));
    }

    @Test
    void leavesOutWhatMattersLess() {
        log.debug("no");
        assertEquals(0, out.size());
        log.info("yes");
        assertFalse(out.size() == 0);
    }
}
