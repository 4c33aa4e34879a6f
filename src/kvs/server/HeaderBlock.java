package kvs.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The rest of the head of a request behind its target, as received, with what a parser found in it. Another
 * request has the same fields if its bytes are the same, but for the digits of {@code Content-Length}.
 * Belongs to one connection.
 */
final class HeaderBlock {

    /** Longest block that is remembered, for each connection. */
    static final int BYTES_MAX = 1_024;
    /** Digits of the length of a body that is remembered. */
    private static final int DIGITS_MAX = 6;
    private static final byte[] END = {'\r', '\n', '\r', '\n'};
    /** The beginning of a head, to parse a block behind it. */
    private static final byte[] SAMPLE = {'G', 'E', 'T', ' ', '/'};
    private static final String LENGTH = "\r\ncontent-length: ";

    private final byte[] bytes;
    private final Parser.ParsedHead head;
    private final Framing framing;
    /** The digits of the length; none when it is not written in the usual way, or there is no body. */
    private final int digitsFrom;
    private final int digitsTo;
    private long length;

    private HeaderBlock(byte[] bytes, Parser.ParsedHead head) {
        this.bytes = bytes;
        this.head = head;
        this.framing = Framing.of(head);
        this.length = framing.length();
        String text = new String(bytes, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int at = text.indexOf(LENGTH) + LENGTH.length();
        int end = digitsEnd(bytes, at, bytes.length);
        boolean usual = at >= LENGTH.length() && end > at && bytes[end] == '\r';
        this.digitsFrom = usual ? at : 0;
        this.digitsTo = usual ? end : 0;
    }

    /**
     * The block that begins at {@code from}, if it is complete, not too long, and well-formed, and no longer
     * than the limits allow.
     */
    static Optional<HeaderBlock> parse(byte[] bytes, int from, int to, ServerLimits limits) {
        int end = from;
        int last = Math.min(to, from + BYTES_MAX) - END.length;
        while (end <= last && !(bytes[end] == '\r'
                && Arrays.equals(END, 0, END.length, bytes, end, end + END.length))) {
            end++;
        }
        if (end > last) {
            return Optional.empty();
        }
        byte[] block = Arrays.copyOfRange(bytes, from, end + END.length);
        byte[] whole = Arrays.copyOf(SAMPLE, SAMPLE.length + block.length);
        System.arraycopy(block, 0, whole, SAMPLE.length, block.length);
        Parser parser = new Parser(limits.headBytes(), limits.fields());
        boolean read = parser.feed(whole, 0, whole.length) == whole.length;
        return read ? parser.head().map(head -> new HeaderBlock(block, head)) : Optional.empty();
    }

    /** The number of its bytes. */
    int size() {
        return bytes.length;
    }

    /** Names and values of the fields, in turn; the length is that of the first request. */
    String[] fields() {
        return head.fields();
    }

    /** The length of the body of the request that was compared last. */
    long length() {
        return length;
    }

    /** Whether a request with it has no body of unknown length, and does not end its connection. */
    boolean isSimple() {
        return head.protocol().equals("HTTP/1.1") && framing.fault().isEmpty() && framing.lasts()
                && !framing.chunked() && !framing.expects();
    }

    /** The end of the same block at {@code from}, whatever the length of the body; 0 when it is another. */
    int matches(byte[] other, int from, int to) {
        if (digitsTo == 0) {
            return same(0, bytes.length, other, from, to) ? from + bytes.length : 0;
        }
        if (!same(0, digitsFrom, other, from, to)) {
            return 0;
        }
        int end = digitsEnd(other, from + digitsFrom, to);
        boolean matches = end > from + digitsFrom && same(digitsTo, bytes.length, other, end, to);
        if (matches) {
            length = 0;
            for (int i = from + digitsFrom; i < end; i++) {
                length = 10 * length + other[i] - '0';
            }
        }
        return matches ? end + bytes.length - digitsTo : 0;
    }

    private boolean same(int start, int end, byte[] other, int from, int to) {
        int size = end - start;
        return to - from >= size && Arrays.equals(bytes, start, end, other, from, from + size);
    }

    private static int digitsEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && at - from < DIGITS_MAX && bytes[at] >= '0' && bytes[at] <= '9') {
            at++;
        }
        return at;
    }
}
