package kvs.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Feeds a parser in pieces, each in the middle of an array of its own, so that no byte outside a piece can be
 * read unnoticed.
 */
final class PieceFeeder {

    private static final int MARGIN = 7;

    private PieceFeeder() { }

    /**
     * The result of parsing.
     *
     * @param status of the error; 0 when there is none
     * @param head request line and fields, when the head is complete
     * @param taken bytes that were consumed
     */
    record Outcome(int status, Optional<List<Object>> head, int taken) { }

    /** Feeds {@code bytes}, cut at {@code cuts}, until the head is complete or wrong. */
    static Outcome feed(Parser parser, byte[] bytes, int... cuts) {
        int taken = 0;
        for (int i = 0; i <= cuts.length && parser.head().isEmpty() && parser.fault().isEmpty(); i++) {
            int from = i == 0 ? 0 : cuts[i - 1];
            int to = i == cuts.length ? bytes.length : cuts[i];
            byte[] piece = new byte[MARGIN + to - from + MARGIN];
            Arrays.fill(piece, (byte) '\n');
            System.arraycopy(bytes, from, piece, MARGIN, to - from);
            taken += parser.feed(piece, MARGIN, MARGIN + to - from) - MARGIN;
            Arrays.fill(piece, (byte) '?');
        }
        return outcome(parser, taken);
    }

    /** Feeds the bytes one by one. */
    static Outcome single(Parser parser, byte[] bytes) {
        int[] cuts = new int[bytes.length];
        Arrays.setAll(cuts, i -> i);
        return feed(parser, bytes, cuts);
    }

    static Outcome outcome(Parser parser, int taken) {
        return new Outcome(parser.fault().map(ProtocolError::status).orElse(0),
                parser.head().map(PieceFeeder::plain), taken);
    }

    private static List<Object> plain(Parser.ParsedHead head) {
        return line(head.method() + " " + head.target() + " " + head.protocol(), head.headers());
    }

    /** A request line and fields, in a form that can be compared. */
    static List<Object> line(String line, Map<String, List<String>> fields) {
        Map<String, List<String>> lower = new TreeMap<>();
        fields.forEach((name, values) -> lower.computeIfAbsent(name.toLowerCase(java.util.Locale.ROOT),
                n -> new ArrayList<>()).addAll(values));
        return List.of(line, lower);
    }
}
