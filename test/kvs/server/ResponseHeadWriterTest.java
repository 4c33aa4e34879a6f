package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseHeadWriterTest {

    private final SimClock clock = new SimClock();
    private final ResponseHeadWriter heads = new ResponseHeadWriter(clock);

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** IMF-fixdate of RFC 9110, section 5.6.7: every part has its fixed length. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"2026-06-03T01:02:03Z;Wed, 03 Jun 2026 01:02:03 GMT",
        "2026-11-26T23:59:59Z;Thu, 26 Nov 2026 23:59:59 GMT",
        "1994-11-06T08:49:37Z;Sun, 06 Nov 1994 08:49:37 GMT",
        "2028-02-29T00:00:00Z;Tue, 29 Feb 2028 00:00:00 GMT"})
    void theDateIsThatOfHttp(String now, String date) {
        clock.setWall(Instant.parse(now).toEpochMilli());
        assertEquals("HTTP/1.1 204 No Content\r\nDate: " + date + "\r\n\r\n",
                text(heads.write(204, new Headers())));
    }

    /** No field can end a line, whoever hands it in. */
    @Test
    void writesFieldsAsTheyAreSpelledButNoLineEnd() {
        String head = text(heads.write(204, new Headers(), "ETag", "\"a\tb\"", "X-Evil\r\nX",
                "1\r\n\r\n2\n3\u010a\u0000\u00e9"));
        assertEquals("ETag: \"a\tb\"\r\nX-Evil??X: 1????2?3??\u00e9\r\n\r\n",
                head.substring(head.indexOf("ETag")));
    }

    @Test
    void whatNoHandlerSeesIsAnsweredWithTheFieldsOfWhoSpeaksAboveIt() {
        var complaint = new NioProvider.ErrorResponse(new String[] {"KVS-Node", "n1"},
                "why".getBytes(StandardCharsets.US_ASCII));
        String refusal = text(heads.refusal(431, complaint, true));
        assertTrue(refusal.startsWith("HTTP/1.1 431 ") && refusal.contains("\r\nConnection: close\r\n"),
                refusal);
        assertTrue(refusal.contains("\r\nKVS-Node: n1\r\n") && refusal.endsWith("\r\n\r\nwhy"), refusal);
        assertTrue(text(heads.refusal(431, complaint, false)).endsWith("\r\n\r\n"),
                "an answer to HEAD has no body");
    }
}
