package kvs.server;

import static kvs.server.ConnectionLimiter.Verdict.FULL;
import static kvs.server.ConnectionLimiter.Verdict.TOO_MANY_OF_ONE;
import static kvs.server.ConnectionLimiter.Verdict.WELCOME;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

/** The admission of connections: no connection is forgotten or counted twice. */
class ConnectionLimiterTest {

    private static final String EXEMPT = "2001:db8:0:1::9";

    private final ConnectionLimiter admission = new ConnectionLimiter(new ServerLimits(6, 2,
            client -> client.getHostAddress().endsWith(":9"), 1, 1, TestServer.PATIENT));

    private ConnectionLimiter.Verdict enter(String address) throws UnknownHostException {
        return admission.enter(InetAddress.getByName(address));
    }

    private void leave(String address) throws UnknownHostException {
        admission.leave(InetAddress.getByName(address));
    }

    @Test
    void countsEachAddress() throws UnknownHostException {
        assertEquals(WELCOME, enter("10.0.0.1"));
        assertEquals(WELCOME, enter("10.0.0.1"));
        assertEquals(TOO_MANY_OF_ONE, enter("10.0.0.1"));
        assertEquals(WELCOME, enter("10.0.0.2"));
        assertEquals(3, admission.count());
        leave("10.0.0.1");
        assertEquals(WELCOME, enter("10.0.0.1"));
        assertEquals(TOO_MANY_OF_ONE, enter("10.0.0.1"));
        assertEquals(3, admission.count());
    }

    @Test
    void countsANetworkOfACustomerAsOne() throws UnknownHostException {
        assertEquals(WELCOME, enter("2001:db8:0:1::1"));
        assertEquals(WELCOME, enter("2001:db8:0:1:ffff::2"));
        assertEquals(TOO_MANY_OF_ONE, enter("2001:db8:0:1::3"));
        assertEquals(WELCOME, enter("2001:db8:0:2::1"));
        leave("2001:db8:0:1:ffff::2");
        assertEquals(WELCOME, enter("2001:db8:0:1::3"));
    }

    @Test
    void doesNotCountWhoIsExemptComingOrGoing() throws UnknownHostException {
        for (int i = 0; i < 4; i++) {
            assertEquals(WELCOME, enter(EXEMPT));
        }
        assertEquals(WELCOME, enter("2001:db8:0:1::1"));
        assertEquals(WELCOME, enter("2001:db8:0:1::1"));
        leave(EXEMPT);
        leave(EXEMPT);
        assertEquals(TOO_MANY_OF_ONE, enter("2001:db8:0:1::1"),
                "an exempt neighbour gave back a place that was not its own");
        assertEquals(4, admission.count());
    }

    @Test
    void isFullBeforeItCountsAddresses() throws UnknownHostException {
        for (int i = 1; i <= 6; i++) {
            assertEquals(WELCOME, enter("10.0.0." + i));
        }
        assertEquals(FULL, enter("10.0.0.1"));
        assertEquals(FULL, enter(EXEMPT));
        assertEquals(6, admission.count());
        leave("10.0.0.1");
        assertEquals(WELCOME, enter("10.0.0.2"));
        assertEquals(TOO_MANY_OF_ONE, admitAfterOneLeft());
    }

    private ConnectionLimiter.Verdict admitAfterOneLeft() throws UnknownHostException {
        leave("10.0.0.6");
        return enter("10.0.0.2");
    }

    @Test
    void countsWhoIsTurnedAway() {
        admission.turnAway();
        admission.turnAway();
        assertEquals(2, admission.refused());
        assertEquals(0, admission.count());
    }
}
