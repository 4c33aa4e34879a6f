package kvs.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import kvs.world.ByteConnections;

/** Nodes of a test: each answers a request, as text, with a response, as text. */
final class FakeNodes implements ByteConnections {

    /** The end of a connection after the request was received, instead of a response. */
    static final String CUT = "";

    /** No response at all, for as long as the client waits. */
    static final String SILENCE = "silence";

    /** All requests, as {@code host METHOD target}. */
    final List<String> requests = new ArrayList<>();
    /** The whole text of the last request. */
    String last = "";
    /** Runs before each byte of a response. */
    Runnable pace = () -> { };
    private final Map<String, Function<String, String>> nodes = new HashMap<>();

    /** A node; one that is not there refuses connections. */
    void node(String host, Function<String, String> answer) {
        nodes.put(host, answer);
    }

    /** Takes a node away. */
    void stop(String host) {
        nodes.remove(host);
    }

    /** A response. */
    static String response(int status, String headers, String body) {
        return "HTTP/1.1 " + status + " X\r\nKVS-Node: n\r\n" + headers + "Content-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    @Override
    public ByteConnection open(Peer peer, boolean secure, long timeoutMs) throws IOException {
        if (!nodes.containsKey(peer.host())) {
            throw new ConnectException("no process listens there");
        }
        return new Wire(peer.host());
    }

    private final class Wire implements ByteConnection {

        private final String host;
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private InputStream answer = InputStream.nullInputStream();

        Wire(String host) {
            this.host = host;
        }

        @Override
        public InputStream in() {
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    pace.run();
                    return answer.read();
                }

                @Override
                public int read(byte[] bytes, int from, int count) throws IOException {
                    int one = read();
                    bytes[from] = (byte) one;
                    return Math.min(one, 1);
                }
            };
        }

        @Override
        public OutputStream out() {
            return new OutputStream() {
                @Override
                public void write(int b) {
                    sent.write(b);
                }

                @Override
                public void flush() throws IOException {
                    last = sent.toString(StandardCharsets.UTF_8);
                    sent.reset();
                    requests.add(host + " " + last.substring(0, last.indexOf(" HTTP/")));
                    Function<String, String> node = nodes.getOrDefault(host, request -> CUT);
                    String text = node.apply(last);
                    if (text.equals(SILENCE)) {
                        throw new SocketTimeoutException("the node is silent");
                    }
                    answer = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
                }
            };
        }

        @Override
        public void readTimeout(long ms) {
            assert ms > 0;
        }

        @Override
        public void close() {
            answer = InputStream.nullInputStream();
        }
    }
}
