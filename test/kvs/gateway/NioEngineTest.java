package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import kvs.server.ServerLimits;
import kvs.tls.TlsContexts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our own engine, and what the other does not do. */
class NioEngineTest extends HttpFrontendTest {

    /** The TLS of the engine, if it has any. */
    Optional<TlsContexts> tls() {
        return Optional.empty();
    }

    @Override
    HttpEngine engine(InetSocketAddress address, HttpFrontend.Dependencies dependencies) throws IOException {
        return new NioEngine(address, tls(), NioEngine.LOOPS_AUTOMATIC, new ServerLimits(1_000, 1_000,
                client -> false, ServerLimits.HEAD_BYTES, ServerLimits.FIELDS,
                new ServerLimits.Timeouts(10_000, 60_000, STALL_MS, 120_000)), dependencies);
    }

    @Test
    void takesOneLoopForTwoCores() {
        assertEquals(List.of(1, 1, 1, 2, 4, 4), Stream.of(1, 2, 3, 4, 8, 64).map(NioEngine::loops).toList());
    }

    private static String put(String chunks) {
        return "PUT /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
    }

    @Test
    void takesABodyInChunksAndWhatFollows() throws IOException {
        try (Socket socket = connect()) {
            send(socket, put("2\r\n{}\r\n0\r\n\r\n") + put("5\r\n[1,2]\r\n0\r\n\r\n") + HIDDEN);
            assertTrue(answer(socket).endsWith("\r\n\r\n{}"));
            assertTrue(answer(socket).endsWith("\r\n\r\n[1,2]"));
            assertTrue(answer(socket).startsWith("HTTP/1.1 204"));
        }
    }

    /** The limit of the route holds for them too, and nothing behind is executed. */
    @Test
    void boundsABodyInChunks() throws IOException {
        String chunk = "10000\r\n" + "x".repeat(65_536) + "\r\n";
        String text = once(put(chunk.repeat(17) + "0\r\n\r\n") + HIDDEN);
        assertTrue(text.isEmpty()
                || text.startsWith("HTTP/1.1 413") && text.contains("\"max_bytes\":1048576"), text);
        assertEquals(-1, text.indexOf("HTTP/1.1 204"), text);
    }

    /** Every refusal of the engine itself looks like those of handlers: C15. */
    @ParameterizedTest
    @CsvSource(delimiter = ';',
            value = {"PUT /echo HTTP/1.1|Host: localhost|Transfer-Encoding: gzip;400;bad_request",
                "GET /ok HTTP/1.1;400;bad_request", "GET /ok HTTP/1.1|Host: a|Host: b;400;bad_request",
                "GET  /ok HTTP/1.1|Host: a;400;bad_request",
                "GET /a[b HTTP/1.1|Host: a;400;bad_request", "GET /LONG HTTP/1.1|Host: a;414;target_too_long",
                "GET /ok HTTP/1.1|Host: a|X: LONG;431;headers_too_large",
                "GET /ok HTTP/3.0|Host: a;505;version_not_supported",
                "GET /ok HTTP/1.1|Host: a|Expect: tea;417;expectation_failed",
                "PATCH /ok HTTP/1.1|Host: a;405;method_not_allowed"})
    void refusalsOfTheEngineLookLikeAllOthers(String head, int status, String reason) throws IOException {
        String text = once(head.replace("|", "\r\n").replace("LONG", "y".repeat(100_000))
                + "\r\nX-Request-Id: r7\r\n\r\n");
        assertTrue(text.startsWith("HTTP/1.1 " + status + " "), text);
        for (String field : List.of("KVS-Node: n1", "X-Content-Type-Options: nosniff",
                "Content-Security-Policy: default-src 'none';", "Cross-Origin-Resource-Policy: same-origin",
                "Referrer-Policy: no-referrer", "Cache-Control: no-cache",
                "Vary: Authorization, Accept, Accept-Encoding",
                "Content-Type: application/problem+json", "Connection: close", "X-Request-Id: ",
                "KVS-Position: here")) {
            assertTrue(text.toLowerCase(Locale.ROOT).contains("\r\n" + field.toLowerCase(Locale.ROOT)),
                    field + " is missing: " + text);
        }
        String id = text.replaceAll("(?is).*\r\nX-Request-Id: ([^\r]*)\r.*", "$1");
        assertTrue(
                text.contains("\"reason\":\"" + reason + "\",\"request_id\":\"" + id + "\",\"node\":\"n1\""),
                text);
        assertTrue(text.contains("\"status\":" + status + ","), text);
        assertEquals(text.toLowerCase(Locale.ROOT).indexOf("\nconnection:"),
                text.toLowerCase(Locale.ROOT).lastIndexOf("\nconnection:"), text);
    }
}
