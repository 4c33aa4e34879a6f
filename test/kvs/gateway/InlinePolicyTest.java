package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import kvs.http.ConnectionAddresses;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.sim.SimClock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InlinePolicyTest {

    private final SimClock clock = new SimClock();
    private double diskReadBytes;
    private final InlinePolicy inlinePolicy = new InlinePolicy(clock, () -> diskReadBytes);

    private static RequestHead head(String method, String target, String length) {
        return new RequestHead(method, target, "HTTP/1.1",
                new RequestHeaders(Map.of("Content-Length", List.of(length))),
                RequestValidationTest.LOOPBACK);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /kv/a, 0, true", "HEAD, /kv/a/b, 0, true", "GET, /health/, 0, false",
        "GET, /kv/a%20b/%C3%BC, 0, true", "GET, /kv/a/metadata, 0, false", "GET, /kv/a/metadat%61, 0, false",
        "GET, /kv/%5Frange, 0, false", "GET, /kv/%5fchanges, 0, false", "DELETE, /kv/a%2F, 0, false",
        "PUT, /kv/a%2fb, 2, false", "GET, /kv/a%2e, 0, true", "PUT, /kv/metadata, 2, false",
        "GET, /kv/a/, 0, false", "GET, /kv/, 0, false", "GET, /kv/_changes, 0, false",
        "GET, /kv/a?watch=10s, 0, false", "GET, /kv/a?raw, 0, false", "GET, /health/live, 0, false",
        "GET, /metrics, 0, false", "GET, /sync/merkle/root, 0, false", "PUT, /kv/a, 16384, true",
        "PUT, /kv/a, 16385, false", "PUT, /kv/a, 99999999999999999999, true", "PUT, /kv/a, -1, true",
        "PUT, /kv/a/, 2, false", "PUT, /kv/a?ttl=1h, 2, false", "DELETE, /kv/a, 0, true",
        "DELETE, /kv/a, 1, false", "DELETE, /kv/a?force, 0, false", "DELETE, /kv/a/, 0, false",
        "POST, /kv/_batch, 2, false", "POST, /kv/a, 0, false", "OPTIONS, /kv/a, 0, false"})
    void whatIsShortByItsLooksRunsOnALoop(String method, String target, String length, boolean expected) {
        assertEquals(expected, InlinePolicy.small(head(method, target, length)));
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, X-Any, true", "10.0.0.1, Authorization, false", "10.0.0.1, X-Forwarded-For, true",
        "127.0.0.1, X-Any, false", "127.0.0.1, Authorization, false", "127.0.0.1, X-Forwarded-For, true",
        "10.0.0.2, X-Any, false", "10.0.0.2, Forwarded, true"})
    void healthRunsOnALoopForThoseWhoDoNotSeeItsDetails(String remote, String field, boolean expected)
            throws IOException {
        var endpoints = new ConnectionAddresses(new InetSocketAddress(InetAddress.getByName(remote), 50_000),
                new InetSocketAddress(InetAddress.getByName(
                        remote.startsWith("127") ? remote : "10.0.0.2"), 8_080));
        for (String method : List.of("GET", "HEAD")) {
            assertEquals(expected, InlinePolicy.small(new RequestHead(method, "/health", "HTTP/1.1",
                    RequestHeaders.of(field, "1"), endpoints)), method);
        }
    }

    /** The threshold below which nothing is noted must not hide what is slow now and then. */
    @Test
    void nothingRunsThereEitherWhenOneOfThreeIsSlow() {
        for (int i = 0; i < 600 && open(); i++) {
            take(i % 3 == 0 ? 5 : 0);
        }
        assertFalse(open());
    }

    /** A request that waits for the disk. */
    private void take(int ms) {
        inlinePolicy.run(() -> {
            clock.advance(ms);
            diskReadBytes += ms == 0 ? 0 : 4_096;
        });
    }

    /** A request whose thread is not scheduled in the middle of it. */
    private void isNotScheduled(int ms) {
        inlinePolicy.run(() -> clock.advance(ms));
    }

    private boolean open() {
        return inlinePolicy.allows(head("GET", "/kv/a", "0"));
    }

    @Test
    void aThreadThatWasNotScheduledOnceIsNoSlowDisk() {
        take(10);
        assertTrue(open());
        for (int i = 0; i < 1_000; i++) {
            take(i % 100 == 0 ? 10 : 0);
        }
        assertTrue(open());
    }

    @Test
    void aBusyMachineIsNoSlowDisk() {
        take(10);
        for (int i = 0; i < 1_000; i++) {
            isNotScheduled(i % 2 == 0 ? 64 : 0);
        }
        assertTrue(open());
        diskReadBytes = Double.NaN;
        for (int i = 0; i < 20 && open(); i++) {
            isNotScheduled(8);
        }
        assertFalse(open(), "where it is unknown whether the disk was read, time decides");
    }

    /** A machine that stood still for a while in the middle of a read of the disk. */
    @Test
    void oneLongPauseIsNoSlowDisk() {
        take(5_000);
        take(5_000);
        assertTrue(open());
    }

    @Test
    void nothingRunsOnALoopForASecondWhenTheDiskIsSlow() {
        for (int i = 0; i < 20 && open(); i++) {
            take(8);
        }
        assertFalse(open());
        clock.advance(999);
        assertFalse(open());
        clock.advance(1);
        assertTrue(open());
        take(1);
        assertTrue(open());
    }
}
