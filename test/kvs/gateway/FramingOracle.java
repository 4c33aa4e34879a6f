package kvs.gateway;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The reading of the bytes of a connection by RFC 9112, all at once and written without a look at any engine:
 * the requests in them, up to the first that is malformed or after which no reader may continue. Where the
 * RFC lets a server be lenient (bare LF, several empty lines, spaces around words, obs-fold) this reading is
 * not; where two readings are possible it accepts none.
 */
final class FramingOracle {

    private static final String TOKEN = "[-!#$%&'*+.^_`|~0-9A-Za-z]+";
    private static final Pattern LINE = Pattern.compile("(" + TOKEN + ") ([!-~]+) (HTTP/1\\.[01])");
    private static final Pattern FIELD = Pattern.compile("(" + TOKEN
            + "):[ \\t]*([\\t -~\\x80-\\xff]*?)[ \\t]*");
    private static final Pattern TARGET = Pattern.compile(
            "/(?:[-._~!$&'()*+,;=:@/?0-9A-Za-z]|%[0-9A-Fa-f]{2})*");
    private static final Pattern HOST = Pattern.compile(
            "(?:\\[[0-9A-Fa-f:.]+\\]|(?:[-._~!$&'()*+,;=0-9A-Za-z]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?");
    private static final Pattern CHUNK = Pattern.compile("\\G([0-9A-Fa-f]{1,8})(?:;[\\t -~]*)?\\r\\n");
    private static final Pattern TRAILERS = Pattern.compile("\\G(?:" + TOKEN
            + ":[\\t -~\\x80-\\xff]*\\r\\n)*\\r\\n");
    private static final int HEAD_MAX = 32 * 1_024;
    private static final int FIELDS_MAX = 100;

    private FramingOracle() { }

    /**
     * A request that is well-formed and complete.
     *
     * @param method first word
     * @param target second word
     * @param old whether it is of HTTP/1.0
     * @param fields names in lower case, and values
     * @param body decoded bytes as text
     * @param plain whether it keeps to what this server accepts: one good Host, a short head, a target of one
     *     kind, no expectation
     */
    record Said(String method, String target, boolean old, List<String[]> fields, String body,
            boolean plain) {

        List<String> all(String name) {
            return fields.stream().filter(field -> field[0].equals(name)).map(field -> field[1]).toList();
        }

        /** Whether its body has a length: the server of the JDK accepts no other. */
        boolean measured() {
            return all("transfer-encoding").isEmpty();
        }

        boolean closes() {
            List<String> options = all("connection").stream()
                    .flatMap(list -> Stream.of(list.toLowerCase(Locale.ROOT).split(",")))
                    .map(String::strip).toList();
            return options.contains("close") || old && !options.contains("keep-alive");
        }
    }

    private record Body(String text, int end) { }

    /**
     * The requests of a connection.
     *
     * @param requests the well-formed ones
     * @param rest whether other bytes follow them
     */
    record Verdict(List<Said> requests, boolean rest) { }

    /** Reads all of {@code bytes}. */
    static Verdict read(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        List<Said> requests = new ArrayList<>();
        int at = 0;
        boolean goesOn = true;
        while (goesOn && at < text.length()) {
            int from = text.startsWith("\r\n", at) ? at + 2 : at;
            int end = text.indexOf("\r\n\r\n", from);
            Optional<Said> head = end < 0 ? Optional.empty() : head(text.substring(from, end), end + 4 - at);
            Optional<Body> body = head.flatMap(said -> behind(said, text, end + 4));
            if (body.isEmpty()) {
                return new Verdict(requests, !text.substring(at).equals("\r\n"));
            }
            Said said = head.get();
            requests.add(new Said(said.method, said.target, said.old, said.fields,
                    body.get().text, said.plain));
            at = body.get().end;
            goesOn = !said.closes();
        }
        return new Verdict(requests, at < text.length());
    }

    private static Optional<Said> head(String text, int bytes) {
        String[] lines = text.split("\r\n", -1);
        Matcher line = LINE.matcher(lines[0]);
        if (!line.matches()) {
            return Optional.empty();
        }
        List<String[]> fields = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            Matcher field = FIELD.matcher(lines[i]);
            if (!field.matches()) {
                return Optional.empty();
            }
            fields.add(new String[] {field.group(1).toLowerCase(Locale.ROOT), field.group(2)});
        }
        Said said = new Said(line.group(1), line.group(2), line.group(3).endsWith("0"), fields, "", false);
        List<String> hosts = said.all("host");
        if (hosts.size() > 1 || hosts.isEmpty() && !said.old
                || hosts.size() == 1 && !HOST.matcher(hosts.get(0)).matches()) {
            return Optional.empty();
        }
        boolean plain = bytes <= HEAD_MAX && fields.size() <= FIELDS_MAX && hosts.size() == 1 && !hosts.get(0)
                .isEmpty() && TARGET.matcher(said.target).matches() && said.all("expect").isEmpty();
        return Optional.of(new Said(said.method, said.target, said.old, fields, "", plain));
    }

    /**
     * The body that begins at {@code at}; empty when its length is unknown, or it is incomplete. Chunks are
     * read as strictly as a head.
     */
    private static Optional<Body> behind(Said said, String text, int at) {
        List<String> lengths = said.all("content-length");
        List<String> codings = said.all("transfer-encoding");
        if (!codings.isEmpty()) {
            boolean good = codings.equals(List.of("chunked")) && lengths.isEmpty() && !said.old;
            return good ? chunks(text, at) : Optional.empty();
        }
        if (lengths.isEmpty()) {
            return Optional.of(new Body("", at));
        }
        boolean whole = lengths.size() == 1 && lengths.get(0).matches("[0-9]{1,18}")
                && Long.parseLong(lengths.get(0)) <= text.length() - at;
        int end = whole ? at + Integer.parseInt(lengths.get(0)) : 0;
        return whole ? Optional.of(new Body(text.substring(at, end), end)) : Optional.empty();
    }

    private static Optional<Body> chunks(String text, int from) {
        StringBuilder data = new StringBuilder();
        Matcher chunk = CHUNK.matcher(text);
        int at = from;
        while (chunk.find(at) && chunk.start() == at) {
            long size = Long.parseLong(chunk.group(1), 16);
            at = chunk.end();
            if (size == 0) {
                Matcher end = TRAILERS.matcher(text);
                return end.find(at) && end.start() == at ? Optional.of(new Body(data.toString(), end.end()))
                        : Optional.empty();
            }
            if (size > text.length() - at || !text.startsWith("\r\n", at + (int) size)) {
                return Optional.empty();
            }
            data.append(text, at, at + (int) size);
            at += (int) size + 2;
        }
        return Optional.empty();
    }
}
