package kvs.server;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The requests of a connection that take the {@link FastPath}. A client repeats its header fields byte for
 * byte, but for the length of a body; so these are parsed and checked when they are new, and compared as one
 * block afterwards ({@link HeaderBlock}):
 * <pre>
 *   PUT /kv/users/john HTTP/1.1 CR LF Host: … CR LF Content-Length: 17 CR LF CR LF {"name":"John Doe"}
 *   └method┘ └target┘ └──────────────────────── block ──────────────────────────┘ └─────── body ───────┘
 * </pre>
 * Everything unusual is left to the parser: other methods, a query, percent-encoding, empty or dotted
 * segments, a head or a body in pieces, a body of a read or in chunks, a second request behind the first. So
 * are the clients that send a new block each time: after {@value #UNKNOWN_MAX} in a row that were not
 * admitted, none is examined any more. Belongs to its loop.
 */
final class FastRequests {

    static final int UNKNOWN_MAX = 8;
    private static final List<String> METHODS = List.of("GET", "HEAD", "PUT", "DELETE");
    private static final int READS = 2;
    private static final boolean[] PLAIN = plain();

    private final Connection connection;
    private final NioServer server;
    private Optional<HeaderBlock> block = Optional.empty();
    private Optional<FastPath.Sender> sender = Optional.empty();
    private int unknown;

    FastRequests(Connection connection, NioServer server) {
        this.connection = connection;
        this.server = server;
    }

    /** Responds to the bytes if they are one request of this kind. */
    boolean respond(byte[] bytes, int from, int to) {
        int method = unknown == UNKNOWN_MAX || server.stopping() ? METHODS.size() : method(bytes, from, to);
        if (method == METHODS.size()) {
            return false;
        }
        int target = from + METHODS.get(method).length() + 1;
        int blockFrom = targetEnd(bytes, target, to);
        int bodyFrom = blockFrom == target ? 0 : blockEnd(bytes, blockFrom, to);
        if (bodyFrom == 0 || sender.isEmpty() || to - bodyFrom != block.orElseThrow().length()
                || bodyFrom - from > server.limits().headBytes() || method < READS && to > bodyFrom) {
            return false;
        }
        byte[] path = Arrays.copyOfRange(bytes, target, blockFrom);
        return method < READS ? read(METHODS.get(method).equals("HEAD"), path)
                : write(METHODS.get(method), path, Arrays.copyOfRange(bytes, bodyFrom, to));
    }

    private boolean read(boolean head, byte[] target) {
        ResponseBuffer response = connection.loop.heads.begin(200);
        boolean responded = sender.orElseThrow().respond(head, target, response);
        if (responded) {
            connection.loop.requestBegan();
            connection.respond(response.bytes(), response.count());
        }
        return responded;
    }

    private boolean write(String method, byte[] target, byte[] body) {
        Optional<Consumer<PendingResponse>> handler = sender.orElseThrow().write(method, target, body);
        handler.ifPresent(taken -> taken.accept(new PendingResponse(connection,
                new Parser.ParsedHead(method, "/", "HTTP/1.1", block.orElseThrow().fields()))));
        return handler.isPresent();
    }

    /** The index of the method with which the bytes begin, behind which is a space. */
    private static int method(byte[] bytes, int from, int to) {
        for (int i = 0; i < METHODS.size(); i++) {
            String method = METHODS.get(i);
            int at = 0;
            while (at < method.length() && from + at < to && bytes[from + at] == method.charAt(at)) {
                at++;
            }
            if (at == method.length() && from + at < to && bytes[from + at] == ' ') {
                return i;
            }
        }
        return METHODS.size();
    }

    /** The end of a plain target; its start when it is not plain. */
    private static int targetEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] > 0 && PLAIN[bytes[at]]) {
            boolean start = at > from && bytes[at - 1] == '/';
            if (start && (bytes[at] == '/' || bytes[at] == '.')) {
                return from;
            }
            at++;
        }
        return at < to && bytes[at] == ' ' && bytes[from] == '/' ? at : from;
    }

    /** The end of the block, whose sender is then known or not; 0 when it cannot be one. */
    private int blockEnd(byte[] bytes, int from, int to) {
        int end = block.isPresent() ? block.get().matches(bytes, from, to) : 0;
        if (end > 0) {
            return end;
        }
        Optional<HeaderBlock> next = HeaderBlock.parse(bytes, from, to, server.limits());
        if (next.isPresent()) {
            block = next;
            sender = next.get().isSimple() ? server.fastPath().admit(next.get().fields(),
                    connection.socket.remote, connection.socket.local, connection.loop) : Optional.empty();
            unknown = sender.isPresent() ? 0 : unknown + 1;
        } else if (to - from >= HeaderBlock.BYTES_MAX) {
            unknown++;
        }
        return next.map(HeaderBlock::size).orElse(-from) + from;
    }

    /** The characters of a path that stand for themselves (RFC 3986, section 3.3). */
    private static boolean[] plain() {
        boolean[] plain = new boolean[128];
        for (int c = 0; c < plain.length; c++) {
            plain[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
                    || "/-._~!$&'()*+,;=:@".indexOf(c) >= 0;
        }
        return plain;
    }
}
