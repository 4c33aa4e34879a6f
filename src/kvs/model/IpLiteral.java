package kvs.model;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Parses IP addresses such as {@code 192.0.2.1} or {@code 2001:db8::1} (RFC 4291, section 2.2). Names are
 * never resolved, zones are refused, and a text longer than any address is not read. Pure functions.
 */
public final class IpLiteral {

    /** The length of {@code 0000:0000:0000:0000:0000:ffff:255.255.255.255}. */
    private static final int LENGTH_MAX = 45;
    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;

    private IpLiteral() { }

    /** The address; empty for any other text. */
    public static Optional<InetAddress> parse(String text) {
        if (text.length() > LENGTH_MAX) {
            return Optional.empty();
        }
        return (text.indexOf(':') < 0 ? v4(text) : v6(text)).map(IpLiteral::address);
    }

    /** The bytes of four numbers to 255 without leading zeros, which some programs read as octal. */
    private static Optional<byte[]> v4(String text) {
        byte[] bytes = new byte[V4_BYTES];
        int from = 0;
        for (int i = 0; i < V4_BYTES; i++) {
            int end = i == V4_BYTES - 1 ? text.length() : text.indexOf('.', from);
            String part = end < from ? "" : text.substring(from, end);
            OptionalLong number = AsciiParsers.number(part, 3);
            if (number.isEmpty() || number.getAsLong() > 255 || part.length() > 1 && part.charAt(0) == '0') {
                return Optional.empty();
            }
            bytes[i] = (byte) number.getAsLong();
            from = end + 1;
        }
        return Optional.of(bytes);
    }

    /** The groups before a double colon, and those behind it, which are moved to the end. */
    private static Optional<byte[]> v6(String text) {
        int gap = text.indexOf("::");
        Optional<byte[]> before = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        Optional<byte[]> behind = groups(gap < 0 ? "" : text.substring(gap + 2), true);
        if (before.isEmpty() || behind.isEmpty()) {
            return Optional.empty();
        }
        int count = before.get().length + behind.get().length;
        if (gap < 0 ? count != V6_BYTES : count > V6_BYTES - 2) {
            return Optional.empty();
        }
        byte[] bytes = Arrays.copyOf(before.get(), V6_BYTES);
        System.arraycopy(behind.get(), 0, bytes, V6_BYTES - behind.get().length, behind.get().length);
        return Optional.of(bytes);
    }

    /** Numbers of one to four hexadecimal digits separated by colons; an IPv4 address may end the address. */
    private static Optional<byte[]> groups(String text, boolean last) {
        byte[] bytes = new byte[V6_BYTES + 2];
        int count = 0;
        int from = 0;
        while (!text.isEmpty() && from <= text.length()) {
            int colon = text.indexOf(':', from);
            String group = text.substring(from, colon < 0 ? text.length() : colon);
            boolean dotted = last && colon < 0 && group.indexOf('.') >= 0;
            Optional<byte[]> read = dotted ? v4(group) : group(group);
            if (read.isEmpty() || count + read.get().length > V6_BYTES) {
                return Optional.empty();
            }
            System.arraycopy(read.get(), 0, bytes, count, read.get().length);
            count += read.get().length;
            from = colon < 0 ? text.length() + 1 : colon + 1;
        }
        return Optional.of(Arrays.copyOf(bytes, count));
    }

    private static Optional<byte[]> group(String text) {
        if (text.isEmpty() || text.length() > 4) {
            return Optional.empty();
        }
        int number = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) > 'f' ? -1 : Character.digit(text.charAt(i), 16);
            if (digit < 0) {
                return Optional.empty();
            }
            number = number << 4 | digit;
        }
        return Optional.of(new byte[] {(byte) (number >> 8), (byte) number});
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError(bytes.length + " bytes are not an address", e);
        }
    }
}
