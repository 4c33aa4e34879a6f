package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kvs.gateway.AnswerCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node as programs meet it that were not written for it: what curl streams, what Java's client streams,
 * what nobody should send.
 */
class ClientsTest {

    private static final String STATUS = "curl -sS -o /dev/null -w '%{http_code} ' ";

    @TempDir
    private Path directory;

    @Test
    void takesWhatCurlStreams() throws IOException {
        assumeTrue(Shell.has("curl"), "no curl here");
        try (Jar node = Jar.inside(directory, Map.of("KVS_MAX_JSON_SIZE", "100000"))) {
            String text = Shell.run(directory, "echo '{\"a\":1}' | " + STATUS + "-T - " + node.url + "/kv/t; "
                    + STATUS + "-X PUT -H 'Transfer-Encoding: chunked' -d '[1,2]' " + node.url
                    + "/kv/d; head -c 300000 /dev/zero | tr '\\0' 1 | " + STATUS + "-T - " + node.url
                    + "/kv/large; head -c 90000 /dev/zero | tr '\\0' 1 | " + STATUS + "-T - " + node.url
                    + "/kv/fits; echo '{' | " + STATUS + "-T - " + node.url + "/kv/bad; curl -sS " + node.url
                    + "/kv/d?raw").text();
            assertTrue(text.startsWith(Jar.JDK_ENGINE ? "411 411 " : "201 201 413 201 400 [1,2]"), text);
        }
    }

    /** As browsers, Node and .NET do when they do not know how long a body will be. */
    @Test
    void takesWhatJavaStreams() throws Exception {
        byte[] document = ("[" + "1,".repeat(20_000) + "1]").getBytes(StandardCharsets.US_ASCII);
        try (Jar node = Jar.inside(directory, Map.of())) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(node.url + "/kv/s"))
                    .PUT(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(document)))
                    .build();
            assertEquals(Jar.JDK_ENGINE ? 411 : 201,
                    AnswerCheck.checked(Jar.CLIENT.send(request, HttpResponse.BodyHandlers.ofString()))
                            .statusCode());
            if (!Jar.JDK_ENGINE) {
                assertEquals(document.length, node.send("GET", "/kv/s?raw", new byte[0]).body().length);
            }
        }
    }

    /** Of the engine's own refusals too an operator can say which node and which request they were. */
    @Test
    void everyRefusalNamesNodeAndRequest() throws Exception {
        try (Jar node = Jar.inside(directory, Map.of("KVS_NODE_ID", "n-1"))) {
            String chunked = "PUT /kv/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n";
            String patch = "PATCH /health HTTP/1.1\r\nHost: a\r\n";
            List<String> heads = Jar.JDK_ENGINE ? List.of(patch, chunked)
                    : List.of(patch, chunked + "Content-Length: 2\r\n", "GET /kv/a b HTTP/1.1\r\nHost: a\r\n",
                            "GET /kv/a HTTP/1.1\r\n", "GET / HTTP/3.0\r\nHost: a\r\n",
                            "GET /kv/a HTTP/1.1\r\nHost: a\r\nX: " + "y".repeat(100_000) + "\r\n");
            for (String head : heads) {
                try (Socket socket = new Socket("127.0.0.1", node.port())) {
                    socket.getOutputStream().write((head + "\r\n").getBytes(StandardCharsets.US_ASCII));
                    String text = new String(socket.getInputStream().readAllBytes(),
                            StandardCharsets.US_ASCII);
                    assertTrue(text.matches("(?s)HTTP/1.1 (400|405|411|431|505) .*"), text);
                    assertTrue(text.matches("(?is).*\r\nKVS-Node: n-1\r\n.*\"node\":\"n-1\".*"), text);
                    assertTrue(text.matches("(?is).*\r\nX-Request-Id: ([0-9a-f]{16})\r\n"
                            + ".*\"request_id\":\"\\1\".*"), text);
                    assertTrue(!head.startsWith("PATCH")
                            || text.matches("(?is).*\r\nAllow: GET, HEAD, OPTIONS\r\n.*"), text);
                }
            }
        }
    }
}
