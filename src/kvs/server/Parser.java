package kvs.server;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Parses the heads of requests as their bytes arrive, in pieces of any size (RFC 9112, sections 2 to 5). It
 * is a table: a state and the class of a byte give the next state. Where the RFC lets a server be lenient, it
 * is not, because two programs that are lenient in different ways can be played off against each other: a
 * line ends with CR LF and nothing else, there is one space between the words of the request line, none
 * before a colon, no folded field, no control character. One empty line before a request is skipped, as
 * section 2.2 requires.
 *
 * <p>A head in one piece is not copied; the pieces of one in several are kept together, up to the limit of
 * bytes. Not thread-safe.
 */
final class Parser {

    /**
     * A request line and its fields, well-formed as far as a parser can decide.
     *
     * @param method as received
     * @param target as received
     * @param protocol {@code HTTP/1.0} or {@code HTTP/1.1}
     * @param fields names and values of all of them, in turn, as received
     */
    record ParsedHead(String method, String target, String protocol, String[] fields) {

        /** The values of a field. */
        List<String> all(String name) {
            List<String> values = List.of();
            for (int i = 0; i < fields.length; i += 2) {
                if (fields[i].equalsIgnoreCase(name)) {
                    values = values.isEmpty() ? List.of(fields[i + 1])
                            : Stream.concat(values.stream(), Stream.of(fields[i + 1])).toList();
                }
            }
            return values;
        }

        /** The fields in the form of the JDK's API: a caller that needs only some should not make these. */
        Headers headers() {
            Headers headers = new Headers();
            for (int i = 0; i < fields.length; i += 2) {
                headers.add(fields[i], fields[i + 1]);
            }
            return headers;
        }
    }

    /** The state in a head. A row lists the next state for each class of byte. */
    private enum State {
        //           control   tab       LF        CR        space     colon     token     visible   high
        BEGIN("      BAD       BAD       BAD       BLANK     BAD       BAD       METHOD    BAD       BAD"),
        BLANK("      BAD       BAD       FIRST     BAD       BAD       BAD       BAD       BAD       BAD"),
        FIRST("      BAD       BAD       BAD       BAD       BAD       BAD       METHOD    BAD       BAD"),
        METHOD("     BAD       BAD       BAD       BAD       GAP       BAD       METHOD    BAD       BAD"),
        GAP("        BAD       BAD       BAD       BAD       BAD       TARGET    TARGET    TARGET    BAD"),
        TARGET("     BAD       BAD       BAD       BAD       GAP2      TARGET    TARGET    TARGET    BAD"),
        GAP2("       BAD       BAD       BAD       BAD       BAD       BAD       PROTOCOL  BAD       BAD"),
        PROTOCOL("   BAD       BAD       BAD       LINE_END  BAD       BAD       PROTOCOL  PROTOCOL  BAD"),
        LINE_END("   BAD       BAD       FIELD     BAD       BAD       BAD       BAD       BAD       BAD"),
        FIELD("      BAD       BAD       BAD       HEAD_END  BAD       BAD       NAME      BAD       BAD"),
        NAME("       BAD       BAD       BAD       BAD       BAD       COLON     NAME      BAD       BAD"),
        COLON("      BAD       COLON     BAD       VALUE_END COLON     VALUE     VALUE     VALUE     VALUE"),
        VALUE("      BAD       VALUE     BAD       VALUE_END VALUE     VALUE     VALUE     VALUE     VALUE"),
        VALUE_END("  BAD       BAD       FIELD     BAD       BAD       BAD       BAD       BAD       BAD"),
        HEAD_END("   BAD       BAD       DONE      BAD       BAD       BAD       BAD       BAD       BAD"),
        DONE("       BAD       BAD       BAD       BAD       BAD       BAD       BAD       BAD       BAD"),
        BAD("        BAD       BAD       BAD       BAD       BAD       BAD       BAD       BAD       BAD");

        private final String row;

        State(String row) {
            this.row = row;
        }
    }

    private static final State[] STATES = State.values();
    private static final int CLASS_BITS = 4;
    private static final byte[] CLASS = classes();
    private static final byte[] NEXT = table();
    private static final int PROTOCOL_BYTES = "HTTP/1.1".length();
    private static final int FIRST_BYTES = 1_024;
    private static final int FIRST_FIELDS = 16;
    /** Offsets of a field: its name from and to, its value from and to. */
    private static final int MARKS = 4;
    private static final byte[] NOTHING = {};

    private final int bytesMax;
    private final int fieldsMax;
    private State state = State.BEGIN;
    /** Earlier pieces of this head. */
    private byte[] kept = NOTHING;
    private int count;
    /** Offsets of its words in the head: their starts and ends. */
    private int methodFrom;
    private int targetFrom;
    private int targetTo;
    private int protocolFrom;
    private int protocolTo;
    private int[] marks = new int[MARKS * FIRST_FIELDS];
    private int fields;
    private Optional<ParsedHead> head = Optional.empty();
    private Optional<ProtocolError> fault = Optional.empty();

    /** A parser of heads with these limits of bytes and fields. */
    Parser(int bytesMax, int fieldsMax) {
        this.bytesMax = bytesMax;
        this.fieldsMax = fieldsMax;
    }

    /** The head, once it is complete. */
    Optional<ParsedHead> head() {
        return head;
    }

    /** The fault of the head; no more bytes are accepted then. */
    Optional<ProtocolError> fault() {
        return fault;
    }

    /** Whether a head has begun; an empty line before it does not begin it. */
    boolean begun() {
        return state.ordinal() > State.FIRST.ordinal();
    }

    /** Whether nothing was read since the last request, not even an empty line. */
    boolean isUntouched() {
        return state == State.BEGIN && count == 0;
    }

    /** Bytes of memory that an incomplete head takes. */
    int held() {
        return kept.length;
    }

    /**
     * Parses until the head is complete or malformed, or no byte is left; the index of the first byte that
     * was not read.
     */
    int feed(byte[] bytes, int from, int to) {
        int shift = count - from;
        int end = (int) Math.min(to, (long) from + bytesMax - count);
        int at = from;
        int now = state.ordinal();
        while (at < end && now < State.DONE.ordinal()) {
            int next = NEXT[now << CLASS_BITS | CLASS[bytes[at] & 0xff]];
            now = next == now ? now : moved(STATES[now], STATES[next], at + shift).ordinal();
            at++;
        }
        state = STATES[now];
        if (state == State.DONE) {
            completeHead(bytes, from, at);
        } else if (state != State.BAD && at < to) {
            bad(state == State.TARGET ? new ProtocolError(414, "the request target is too long")
                    : new ProtocolError(431,
                            "request line and headers may have at most " + bytesMax + " bytes"));
        } else if (state != State.BAD) {
            keep(bytes, from, at);
        }
        return at;
    }

    /** Forgets the head: another may follow. */
    void reset() {
        state = State.BEGIN;
        kept = NOTHING;
        count = 0;
        fields = 0;
        head = Optional.empty();
    }

    /** Handles the byte at {@code place}, which leads from one state to another; that, or {@code BAD}. */
    private State moved(State from, State to, int place) {
        switch (to) {
            case METHOD -> methodFrom = place;
            case GAP -> targetFrom = place + 1;
            case GAP2 -> {
                targetTo = place;
                protocolFrom = place + 1;
            }
            case LINE_END -> protocolTo = place;
            case NAME -> {
                if (fields == fieldsMax) {
                    return bad(new ProtocolError(431,
                            "a request may have at most " + fieldsMax + " headers"));
                }
                name(place);
            }
            case COLON -> marks[MARKS * fields + 1] = place;
            case VALUE -> marks[MARKS * fields + 2] = place;
            case VALUE_END -> {
                marks[MARKS * fields + 3] = place;
                marks[MARKS * fields + 2] = from == State.COLON ? place : marks[MARKS * fields + 2];
                fields++;
            }
            case BAD -> bad(new ProtocolError(400, malformed(from)));
            case BEGIN, BLANK, FIRST, TARGET, PROTOCOL, FIELD, HEAD_END, DONE -> { }
        }
        return to;
    }

    private State bad(ProtocolError error) {
        fault = Optional.of(error);
        state = State.BAD;
        return state;
    }

    private static String malformed(State where) {
        return switch (where) {
            case BEGIN, BLANK, FIRST, METHOD -> "a request must start with a method in letters and one space";
            case GAP, TARGET -> "a request target must have visible ASCII characters only,"
                    + " all others percent-encoded, with one space after it";
            case GAP2, PROTOCOL, LINE_END -> "a request line must end with HTTP/1.1, CR and LF";
            case FIELD -> "a header must start with its name, without folding";
            case NAME -> "the name of a header must have letters, digits and marks only,"
                    + " with the colon directly after it";
            case COLON, VALUE, VALUE_END -> "a header must end with CR and LF,"
                    + " without control characters";
            case HEAD_END, DONE, BAD -> "the headers must end with an empty line, CR and LF";
        };
    }

    private void name(int place) {
        if (MARKS * fields == marks.length) {
            marks = Arrays.copyOf(marks, 2 * marks.length);
        }
        marks[MARKS * fields] = place;
    }

    private void keep(byte[] bytes, int from, int to) {
        int need = count + to - from;
        if (need > kept.length) {
            kept = Arrays.copyOf(kept,
                    Math.max(need, Math.max(FIRST_BYTES, Math.min(2 * kept.length, bytesMax))));
        }
        System.arraycopy(bytes, from, kept, count, to - from);
        count = need;
    }

    /** Completes the head with its last piece: makes strings of the offsets. */
    private void completeHead(byte[] bytes, int from, int to) {
        byte[] all = bytes;
        int base = from;
        if (count > 0) {
            keep(bytes, from, to);
            all = kept;
            base = 0;
        }
        String protocol = text(all, base + protocolFrom, base + protocolTo);
        if (!protocol.equals("HTTP/1.1") && !protocol.equals("HTTP/1.0")) {
            bad(protocol(protocol));
            return;
        }
        String[] inTurn = new String[2 * fields];
        for (int i = 0; i < fields; i++) {
            int mark = MARKS * i;
            inTurn[2 * i] = text(all, base + marks[mark], base + marks[mark + 1]);
            inTurn[2 * i + 1] = value(all, base + marks[mark + 2], base + marks[mark + 3]);
        }
        head = Optional.of(new ParsedHead(text(all, base + methodFrom, base + targetFrom - 1),
                text(all, base + targetFrom, base + targetTo), protocol, inTurn));
    }

    /** A later version of HTTP is named and refused as such; anything else is no HTTP. */
    private static ProtocolError protocol(String text) {
        boolean http = text.length() == PROTOCOL_BYTES && text.startsWith("HTTP/")
                && Character.isDigit(text.charAt(5))
                && text.charAt(6) == '.' && Character.isDigit(text.charAt(7));
        return http ? new ProtocolError(505, "this node supports HTTP/1.0 and HTTP/1.1 only")
                : new ProtocolError(400, "the request line does not end with HTTP/1.1");
    }

    private static String value(byte[] bytes, int from, int to) {
        int end = to;
        while (end > from && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) {
            end--;
        }
        return text(bytes, from, end);
    }

    /** ISO 8859-1, as field values have always been (RFC 9110, section 5.5). */
    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static byte[] classes() {
        byte[] classes = new byte[256];
        for (int b = 0; b < classes.length; b++) {
            classes[b] = (byte) switch (b) {
                case '\t' -> 1;
                case '\n' -> 2;
                case '\r' -> 3;
                case ' ' -> 4;
                case ':' -> 5;
                default -> b < ' ' || b == 0x7f ? 0 : b > 0x7f ? 8 : token(b) ? 6 : 7;
            };
        }
        return classes;
    }

    /** RFC 9110, section 5.6.2. */
    static boolean token(int b) {
        return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
                || "!#$%&'*+-.^_`|~".indexOf(b) >= 0;
    }

    private static byte[] table() {
        byte[] next = new byte[STATES.length << CLASS_BITS];
        for (State from : STATES) {
            List<String> row = Stream.of(from.row.split(" ")).filter(name -> !name.isEmpty()).toList();
            for (int i = 0; i < row.size(); i++) {
                next[from.ordinal() << CLASS_BITS | i] = (byte) State.valueOf(row.get(i)).ordinal();
            }
        }
        return next;
    }
}
