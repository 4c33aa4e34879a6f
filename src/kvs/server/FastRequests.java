package kvs.server;

import java.util.Arrays;
import java.util.Optional;

/**
 * The requests of a connection that take the {@link FastPath}. A client repeats its header fields byte for
 * byte, so these are parsed and checked when they are new, and compared as one block afterwards:
 * <pre>
 *   GET /kv/users/john HTTP/1.1 CR LF Host: … CR LF Authorization: … CR LF CR LF
 *   └method┘ └target┘ └───────────── the block, up to the end of what was received ─────────────┘
 * </pre>
 * Everything unusual is left to the parser: other methods, a query, percent-encoding, empty or dotted
 * segments, a body, a head in pieces, a second request behind the first. So are the clients that send a new
 * block each time: after {@value #UNKNOWN_MAX} in a row that were not admitted, none is examined any more.
 * Belongs to its loop.
 */
final class FastRequests {

    /** Longest block that is remembered, for each connection. */
    static final int BLOCK_BYTES = 1_024;
    static final int UNKNOWN_MAX = 8;
    private static final byte[] GET = {'G', 'E', 'T', ' '};
    private static final byte[] HEAD = {'H', 'E', 'A', 'D', ' '};
    private static final byte[] END = {'\r', '\n', '\r', '\n'};
    /** A request line, to parse a block behind it. */
    private static final byte[] SAMPLE = {'G', 'E', 'T', ' ', '/'};
    private static final boolean[] PLAIN = plain();

    private final Connection connection;
    private final NioServer server;
    private byte[] block = {};
    private Optional<FastPath.Sender> sender = Optional.empty();
    private int unknown;

    FastRequests(Connection connection, NioServer server) {
        this.connection = connection;
        this.server = server;
    }

    /** Responds to the bytes if they are one request of this kind. */
    boolean respond(byte[] bytes, int from, int to) {
        boolean head = starts(HEAD, bytes, from, to);
        if (!head && !starts(GET, bytes, from, to) || unknown == UNKNOWN_MAX || server.stopping()
                || to - from > server.limits().headBytes()) {
            return false;
        }
        int target = from + (head ? HEAD.length : GET.length);
        int blockFrom = targetEnd(bytes, target, to);
        if (blockFrom == target || to - blockFrom > BLOCK_BYTES) {
            return false;
        }
        if (!Arrays.equals(block, 0, block.length, bytes, blockFrom, to)) {
            if (!starts(END, bytes, to - END.length, to)) {
                return false;
            }
            examine(Arrays.copyOfRange(bytes, blockFrom, to));
        }
        return sender.isPresent() && send(sender.get(), head, Arrays.copyOfRange(bytes, target, blockFrom));
    }

    private boolean send(FastPath.Sender known, boolean head, byte[] target) {
        ResponseBuffer response = connection.loop.heads.begin(200);
        boolean responded = known.respond(head, target, response);
        if (responded) {
            connection.sender.sendNow(response.bytes(), 0, response.count());
        }
        return responded;
    }

    private static boolean starts(byte[] with, byte[] bytes, int from, int to) {
        return to - from >= with.length
                && Arrays.equals(with, 0, with.length, bytes, from, from + with.length);
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

    /** Parses a new block as the head of a request that it would complete, and asks for its sender. */
    private void examine(byte[] newBlock) {
        block = newBlock;
        sender = fields(newBlock).flatMap(fields -> server.fastPath().admit(fields,
                connection.socket.remote, connection.socket.local));
        unknown = sender.isPresent() ? 0 : unknown + 1;
    }

    private Optional<String[]> fields(byte[] newBlock) {
        byte[] head = Arrays.copyOf(SAMPLE, SAMPLE.length + newBlock.length);
        System.arraycopy(newBlock, 0, head, SAMPLE.length, newBlock.length);
        Parser parser = new Parser(server.limits().headBytes(), server.limits().fields());
        boolean whole = parser.feed(head, 0, head.length) == head.length && parser.head().isPresent();
        return whole ? parser.head().filter(FastRequests::isSimple).map(Parser.ParsedHead::fields)
                : Optional.empty();
    }

    /** Whether a request has no body and does not end its connection. */
    private static boolean isSimple(Parser.ParsedHead head) {
        Framing framing = Framing.of(head);
        return head.protocol().equals("HTTP/1.1") && framing.fault().isEmpty() && framing.lasts()
                && !framing.chunked() && framing.length() == 0;
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
