package kvs.gateway;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import kvs.sim.SimDice;

/**
 * Makes the bytes of connections: good requests with all the freedom of the grammar, then spoilt ones. The
 * same for the same dice.
 */
final class RequestGenerator {

    static final String HIDDEN = "PUT /hidden HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}";
    private static final List<String> LENGTHS = List.of("+2", "-2", "2,2", "2, 2", "0x2", "2 ", " 2", "02",
            "2 2", "", "1e0", "2;q", "99", "0", "1", "\t2",
            "9999999999999999999", "18446744073709551618", "4294967298", "2\u00b2", "\u00b2");
    private static final List<String> CODINGS = List.of("chunked", "Chunked", "identity", "gzip, chunked",
            "chunked, identity", " chunked", "x", "",
            "chunked\t", "\u000bchunked", "chunked,", "\"chunked\"");
    private static final List<String> HOSTS = List.of("", "a b", "localhost:x", "localhost, localhost",
            "localhost/", "[::1", "u@localhost", "\"localhost\"",
            "local\u00e9", "127.0.0.1", "LOCALHOST:80", "[::1]:80");
    private static final List<String> LINES = List.of("GET /ok", "GET /ok HTTP/1.2", "GET /ok HTTP/2.0",
            "GET  /ok HTTP/1.1", "GET /ok  HTTP/1.1", "GET /ok HTTP/1.1 ", " GET /ok HTTP/1.1",
            "GET\t/ok HTTP/1.1", "GET /ok http/1.1", "GET /ok HTTP/1.10", "GET //ok HTTP/1.1",
            "get /ok HTTP/1.1",
            "GET http://localhost/ok HTTP/1.1", "OPTIONS * HTTP/1.1", "CONNECT localhost:80 HTTP/1.1",
            "GET ok HTTP/1.1", "GET /o k HTTP/1.1", "GET /ok#f HTTP/1.1", "GET /ok?a[b HTTP/1.1",
            "GET /ok?%zz HTTP/1.1", "TRACE /ok HTTP/1.1", "GET /ok HTTP/1.1\r\n ", "G@T /ok HTTP/1.1");
    private static final List<String> FIELDS = List.of("Host : localhost", "Content-Length : 2",
            "Transfer-Encoding : chunked", " Content-Length: 2", "\tTransfer-Encoding: chunked", "X: a\r\n b",
            "X: a\n Content-Length: 2", "X: a\rContent-Length: 2", "X", ": x", "X\u0000: y", "X: \u0000",
            "Content_Length: 2", "Content-Length:\r\n 2", "Content\u002dLength\u00a0: 2",
            "Connection: content-length, close", "Expect: 100-continue", "Expect: 7", "Upgrade: h2c",
            "X: \u007f", "(X): y", "X:\ty", "Host:localhost", "Content-Length: 2\nX: y");
    private static final List<String> CHUNKS = List.of("2\r\n{}\r\n0\r\n\r\n", "0\r\n\r\n",
            "0\r\nX: y\r\n\r\n", "2;x=y\r\n{}\r\n0\r\n\r\n", "2\n{}\n0\n\n", "100000000\r\n",
            "ffffffffffffffff\r\n", "-1\r\n", "0x2\r\n{}\r\n0\r\n\r\n", " 2\r\n{}\r\n0\r\n\r\n",
            "2 \r\n{}\r\n0\r\n\r\n", "\r\n", "2\r\n{}0\r\n\r\n", "00\r\n\r\n", "g\r\n");

    private final SimDice dice;

    RequestGenerator(long seed) {
        this.dice = new SimDice(seed);
    }

    private <T> T one(List<T> of) {
        return of.get(dice.below(of.size()));
    }

    /** What is sent on one connection. */
    byte[] next() {
        StringBuilder text = new StringBuilder();
        int count = 1 + dice.below(3);
        for (int i = 0; i < count; i++) {
            text.append(dice.chance(75) ? good() : odd());
        }
        byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
        for (int i = dice.chance(40) ? 1 + dice.below(3) : 0; i > 0; i--) {
            bytes = spoilt(bytes);
        }
        return bytes;
    }

    /** A request by the grammar, which this server takes. */
    private String good() {
        String body = switch (dice.below(4)) {
            case 0 -> "";
            case 1 -> HIDDEN;
            default -> "{\"n\": " + dice.below(1_000) + "}";
        };
        boolean put = dice.chance(60);
        String line = put ? dice.chance(15) ? "PUT /hidden" : "PUT /echo"
                : one(List.of("GET /ok", "HEAD /ok", "GET /ok?a=1&b=%20", "GET /none", "DELETE /ok"));
        StringBuilder text = new StringBuilder(dice.chance(5) ? "\r\n" : "").append(line).append(" HTTP/1.")
                .append(dice.chance(92) ? 1 : 0).append("\r\n");
        field(text, "Host", one(List.of("localhost", "127.0.0.1", "localhost:80", "[::1]:8080")));
        for (int i = dice.below(3); i > 0; i--) {
            field(text, one(List.of("X", "x-1", "!#$%&'*+-.^_`|~", "Accept", "Cookie")),
                    one(List.of("", "a", "a  b", "\u00e9", "\"q\", (c)", "x".repeat(300))));
        }
        if (put) {
            field(text, "Content-Length", (dice.chance(10) ? "00" : "") + body.length());
        }
        if (dice.chance(10)) {
            field(text, "Connection", one(List.of("close", "keep-alive", "Close", "x, close", "closed")));
        }
        return text.append("\r\n").append(put ? body : "").toString();
    }

    private void field(StringBuilder text, String name, String value) {
        String cased = dice.chance(70) ? name : dice.chance(50) ? name.toLowerCase(java.util.Locale.ROOT)
                : name.toUpperCase(java.util.Locale.ROOT);
        text.append(cased).append(':').append(one(List.of(" ", " ", "", "\t", "  "))).append(value)
                .append(one(List.of("", "", "", " ", "\t "))).append("\r\n");
    }

    /** A request with a trick, and often another one hidden behind it. */
    private String odd() {
        String host = "Host: " + (dice.chance(15) ? one(HOSTS) : "localhost") + "\r\n";
        String more = dice.chance(10) ? "Host: localhost\r\n" : "";
        String put = "PUT /echo HTTP/1.1\r\n" + host + more;
        return switch (dice.below(7)) {
            case 0 -> put + "Content-Length: " + one(LENGTHS) + "\r\n\r\n{}" + HIDDEN;
            case 1 -> put + "Content-Length: 2\r\ncontent-length: " + one(LENGTHS) + "\r\n\r\n{}" + HIDDEN;
            case 2 -> put + "Transfer-Encoding: " + one(CODINGS) + "\r\n"
                    + (dice.chance(50) ? "Content-Length: 4\r\n" : "") + "\r\n" + one(CHUNKS) + HIDDEN;
            case 3 -> one(LINES) + "\r\n" + host + "\r\n" + (dice.chance(30) ? HIDDEN : "");
            case 4 -> put + one(FIELDS) + "\r\n" + (dice.chance(50) ? "Content-Length: 2\r\n" : "") + "\r\n{}"
                    + (dice.chance(50) ? HIDDEN : "");
            case 5 -> "\r\n".repeat(dice.below(4)) + "GET /ok HTTP/1.1\r\n" + more + "\r\n" + HIDDEN;
            default -> (put + "Content-Length: 2\r\n\r\n{}" + HIDDEN)
                    .replace(dice.chance(50) ? "\r\n" : "\r\n\r\n",
                            one(List.of("\n", "\r", "\n\r", "\r\r\n", "\n\n")));
        };
    }

    /** Some bytes changed, put in, taken out, doubled, moved, or cut off. */
    private byte[] spoilt(byte[] bytes) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = dice.below(bytes.length);
        int to = Math.min(bytes.length, at + 1 + dice.below(dice.chance(70) ? 2 : 60));
        byte[] part = Arrays.copyOfRange(bytes, at, to);
        return switch (dice.below(7)) {
            case 0 -> join(bytes, at, new byte[] {(byte) dice.bits()}, at + 1);
            case 1 -> join(bytes, at, new byte[] {(byte) dice.bits()}, at);
            case 2 -> join(bytes, at, new byte[] {one(List.of((byte) '\r', (byte) '\n', (byte) ' ',
                    (byte) '\t', (byte) 0, (byte) ':', (byte) 0x0b))}, at);
            case 3 -> join(bytes, at, new byte[0], to);
            case 4 -> join(bytes, at, part, at);
            case 5 -> join(bytes, dice.below(bytes.length), part, bytes.length);
            default -> Arrays.copyOf(bytes, at);
        };
    }

    private static byte[] join(byte[] bytes, int until, byte[] middle, int from) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes, 0, until);
        all.writeBytes(middle);
        all.write(bytes, from, bytes.length - from);
        return all.toByteArray();
    }
}
