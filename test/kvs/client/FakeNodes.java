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
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongConsumer;
import kvs.command.MisuseException;
import kvs.world.ByteConnections;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Logger;
import kvs.world.RealTextFiles;
import kvs.world.SocketConnections;
import kvs.world.Threads;

/** Nodes of a test: each answers a request, as text, with a response, as text. */
public final class FakeNodes implements ByteConnections {

    /** The end of a connection after the request was received, instead of a response. */
    public static final String CUT = "";

    /** No response at all, for as long as the client waits. */
    public static final String SILENCE = "silence";

    /** All requests, as {@code host METHOD target}. */
    public final List<String> requests = new ArrayList<>();
    /** The whole text of the last request. */
    public String last = "";
    /** Runs before each byte of a response. */
    Runnable pace = () -> { };
    private final Map<String, Function<String, String>> nodes = new HashMap<>();

    /** A node; one that is not there refuses connections. */
    public void node(String host, Function<String, String> answer) {
        nodes.put(host, answer);
    }

    /** A client with the token {@code t0k} and the patience of a transfer, which keeps no position. */
    public ClusterClient transferClient(String endpoints, Clock clock, LongConsumer pause)
            throws MisuseException {
        return client(endpoints, new ClusterClient.Behaviour(this, clock, pause, RetryBackoff.transfer(),
                note -> { }, false), Optional.of("t0k"));
    }

    /** The same of real nodes, without a token. */
    public static ClusterClient realClient(String endpoints) throws MisuseException {
        SocketConnections connections = new SocketConnections(() -> {
            throw new IOException("no https");
        });
        return client(endpoints, new ClusterClient.Behaviour(connections, Clock.REAL,
                new Threads(Logger.none())::pause, RetryBackoff.transfer(), note -> { }, false),
                Optional.empty());
    }

    static ClusterClient client(String endpoints, ClusterClient.Behaviour behaviour,
            Optional<String> token) throws MisuseException {
        return new ClusterClient(new ClusterClient.Access(Endpoint.list(endpoints), token, ""), behaviour,
                new PositionFile(new RealTextFiles(Dice.real()), "/none/position"), false);
    }

    /** Takes a node away. */
    public void stop(String host) {
        nodes.remove(host);
    }

    /** A response. */
    public static String response(int status, String headers, String body) {
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
