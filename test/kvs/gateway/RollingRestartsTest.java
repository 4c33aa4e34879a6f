package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import kvs.server.ServerLimits;
import kvs.tls.TestCertificate;
import kvs.tls.TlsContexts;
import kvs.sim.Depth;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Restarts under load: a client that keeps its connections loses no request, with either engine. */
@Tag(Depth.DEEP)
class RollingRestartsTest {

    private static final int CLIENTS = 4;
    private static final int PARTS = 4;

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static void losesNothing(int times, RollingRestarts.EngineMaker engine, Optional<SSLContext> tls)
            throws IOException {
        RollingRestarts.Outcome outcome = new RollingRestarts(engine, tls).run(times, CLIENTS);
        System.out.println("restarts: " + times + ", requests: " + outcome.answered() + ", connections: "
                + outcome.reconnects() + ", lost: " + outcome.lost().size());
        assertEquals(List.of(), outcome.lost());
        assertTrue(outcome.answered() > times, "clients were busy");
        assertTrue(outcome.reconnects() >= times, "and their connections ended");
    }

    @Test
    void ourEngineLosesNoRequest() throws IOException {
        losesNothing(Depth.of(50, 1_000), dependencies -> own(Optional.empty(), dependencies),
                Optional.empty());
    }

    @Test
    void ourEngineLosesNoRequestOverTls() throws IOException {
        Optional<TlsContexts> tls = Optional.of(TestCertificate.FIRST.server());
        losesNothing(Depth.of(15, 300), dependencies -> own(tls, dependencies),
                Optional.of(TestCertificate.FIRST.client()));
    }

    private static NioEngine own(Optional<TlsContexts> tls, HttpFrontend.Dependencies dependencies)
            throws IOException {
        return new NioEngine(anyPort(), tls, 2, new ServerLimits(1_000, 1_000, client -> false,
                ServerLimits.HEAD_BYTES, ServerLimits.FIELDS, ServerLimits.Timeouts.DEFAULT), dependencies);
    }

    /** In parts, each within the time that a test may take. */
    @RepeatedTest(PARTS)
    void engineOfTheJdkLosesNoRequest() throws IOException {
        losesNothing(Depth.of(3, 25), dependencies -> new JdkEngine(anyPort(), Optional.empty(),
                dependencies, JdkEngine.STALL_MS), Optional.empty());
    }
}
