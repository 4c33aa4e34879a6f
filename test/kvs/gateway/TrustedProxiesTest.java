package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import kvs.http.ConnectionAddresses;
import kvs.http.Request;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.RequestTimer;
import kvs.world.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    private static RequestTimer stay() {
        return new RequestTimer("GET", "id", Clock.REAL);
    }

    private static String client(List<String> trusted, String from, String... forwarded) throws Exception {
        ConnectionAddresses endpoints = new ConnectionAddresses(
                new InetSocketAddress(InetAddress.getByName(from), 50_000),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 80));
        Map<String, List<String>> headers = Map.of("Host", List.of("localhost"),
                "X-Forwarded-For", List.of(forwarded));
        return new TrustedProxies(trusted).client(Request.of(
                new RequestHead("GET", "/", "HTTP/1.1", new RequestHeaders(headers), endpoints), stay()));
    }

    /** Trusted: 10.0.0.0/8, 192.168.1.7 and fd00::/8. */
    @ParameterizedTest
    @CsvSource(delimiter = ';', nullValues = "none", value = {
        "203.0.113.9; 198.51.100.1; 203.0.113.9",
        "10.1.2.3; 198.51.100.1; 198.51.100.1",
        "10.1.2.3; 198.51.100.1, 10.9.9.9; 198.51.100.1",
        "10.1.2.3; 1.1.1.1, 198.51.100.1; 198.51.100.1",
        "10.1.2.3; 198.51.100.1:50000; 198.51.100.1",
        "10.1.2.3; [2001:db8:1:2::1]:50000; 2001:db8:1:2:0:0:0:0/64",
        "10.1.2.3; 1.2.3.999; 10.1.2.3",
        "10.1.2.3; ; 10.1.2.3",
        "10.1.2.3; unknown; 10.1.2.3",
        "10.1.2.3; 198.51.100.1, host.example; 10.1.2.3",
        "10.1.2.3; 10.0.0.1, 10.0.0.2; 10.0.0.1",
        "192.168.1.7; 198.51.100.1; 198.51.100.1",
        "192.168.1.8; 198.51.100.1; 192.168.1.8",
        "fd00::1; 198.51.100.1; 198.51.100.1",
        "fe00::1; 198.51.100.1; fe00:0:0:0:0:0:0:0/64",
        "10.1.2.3; 2001:db8:1:2:3:4:5:6; 2001:db8:1:2:0:0:0:0/64",
        "::1; 198.51.100.1; 0:0:0:0:0:0:0:1",
        "127.0.0.1; 198.51.100.1; 127.0.0.1"})
    void theLastAddressThatNoTrustedProxyHasIsTheClient(String from, String forwarded, String client)
            throws Exception {
        assertEquals(client, client(List.of("10.0.0.0/8", "192.168.1.7", "fd00::/8"), from,
                forwarded == null ? "" : forwarded));
    }

    /** Of one address many connections may come: from this machine, and from proxies. */
    @ParameterizedTest
    @CsvSource({"127.0.0.1, true", "::1, true", "127.0.0.2, false", "10.1.2.3, true", "fd00::7, true",
        "11.0.0.1, false", "fe80::1, false"})
    void connectionsOfThisMachineAndOfProxiesAreNotCounted(String address, boolean exempt) throws Exception {
        assertEquals(exempt,
                new TrustedProxies(List.of("10.0.0.0/8", "fd00::/8")).exempt(InetAddress.getByName(address)));
    }

    @Test
    void severalFieldsAreOneList() throws Exception {
        assertEquals("198.51.100.1",
                client(List.of("10.0.0.0/8"), "10.0.0.1", "1.1.1.1, 198.51.100.1", "10.0.0.2"));
    }

    /**
     * 30 KB of one character cost as much as reading them once; a pattern that backtracks took seconds for
     * 1,600 colons.
     */
    @ParameterizedTest
    @ValueSource(strings = {":", "1", ".", ",", "[", "]", "x", "1.", "1:", "::", "[:", ":]", "10.0.0.1,",
        "10.0.0.1:", "]:1", " ", "%", "0"})
    void hostileListsCostNoMoreThanTheirLength(String part) throws Exception {
        String text = part.repeat(30_000 / part.length());
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadCpuTime();
        for (String forwarded : List.of(text, text + "x", "x" + text, text + ", 10.0.0.2")) {
            client(List.of("10.0.0.0/8", "fd00::/8"), "10.1.2.3", forwarded);
        }
        long millis = (threads.getCurrentThreadCpuTime() - before) / 1_000_000;
        assertTrue(millis < 500, millis + " ms of processor time for four lists of " + part);
    }

    @Test
    void looksBehindSoManyProxiesOnly() throws Exception {
        String hops = "198.51.100.1, " + "10.0.0.2, ".repeat(TrustedProxies.HOPS_MAX - 2) + "10.0.0.3";
        assertEquals("198.51.100.1", client(List.of("10.0.0.0/8"), "10.0.0.1", hops));
        assertEquals("10.0.0.2", client(List.of("10.0.0.0/8"), "10.0.0.1", hops + ", 10.0.0.4"));
    }

    @Test
    void netsMayEndWithinAByte() throws Exception {
        assertEquals("1.1.1.1", client(List.of("172.16.0.0/12"), "172.31.255.255", "1.1.1.1"));
        assertEquals("172.32.0.0", client(List.of("172.16.0.0/12"), "172.32.0.0", "1.1.1.1"));
        assertEquals("1.1.1.1", client(List.of("0.0.0.0/0"), "203.0.113.9", "1.1.1.1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host.example", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/x", "::1/129",
        "1.2.3.4.5", "300.1.1.1"})
    void anythingElseIsRefused(String text) {
        assertThrows(IllegalArgumentException.class, () -> new TrustedProxies(List.of(text)));
    }
}
