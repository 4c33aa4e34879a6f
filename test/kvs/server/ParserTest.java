package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Heads whole, split at every byte, byte by byte, and one after the other. */
class ParserTest {

    private static final int BYTES_MAX = 400;
    private static final int FIELDS_MAX = 5;

    /** A head; what is to come of it: a request line and its fields, or a status. */
    private record Sample(String head, int status, String line, String... fields) {

        List<Object> expected() {
            Map<String, List<String>> all = new LinkedHashMap<>();
            for (int i = 0; i < fields.length; i += 2) {
                all.computeIfAbsent(fields[i], name -> new ArrayList<>()).add(fields[i + 1]);
            }
            return PieceFeeder.line(line, all);
        }

        byte[] bytes() {
            return latin(head);
        }

        @Override
        public String toString() {
            return status + " " + head.replace("\r", "\\r").replace("\n", "\\n");
        }
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Parser parser() {
        return new Parser(BYTES_MAX, FIELDS_MAX);
    }

    private static Sample good(String head, String line, String... fields) {
        return new Sample(head, 0, line, fields);
    }

    private static Sample bad(int status, String head) {
        return new Sample(head, status, "");
    }

    static List<Sample> goodHeads() {
        String target = "/" + "t".repeat(BYTES_MAX - "GET / HTTP/1.1\r\n\r\n".length());
        String line = "GET / HTTP/1.1";
        return List.of(
                good("GET / HTTP/1.1\r\n\r\n", line),
                good("GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0"),
                good("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", line, "host", "a"),
                good("PUT /kv/a%20b?x=1&y[]={} HTTP/1.1\r\nHost: a:80\r\nContent-Length: 3\r\n\r\n",
                        "PUT /kv/a%20b?x=1&y[]={} HTTP/1.1", "host", "a:80", "content-length", "3"),
                good("OPTIONS * HTTP/1.1\r\nhost:a\r\n\r\n", "OPTIONS * HTTP/1.1", "host", "a"),
                good("CONNECT a:443 HTTP/1.1\r\nHOST:\ta\t \r\n\r\n", "CONNECT a:443 HTTP/1.1", "host", "a"),
                good("GET http://a/b#c HTTP/1.1\r\n\r\n", "GET http://a/b#c HTTP/1.1"),
                good("M-1!#$%&'*+.^_`|~z / HTTP/1.1\r\n!#$%&'*+-.^_`|~09AZaz: v\r\n\r\n",
                        "M-1!#$%&'*+.^_`|~z / HTTP/1.1", "!#$%&'*+-.^_`|~09azaz", "v"),
                good("GET / HTTP/1.1\r\nA:\r\nB: \r\nC:\t \t\r\nD: :\r\nE:x\r\n\r\n", line, "a", "", "b", "",
                        "c", "", "d", ":", "e", "x"),
                good("GET / HTTP/1.1\r\nA: 1\r\na: 2\r\nA:  a b\t c  \r\n\r\n", line, "a", "1", "a", "2",
                        "a", "a b\t c"),
                good("GET / HTTP/1.1\r\nA: caf\u00e9 \u0080\u00a0\u00ff\r\n\r\n", line,
                        "a", "caf\u00e9 \u0080\u00a0\u00ff"),
                good("GET / HTTP/1.1\r\nA: !\"(),/:;<=>?@[\\]{}~\r\n\r\n", line,
                        "a", "!\"(),/:;<=>?@[\\]{}~"),
                good("GET " + target + " HTTP/1.1\r\n\r\n", "GET " + target + " HTTP/1.1"),
                good(padded(BYTES_MAX), line, "x", "y".repeat(BYTES_MAX - padded(0).length())),
                good("GET / HTTP/1.1\r\n" + "A: 1\r\n".repeat(FIELDS_MAX) + "\r\n", line, "a", "1", "a", "1",
                        "a", "1", "a", "1", "a", "1"));
    }

    /** A head of that many bytes. */
    private static String padded(int bytes) {
        String empty = "GET / HTTP/1.1\r\nX: \r\n\r\n";
        return empty.replace("X: ", "X: " + "y".repeat(Math.max(0, bytes - empty.length())));
    }

    static List<Sample> badHeads() {
        return List.of(bad(400, "\r\n\r\nGET / HTTP/1.1\r\n\r\n"), bad(400, "\nGET / HTTP/1.1\r\n\r\n"),
                bad(400, "\rGET / HTTP/1.1\r\n\r\n"), bad(400, " GET / HTTP/1.1\r\n\r\n"),
                bad(400, "\tGET / HTTP/1.1\r\n\r\n"), bad(400, "G\u00c9T / HTTP/1.1\r\n\r\n"),
                bad(400, "GET\t/ HTTP/1.1\r\n\r\n"), bad(400, "GET  / HTTP/1.1\r\n\r\n"),
                bad(400, "GET /  HTTP/1.1\r\n\r\n"), bad(400, "GET / HTTP/1.1 \r\n\r\n"),
                bad(400, "GET /\tHTTP/1.1\r\n\r\n"), bad(400, "GET / a HTTP/1.1\r\n\r\n"),
                bad(400, "GET /\r\n\r\n"), bad(400, "GET\r\n\r\n"), bad(400, "GET / \r\n\r\n"),
                bad(400, "G:T / HTTP/1.1\r\n\r\n"), bad(400, "G(T / HTTP/1.1\r\n\r\n"),
                bad(400, "GET /caf\u00e9 HTTP/1.1\r\n\r\n"), bad(400, "GET /\u0000 HTTP/1.1\r\n\r\n"),
                bad(400, "GET /\u007f HTTP/1.1\r\n\r\n"), bad(400, "GET / HTTP/1.1\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\r\n\r\n"), bad(400, "GET / http/1.1\r\n\r\n"),
                bad(400, "GET / HTTP/1.1x\r\n\r\n"), bad(400, "GET / HTTP/11\r\n\r\n"),
                bad(400, "GET / HTTP/1.\r\n\r\n"), bad(400, "GET / HTTP/01.1\r\n\r\n"),
                bad(400, "GET / HTTP/1,1\r\n\r\n"), bad(400, "GET / HTTPS/1.1\r\n\r\n"),
                bad(400, "GET / HTTP/+.1\r\n\r\n"), bad(400, "GET / ICY/1.1\r\n\r\n"),
                bad(505, "GET / HTTP/1.2\r\n\r\n"), bad(505, "GET / HTTP/0.9\r\n\r\n"),
                bad(505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), bad(505, "GET / HTTP/3.0\r\nA: b\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nHost\r\n\r\n"), bad(400, "GET / HTTP/1.1\r\n: a\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nHost\t: a\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nA: b\r\n\tc\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nA: b\r\n \r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nA: b\nC: d\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nA: b\r\rC: d\r\n\r\n"), bad(400, "GET / HTTP/1.1\r\nA: b\n\n"),
                bad(400, "GET / HTTP/1.1\r\nA: b\r\n\n"), bad(400, "GET / HTTP/1.1\r\nA: b\r\n\rX"),
                bad(400, "GET / HTTP/1.1\r\nA: \u0000\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nA: b\u0008\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nA: b\u007f\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nA\u00e9: b\r\n\r\n"),
                bad(400, "GET / HTTP/1.1\r\nA b: c\r\n\r\n"), bad(400, "GET / HTTP/1.1\r\nA(: c\r\n\r\n"),
                bad(400, "\u0016\u0003\u0001\u0002\u0000\u0001"), bad(400, "{\"a\": 1}\r\n\r\n"),
                bad(400, "GET: / HTTP/1.1\r\n\r\n"), bad(431, padded(BYTES_MAX + 1)),
                bad(431, "GET / HTTP/1.1\r\n" + "A: 1\r\n".repeat(FIELDS_MAX + 1) + "\r\n"),
                bad(414, "GET /" + "t".repeat(BYTES_MAX) + " HTTP/1.1\r\n\r\n"),
                bad(431, "G".repeat(BYTES_MAX + 1)), bad(431, "GET / HTTP/1.1\r\n" + "n".repeat(BYTES_MAX)));
    }

    @ParameterizedTest
    @MethodSource("goodHeads")
    void takesAHeadHoweverItComes(Sample sample) {
        var expected = new PieceFeeder.Outcome(0, Optional.of(sample.expected()), sample.bytes().length);
        assertEquals(Optional.of(sample.expected()), HeadGrammar.head(sample.head()), "by the grammar");
        inEveryWay(sample.bytes(), expected);
    }

    @ParameterizedTest
    @MethodSource("badHeads")
    void refusesAHeadHoweverItComes(Sample sample) {
        PieceFeeder.Outcome whole = PieceFeeder.feed(parser(), sample.bytes());
        assertEquals(sample.status(), whole.status());
        assertEquals(Optional.empty(), whole.head());
        inEveryWay(sample.bytes(), whole);
    }

    private static void inEveryWay(byte[] bytes, PieceFeeder.Outcome expected) {
        assertEquals(expected, PieceFeeder.feed(parser(), bytes), "whole");
        assertEquals(expected, PieceFeeder.single(parser(), bytes), "byte by byte");
        for (int cut = 0; cut <= bytes.length; cut++) {
            assertEquals(expected, PieceFeeder.feed(parser(), bytes, cut), "cut at " + cut);
        }
    }

    @ParameterizedTest
    @MethodSource("goodHeads")
    void takesHeadsOneAfterTheOtherAndForgetsEach(Sample sample) {
        for (Sample other : goodHeads()) {
            byte[] bytes = latin(sample.head() + other.head() + sample.head());
            int first = sample.bytes().length;
            int second = first + other.bytes().length;
            Parser parser = parser();
            assertEquals(first, parser.feed(bytes, 0, bytes.length));
            assertEquals(Optional.of(sample.expected()), PieceFeeder.outcome(parser, 0).head());
            parser.reset();
            assertFalse(parser.begun());
            assertEquals(second, parser.feed(bytes, first, bytes.length));
            assertEquals(Optional.of(other.expected()), PieceFeeder.outcome(parser, 0).head());
            parser.reset();
            assertEquals(bytes.length, parser.feed(bytes, second, bytes.length));
            assertEquals(Optional.of(sample.expected()), PieceFeeder.outcome(parser, 0).head());
        }
    }

    @ParameterizedTest
    @MethodSource("goodHeads")
    void forgetsAHeadThatCameInPieces(Sample sample) {
        byte[] first = latin("GET /first HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n");
        var expected = new PieceFeeder.Outcome(0, Optional.of(sample.expected()), sample.bytes().length);
        for (int cut = 0; cut <= sample.bytes().length; cut++) {
            Parser parser = parser();
            PieceFeeder.feed(parser, first, 1 + cut % (first.length - 1));
            parser.reset();
            assertEquals(expected, PieceFeeder.feed(parser, sample.bytes(), cut), "cut at " + cut);
        }
    }

    @ParameterizedTest
    @MethodSource("badHeads")
    void refusesTheSecondAsTheFirst(Sample sample) {
        byte[] good = latin("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
        for (int cut = 0; cut <= sample.bytes().length; cut++) {
            Parser parser = parser();
            assertEquals(good.length, PieceFeeder.feed(parser, good, cut % good.length).taken());
            parser.reset();
            assertEquals(sample.status(), PieceFeeder.feed(parser, sample.bytes(), cut).status());
        }
    }

    /** Each prefix of these heads is a state of the machine; each byte is tried there. */
    @Test
    void judgesEveryByteInEveryStateAsTheGrammarDoes() {
        int judged = 0;
        for (String head : List.of(
                "\r\nPUT /k?a=:b HTTP/1.1\r\nHost: a.b:8 \r\nX:\r\nY: \t c d:\u00e9\r\n\r\n",
                "GET * HTTP/1.0\r\n\r\n", "a b c\r\nd:e\r\n\r\n")) {
            for (int length = 0; length < head.length(); length++) {
                for (int b = 0; b < 256; b++) {
                    String text = head.substring(0, length) + (char) b;
                    Parser parser = parser();
                    int taken = PieceFeeder.feed(parser, latin(text), length).taken();
                    boolean judgedLast = text.equals(head);
                    assertTrue(judgedLast || parser.fault().isEmpty() == HeadGrammar.begins(text),
                            () -> "byte after " + text);
                    assertEquals(HeadGrammar.head(text), PieceFeeder.outcome(parser, taken).head(), text);
                    judged++;
                }
            }
        }
        assertTrue(judged > 20_000);
    }

    @Test
    void countsAnEmptyLineBeforeTheHeadAgainstTheLimit() {
        assertEquals(0, PieceFeeder.feed(parser(), latin("\r\n" + padded(BYTES_MAX - 2))).status());
        assertEquals(431, PieceFeeder.feed(parser(), latin("\r\n" + padded(BYTES_MAX - 1))).status());
    }

    @Test
    void takesNothingMoreAfterAFault() {
        Parser parser = parser();
        byte[] bytes = latin("GET / HTTP/1.1\n\nGET / HTTP/1.1\r\n\r\n");
        int taken = parser.feed(bytes, 0, bytes.length);
        assertEquals(taken, parser.feed(bytes, taken, bytes.length));
        assertEquals(Optional.empty(), parser.head());
        assertTrue(parser.fault().isPresent());
    }

    @Test
    void refusesAHeadThatIsLongerThanItsLimitAtOnceInPiecesOfAnySize() {
        byte[] bytes = latin("GET / HTTP/1.1\r\nX: " + "y".repeat(3 * BYTES_MAX));
        for (int size = 1; size < bytes.length; size += 13) {
            Parser parser = parser();
            int taken = 0;
            while (parser.fault().isEmpty()) {
                int to = Math.min(bytes.length, taken + size);
                int at = parser.feed(bytes, taken, to);
                assertTrue(at == to || parser.fault().isPresent());
                taken = at;
            }
            assertEquals(BYTES_MAX, taken);
            assertEquals(431, parser.fault().orElseThrow().status());
        }
    }

    @Test
    void tellsFieldsAsTheyCame() {
        Parser parser = new Parser(1_000, 10);
        PieceFeeder.single(parser, latin("GET / HTTP/1.1\r\nhost:a\r\nX-b:  1 \r\nHOST: c\r\nx-B:\r\n\r\n"));
        Parser.ParsedHead head = parser.head().orElseThrow();
        assertEquals(List.of("host", "a", "X-b", "1", "HOST", "c", "x-B", ""), List.of(head.fields()));
        assertEquals(List.of("a", "c"), head.all("Host"));
        assertEquals(List.of("a", "c"), head.headers().get("Host"));
        assertEquals(List.of(), head.all("X"));
    }

    @Test
    void takesManyFieldsUpToItsLimit() {
        Parser parser = new Parser(10_000, 500);
        StringBuilder head = new StringBuilder("GET / HTTP/1.1\r\n");
        for (int i = 0; i < 500; i++) {
            head.append("N").append(i).append(": ").append(i).append("\r\n");
        }
        byte[] bytes = latin(head + "\r\n");
        assertEquals(bytes.length, PieceFeeder.feed(parser, bytes, 5_000).taken());
        for (int i = 0; i < 500; i++) {
            assertEquals(Integer.toString(i), parser.head().orElseThrow().headers().getFirst("N" + i));
        }
    }
}
