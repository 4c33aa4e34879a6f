package kvs.http;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Whose word is taken for where a request comes from: {@code X-Forwarded-For} counts only behind {@code trusted_proxies}, read from the right
 * as far as each address is one of them. Immutable.
 */
public final class Proxies {

    /** Bits of an IPv6 address that name a client: providers give each customer a /64. */
    private static final int CLIENT_BYTES = 8;
    /** Other addresses of 127.0.0.0/8 are given to somebody apart on purpose. */
    private static final List<String> THIS_MACHINE = List.of("127.0.0.1", "0:0:0:0:0:0:0:1");
    private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})";
    private static final String LITERAL = BYTE + "(\\." + BYTE + "){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*";
    /** Some proxies name the port too: {@code 1.2.3.4:50000}, {@code [2001:db8::1]:50000}. */
    private static final String WITH_PORT = "(\\[.*\\]|[0-9.]+)(:[0-9]{1,5})?";

    private final List<Network> trusted = new ArrayList<>();

    /** Addresses with the same first bits. */
    private record Network(byte[] address, int bits) {

        boolean holds(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            int whole = bits / Byte.SIZE;
            int rest = bits % Byte.SIZE;
            return Arrays.equals(address, 0, whole, other, 0, whole)
                    && (rest == 0 || (address[whole] ^ other[whole]) >> Byte.SIZE - rest == 0);
        }
    }

    /**
     * Trust in these addresses and networks, such as {@code 10.0.0.1}, {@code fd00::/8}.
     *
     * @throws IllegalArgumentException for anything else
     */
    public Proxies(List<String> trusted) {
        for (String text : trusted) {
            int slash = text.indexOf('/');
            byte[] address = parse(slash < 0 ? text : text.substring(0, slash)).orElseThrow(() -> new IllegalArgumentException(text)).getAddress();
            int bits = slash < 0 ? Byte.SIZE * address.length : Integer.parseInt(text.substring(slash + 1));
            if (bits < 0 || bits > Byte.SIZE * address.length) {
                throw new IllegalArgumentException(text);
            }
            this.trusted.add(new Network(address, bits));
        }
    }

    /** Under which name a client's requests are counted: its IPv4 address, or the /64 of its IPv6 address. */
    String client(Request request) {
        InetAddress address = request.ends().remote().getAddress();
        if (!trusts(address)) {
            return name(address);
        }
        List<String> hops = new ArrayList<>(List.of(String.join(",", request.headers().all("X-Forwarded-For")).split(",")));
        while (trusts(address) && !hops.isEmpty()) {
            Optional<InetAddress> before = parse(bare(hops.remove(hops.size() - 1).strip()));
            if (before.isEmpty()) {
                break;
            }
            address = before.get();
        }
        return name(address);
    }

    /** Whether connections from there are not counted one by one: from this machine, or from a proxy, which has many clients. */
    public boolean exempt(InetAddress address) {
        return THIS_MACHINE.contains(address.getHostAddress()) || trusts(address);
    }

    private boolean trusts(InetAddress address) {
        return !trusted.isEmpty() && trusted.stream().anyMatch(network -> network.holds(address.getAddress()));
    }

    private static String name(InetAddress address) {
        if (address instanceof Inet4Address || address.isLoopbackAddress()) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        Arrays.fill(bytes, CLIENT_BYTES, bytes.length, (byte) 0);
        try {
            return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
        } catch (UnknownHostException e) {
            throw new AssertionError("sixteen bytes are an address", e);
        }
    }

    private static String bare(String hop) {
        return hop.matches(WITH_PORT) ? hop.replaceFirst("^\\[?([^\\]]*?)\\]?(:[0-9]{1,5})?$", "$1") : hop;
    }

    /** A literal; names are never looked up. */
    private static Optional<InetAddress> parse(String text) {
        try {
            return text.matches(LITERAL) ? Optional.of(InetAddress.getByName(text)) : Optional.empty();
        } catch (UnknownHostException no) {
            return Optional.empty();
        }
    }
}
