package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A truth table of what fields say about a body and a connection. In it {@code |} separates fields. */
class FramingTest {

    private static Framing of(String protocol, String fields) {
        String lines = fields.isEmpty() ? "" : fields.replace("|", "\r\n") + "\r\n";
        byte[] bytes = ("PUT / " + protocol + "\r\n" + lines + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        Parser parser = new Parser(10_000, 100);
        assertEquals(bytes.length, parser.feed(bytes, 0, bytes.length));
        return Framing.of(parser.head().orElseThrow());
    }

    private static int status(String fields) {
        return of("HTTP/1.1", fields).fault().map(ProtocolError::status).orElse(0);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"Content-Length: 0;0", "Content-Length: 5;5", "content-length:5;5",
        "CONTENT-LENGTH: \t5\t ;5", "Content-Length: 005;5",
        "Content-Length: 999999999999999999;999999999999999999", "X: y;0", "Content-Length-: 7;0"})
    void readsALength(String field, long length) {
        assertEquals(length, of("HTTP/1.1", "Host: a|" + field).length());
        assertEquals(0, status("Host: a|" + field));
    }

    @ParameterizedTest
    @ValueSource(strings = {"+1", "-1", "1,1", "1, 1", "1 1", "", "1000000000000000000",
        "0000000000000000001", "0x1", "1a", "a", "1.0", "1e3", "1;a",
        "\u00b2", "\u00bd", "\"1\"", "1_0", "1L", "99999999999999999999999999"})
    void refusesALengthThatIsNotDigits(String length) {
        assertEquals(400, status("Host: a|Content-Length: " + length));
        assertEquals(400, of("HTTP/1.0", "Content-Length: " + length).fault().orElseThrow().status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1|Content-Length: 1", "Content-Length: 1|content-length: 2",
        "Content-Length: 1|X: y|CONTENT-LENGTH:", "Content-Length:|Content-Length:"})
    void refusesTwoLengths(String fields) {
        assertEquals(400, status("Host: a|" + fields));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CHUNKED", "identity", "gzip, chunked", "chunked, chunked", "", "xchunked",
        "chunked;q=1", "chunked,", "\"chunked\"", "chunked|Transfer-Encoding: chunked",
        "chunked|transfer-encoding: identity", "chunked\u00a0"})
    void refusesEveryOtherTransferEncoding(String coding) {
        String field = "Transfer-Encoding: " + coding;
        assertEquals(400, status("Host: a|" + field));
        assertEquals(400, status("Host: a|Content-Length: 4|" + field));
    }

    @Test
    void takesChunksAloneAndNeverBesideALength() {
        Framing framing = of("HTTP/1.1", "Host: a|transfer-ENCODING: \tchunked ");
        assertEquals(true,
                framing.chunked() && framing.lasts() && framing.fault().isEmpty() && framing.length() == 0);
        assertEquals(false, of("HTTP/1.1", "Host: a|Content-Length: 0").chunked());
        for (String mixed : new String[] {"Transfer-Encoding: chunked|Content-Length: 4",
                "Content-Length: 0|Transfer-Encoding: chunked",
                "Transfer-Encoding: chunked|Content-Length: 4|Content-Length: 5",
                "Content-Length:|Transfer-Encoding: chunked"}) {
            assertEquals(400, status("Host: a|" + mixed), mixed);
        }
        assertEquals(400, of("HTTP/1.0", "Transfer-Encoding: chunked").fault().orElseThrow().status());
        assertEquals(400, of("HTTP/1.0", "Host: a|Connection: keep-alive|Transfer-Encoding: chunked").fault()
                .orElseThrow().status());
    }

    @Test
    void aBodyInChunksMayBeExpectedToo() {
        assertEquals(true,
                of("HTTP/1.1", "Host: a|Transfer-Encoding: chunked|Expect: 100-continue").expects());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"HTTP/1.1;X: y;400", "HTTP/1.1;Host: a;0", "HTTP/1.1;host: a;0",
        "HTTP/1.1;Host:;0", "HTTP/1.1;Host: a|Host: a;400", "HTTP/1.1;Host: a|host: b;400", "HTTP/1.0;X: y;0",
        "HTTP/1.0;Host: a;0", "HTTP/1.0;Host: a|Host: a;400", "HTTP/1.1;Host: a, b;400",
        "HTTP/1.1;Host: a b;400", "HTTP/1.1;Host: a/b;400", "HTTP/1.1;Host: u@a;400",
        "HTTP/1.1;Host: a?b;400", "HTTP/1.1;Host: a#b;400", "HTTP/1.1;Host: a\\b;400",
        "HTTP/1.1;Host: caf\u00e9;400", "HTTP/1.1;Host: a:b;400", "HTTP/1.1;Host: a:80:80;400",
        "HTTP/1.1;Host: a:80;0", "HTTP/1.1;Host: a:;0", "HTTP/1.1;Host: [::1]:80;0",
        "HTTP/1.1;Host: [::1;400", "HTTP/1.1;Host: ::1;400", "HTTP/1.1;Host: 127.0.0.1;0",
        "HTTP/1.1;Host: a-b_c.d~;0", "HTTP/1.1;Host: a%41;400", "HTTP/1.1;Host: [v1.a:b];400",
        "HTTP/1.1;Host: [];400", "HTTP/1.1;Host: [::1]a;400", "HTTP/1.1;Host: [::1]:;0",
        "HTTP/1.1;Host: [_:1];400", "HTTP/1.1;Host: ];400", "HTTP/1.1;Host: :80;0", "HTTP/1.1;Host: AZaz09;0",
        "HTTP/1.1;Host: \"a\";400", "HTTP/1.1;Host: <a>;400", "HTTP/1.0;Host: a b;400"})
    void wantsOneHost(String protocol, String fields, int status) {
        assertEquals(status, of(protocol, fields).fault().map(ProtocolError::status).orElse(0), fields);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"X: y;true", "Connection: close;false", "Connection: CLOSE;false",
        "connection: Close;false", "Connection: keep-alive;true", "Connection: upgrade, close;false",
        "Connection: a,close ,b;false", "Connection: a,\t close\t;false", "Connection: ,,close,;false",
        "Connection: ,;true", "Connection:;true", "Connection: closed;true", "Connection: not-close;true",
        "Connection: clo se;true", "Connection: keep-alive|Connection: close;false",
        "Connection: close|Connection: keep-alive;false", "Connection: keep-alive, close;false"})
    void lastsUnlessItIsToClose(String fields, boolean lasts) {
        assertEquals(lasts, of("HTTP/1.1", "Host: a|" + fields).lasts());
    }

    /** As clients of that time do who want more than one answer (RFC 9112, section 9.3). */
    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"X: y;false", "Connection: keep-alive;true",
        "Connection: Keep-Alive;true", "Connection: close;false", "Connection: keep-alive, close;false",
        "Connection: keep-alive|Connection: close;false", "Connection: keep;false",
        "Connection: upgrade, keep-alive;true"})
    void anOldOneLastsOnlyIfItAsksForThat(String fields, boolean lasts) {
        assertEquals(lasts, of("HTTP/1.0", fields).lasts());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"X: y;0;false", "Expect: 100-continue;0;true",
        "expect: 100-CONTINUE;0;true", "Expect: 100-continue2;417;false", "Expect:;417;false",
        "Expect: 100-continue, a;417;false", "Expect: 100-continue|Expect: 100-continue;417;false",
        "Expect: a;417;false", "Expect: 200-ok;417;false"})
    void knowsOneExpectation(String fields, int status, boolean expects) {
        Framing framing = of("HTTP/1.1", "Host: a|Content-Length: 1|" + fields);
        assertEquals(status, framing.fault().map(ProtocolError::status).orElse(0));
        assertEquals(expects, framing.expects());
    }

    @Test
    void expectsNothingOfAnOldClient() {
        assertEquals(false, of("HTTP/1.0", "Content-Length: 1|Expect: 100-continue").expects());
    }

    @Test
    void saysNothingElseOfWhatItRefuses() {
        Framing framing = of("HTTP/1.1", "Host: a|Content-Length: 7|Transfer-Encoding: chunked");
        assertEquals(0, framing.length());
        assertEquals(false, framing.lasts());
    }
}
