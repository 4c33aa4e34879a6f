package kvs.server;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The framing of a request by its fields: the limits of its body and the life of its connection (RFC 9112,
 * sections 3.2, 6 and 9). A pure rule, stricter than it must be: a body has a {@code Content-Length} of
 * digits, once, or exactly {@code Transfer-Encoding: chunked} and no length, or there is none. A request with
 * both, another coding, or one in HTTP/1.0 is refused, because two programs could see two bodies in it.
 *
 * @param length bytes of the body; 0 for one in chunks
 * @param chunked whether it is in chunks
 * @param lasts whether another request may follow
 * @param expects whether the client waits for {@code 100 Continue} before it sends the body
 * @param fault reason of a refusal
 */
record Framing(long length, boolean chunked, boolean lasts, boolean expects, Optional<ProtocolError> fault) {

    private static final int DIGITS_MAX = 18;
    /**
     * Characters of a host name beside letters and digits (RFC 3986, section 3.2.2); percents are refused.
     */
    private static final String MARKS = "-._~!$&'()*+,;=";

    /** The framing by the fields of {@code head}. */
    static Framing of(Parser.ParsedHead head) {
        List<String> hosts = head.all("Host");
        List<String> lengths = head.all("Content-Length");
        List<String> expected = head.all("Expect");
        boolean old = head.protocol().equals("HTTP/1.0");
        List<String> codings = head.all("Transfer-Encoding");
        boolean chunked = !codings.isEmpty();
        if (chunked && (old || !lengths.isEmpty() || !codings.equals(List.of("chunked")))) {
            return bad(400,
                    "Transfer-Encoding must be 'chunked', once, without a Content-Length, in HTTP/1.1");
        }
        if (lengths.size() > 1 || lengths.size() == 1 && !digits(lengths.get(0))) {
            return bad(400, "a request may have one Content-Length, of digits only");
        }
        if (hosts.size() > 1 || hosts.isEmpty() && !old || hosts.size() == 1 && !host(hosts.get(0))) {
            return bad(400, "a request must have exactly one Host: a name or an address, with an optional"
                    + " port");
        }
        boolean expects = expected.stream().anyMatch(text -> text.equalsIgnoreCase("100-continue"));
        if (!expected.isEmpty() && (expected.size() > 1 || !expects)) {
            return bad(417, "Expect must be 100-continue");
        }
        List<String> options = head.all("Connection");
        boolean lasts = options.isEmpty() ? !old
                : !has(options, "close") && (!old || has(options, "keep-alive"));
        long length = lengths.isEmpty() ? 0 : Long.parseLong(lengths.get(0));
        return new Framing(length, chunked, lasts, expects && !old && (chunked || length > 0),
                Optional.empty());
    }

    private static Framing bad(int status, String detail) {
        return new Framing(0, false, false, false, Optional.of(new ProtocolError(status, detail)));
    }

    private static boolean digits(String text) {
        return !text.isEmpty() && text.length() <= DIGITS_MAX
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /** Whether it is a name or an address in brackets, and perhaps a port. Its owner is not checked here. */
    private static boolean host(String text) {
        boolean literal = text.startsWith("[");
        int end = literal ? text.indexOf(']') + 1 : text.indexOf(':') < 0 ? text.length() : text.indexOf(':');
        int from = literal ? 1 : 0;
        int to = literal ? end - 1 : end;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            boolean hex = c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
            if (!(hex || (literal ? c == ':' || c == '.'
                    : c > 'f' && c <= 'z' || c > 'F' && c <= 'Z' || MARKS.indexOf(c) >= 0))) {
                return false;
            }
        }
        boolean port = text.startsWith(":", end)
                && text.chars().skip(end + 1L).allMatch(c -> c >= '0' && c <= '9');
        return (!literal || to > from) && (end == text.length() || port);
    }

    private static boolean has(List<String> lists, String wanted) {
        return lists.stream().flatMap(list -> Stream.of(list.split(",")))
                .anyMatch(option -> option.strip().equalsIgnoreCase(wanted));
    }
}
