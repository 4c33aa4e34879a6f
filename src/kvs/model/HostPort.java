package kvs.model;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * The address of a node: {@code host:port}, the host a name, an IPv4 address or an IPv6 address in brackets.
 * An address contains nothing else: no path, no query and no user of a URL. Immutable.
 *
 * @param host without a port, an IPv6 address with its brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {

    /** The longest name of DNS. */
    public static final int HOST_MAX = 253;
    private static final int ZONE_MAX = 32;
    private static final String MARKS = "-._";
    private static final int PORT_DIGITS = 5;
    private static final int PORT_MAX = 65_535;

    /** The address in a text; empty for any other text. */
    public static Optional<HostPort> parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || colon > HOST_MAX || text.length() > colon + 1 + PORT_DIGITS) {
            return Optional.empty();
        }
        String host = text.substring(0, colon);
        String digits = text.substring(colon + 1);
        OptionalLong port = digits.startsWith("0") ? OptionalLong.empty()
                : AsciiParsers.number(digits, PORT_DIGITS);
        boolean good = isHost(host) && port.isPresent() && port.getAsLong() <= PORT_MAX;
        return good ? Optional.of(new HostPort(host, (int) port.getAsLong())) : Optional.empty();
    }

    /** Whether a text is a name or an address, an IPv6 address in brackets. */
    public static boolean isHost(String text) {
        if (text.startsWith("[")) {
            return text.endsWith("]") && text.indexOf(':') > 0 && v6(text.substring(1, text.length() - 1));
        }
        return AsciiParsers.name(text, MARKS, HOST_MAX);
    }

    /** Whether a text is an IPv6 address; the interface of a link-local address may follow it. */
    private static boolean v6(String text) {
        int zone = text.indexOf('%');
        boolean known = zone < 0 || AsciiParsers.name(text.substring(zone + 1), MARKS, ZONE_MAX);
        return known && IpLiteral.parse(zone < 0 ? text : text.substring(0, zone)).isPresent();
    }

    /** The text that {@link #parse} accepts. */
    public String text() {
        return host + ":" + port;
    }
}
