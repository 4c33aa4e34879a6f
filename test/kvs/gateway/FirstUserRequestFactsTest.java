package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kvs.auth.FirstUserSetup;
import kvs.http.ConnectionAddresses;
import kvs.http.Request;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.RequestTimer;
import kvs.world.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstUserRequestFactsTest {

    private static final FirstUserSetup.NodeFacts FRESH = new FirstUserSetup.NodeFacts(true, true, 0);
    private static final String JSON = "application/json";

    private static RequestTimer stay() {
        return new RequestTimer("GET", "id", Clock.REAL);
    }

    private static FirstUserSetup.RequestFacts visit(String remote, String local, boolean own,
            Map<String, List<String>> headers) throws Exception {
        ConnectionAddresses endpoints = new ConnectionAddresses(
                new InetSocketAddress(InetAddress.getByName(remote), 50_000),
                new InetSocketAddress(InetAddress.getByName(local), 80));
        return FirstUserRequestFacts.of(Request.of(new RequestHead("POST", "/auth/users", "HTTP/1.1",
                new RequestHeaders(headers), endpoints), stay()), asked -> own);
    }

    private static Map<String, List<String>> headers(String... more) {
        Map<String, List<String>> headers = new LinkedHashMap<>(Map.of("Host", List.of("localhost:8080"),
                "Content-Type", List.of(JSON)));
        for (int i = 0; i < more.length; i += 2) {
            headers.put(more[i], List.of(more[i + 1]));
        }
        return headers;
    }

    private static boolean admitted(String... more) throws Exception {
        return FirstUserSetup.admits(FRESH, visit("127.0.0.1", "127.0.0.1", true, headers(more)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:8080", "127.1.2.3:1",
        "[::1]", "[::1]:8080"})
    void thisMachineByItsOwnNamesIsAdmitted(String host) throws Exception {
        assertTrue(admitted("Host", host));
        assertTrue(admitted("Host", host, "Content-Type", "application/json; charset=utf-8",
                "User-Agent", "curl/8", "Accept", "*/*"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "node-1", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example",
        "xlocalhost", "10.0.0.1", "0.0.0.0",
        "localhost:", "localhost:80:80", "[::2]", "::1", "localhost@evil.example", "localhost:123456"})
    void anotherNameIsNot(String host) throws Exception {
        assertFalse(admitted("Host", host), host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Origin", "Referer", "Cookie", "Sec-Fetch-Site", "Sec-Fetch-Mode",
        "sec-fetch-dest", "Forwarded", "X-Forwarded-For",
        "X-Forwarded-Proto", "x-forwarded-anything", "X-Real-IP", "Via"})
    void whatABrowserOrAProxyAddsIsNot(String field) throws Exception {
        assertFalse(admitted(field, "http://localhost:8080"));
        assertFalse(admitted(field, ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "",
        "application/jsonp", "text/json", "text/plain; application/json", "application/octet-stream"})
    void whatAFormCanSendIsNot(String type) throws Exception {
        assertFalse(admitted("Content-Type", type));
    }

    @Test
    void theTypeIsSaidExactlyOnce() throws Exception {
        Map<String, List<String>> none = headers();
        none.remove("Content-Type");
        assertFalse(visit("127.0.0.1", "127.0.0.1", true, none).json());
        none.put("Content-Type", List.of(JSON, JSON));
        assertFalse(visit("127.0.0.1", "127.0.0.1", true, none).json());
    }

    @Test
    void bothEndsAreOnLoopbackAndTheSocketIsOurs() throws Exception {
        assertTrue(FirstUserSetup.admits(FRESH, visit("::1", "::1", true, headers())));
        for (String[] ends : new String[][] {{"10.0.0.1", "127.0.0.1"}, {"127.0.0.1", "10.0.0.1"},
                {"10.0.0.1", "10.0.0.1"}, {"fe80::1", "::1"}}) {
            assertFalse(FirstUserSetup.admits(FRESH, visit(ends[0], ends[1], true, headers())),
                    String.join(" ", ends));
        }
        assertFalse(FirstUserSetup.admits(FRESH, visit("127.0.0.1", "127.0.0.1", false, headers())));
    }

    /** The table of sockets is only read for those who could be first at all. */
    @Test
    void strangersAreNotLookedUp() throws Exception {
        ConnectionAddresses far = new ConnectionAddresses(
                new InetSocketAddress(InetAddress.getByName("10.0.0.1"), 1),
                new InetSocketAddress(InetAddress.getByName("10.0.0.2"), 2));
        Request request = Request.of(new RequestHead("POST", "/auth/users", "HTTP/1.1",
                new RequestHeaders(headers()), far), stay());
        assertEquals(false, FirstUserRequestFacts.of(request, endpoints -> {
            throw new AssertionError("asked");
        }).own());
    }
}
