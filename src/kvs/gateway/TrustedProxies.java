package kvs.gateway;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import kvs.http.Request;
import kvs.model.AsciiParsers;
import kvs.model.IpLiteral;

/**
 * The proxies whose word counts for the address of a client: {@code X-Forwarded-For} is used only behind
 * {@code trusted_proxies}, read from the right as far as each address is one of them. Immutable.
 */
public final class TrustedProxies {

    /** Bytes of an IPv6 address that identify a client: providers give each customer a /64. */
    private static final int CLIENT_BYTES = 8;
    /** Addresses of this machine; others of 127.0.0.0/8 are assigned on purpose, to separate clients. */
    private static final List<String> THIS_MACHINE = List.of("127.0.0.1", "0:0:0:0:0:0:0:1");
    /** Maximum number of proxies in a row: no installation has more. */
    static final int HOPS_MAX = 32;
    private static final int PORT_DIGITS = 5;

    private final List<AddressBlock> trusted = new ArrayList<>();

    /** Addresses with the same first bits. */
    private record AddressBlock(byte[] address, int bits) {

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
     * @throws IllegalArgumentException for any other text
     */
    public TrustedProxies(List<String> trusted) {
        for (String text : trusted) {
            int slash = text.indexOf('/');
            byte[] address = IpLiteral.parse(slash < 0 ? text : text.substring(0, slash))
                    .orElseThrow(() -> new IllegalArgumentException(text)).getAddress();
            long whole = (long) Byte.SIZE * address.length;
            long bits = slash < 0 ? whole
                    : AsciiParsers.number(text.substring(slash + 1), 3).orElse(whole + 1);
            if (bits > whole) {
                throw new IllegalArgumentException(text);
            }
            this.trusted.add(new AddressBlock(address, (int) bits));
        }
    }

    /**
     * The name under which a client's requests are counted: its IPv4 address, or the /64 of its IPv6 address.
     */
    public String client(Request request) {
        InetAddress address = request.endpoints().remote().getAddress();
        if (!trusts(address)) {
            return name(address);
        }
        Hops hops = new Hops(request.headers().all("X-Forwarded-For"));
        for (int i = 0; i < HOPS_MAX && trusts(address); i++) {
            Optional<InetAddress> before = hops.before().flatMap(TrustedProxies::parse);
            if (before.isEmpty()) {
                break;
            }
            address = before.get();
        }
        return name(address);
    }

    /** The items of a list in several fields, from the last to the first. For one thread. */
    private static final class Hops {

        private final List<String> fields;
        private int field;
        private int end;

        Hops(List<String> fields) {
            this.fields = fields;
            this.field = fields.size() - 1;
            this.end = fields.isEmpty() ? 0 : fields.get(field).length();
        }

        /** The item before the last one taken; each character is read once. */
        Optional<String> before() {
            if (field < 0) {
                return Optional.empty();
            }
            String text = fields.get(field);
            int from = text.lastIndexOf(',', end - 1) + 1;
            String item = text.substring(from, end);
            end = from - 1;
            if (from == 0) {
                field--;
                end = field < 0 ? 0 : fields.get(field).length();
            }
            return Optional.of(item);
        }
    }

    /** Whether an address has no limit of connections: this machine, or a proxy, which has many clients. */
    public boolean exempt(InetAddress address) {
        return THIS_MACHINE.contains(address.getHostAddress()) || trusts(address);
    }

    private boolean trusts(InetAddress address) {
        return !trusted.isEmpty()
                && trusted.stream().anyMatch(network -> network.holds(address.getAddress()));
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

    /**
     * The address of a literal; some proxies add the port: {@code 1.2.3.4:50000},
     * {@code [2001:db8::1]:50000}.
     */
    private static Optional<InetAddress> parse(String item) {
        String hop = item.strip();
        boolean brackets = hop.startsWith("[");
        int end = brackets ? hop.indexOf(']') : hop.indexOf('.') < 0 ? hop.length()
                : hop.indexOf(':') < 0 ? hop.length() : hop.indexOf(':');
        if (end < 0) {
            return Optional.empty();
        }
        String port = hop.substring(brackets ? end + 1 : end);
        boolean whole = port.isEmpty()
                || port.startsWith(":") && AsciiParsers.number(port.substring(1), PORT_DIGITS).isPresent();
        return whole ? IpLiteral.parse(hop.substring(brackets ? 1 : 0, end)) : IpLiteral.parse(hop);
    }
}
