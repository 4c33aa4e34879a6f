package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import kvs.server.ServerLimits;
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

    private static void losesNothing(int times, RollingRestarts.EngineMaker engine) throws IOException {
        RollingRestarts.Outcome outcome = new RollingRestarts(engine).run(times, CLIENTS);
        System.out.println("restarts: " + times + ", requests: " + outcome.answered() + ", connections: "
                + outcome.reconnects() + ", lost: " + outcome.lost().size());
        assertEquals(List.of(), outcome.lost());
        assertTrue(outcome.answered() > times, "clients were busy");
        assertTrue(outcome.reconnects() >= times, "and their connections ended");
    }

    @Test
    void ourEngineLosesNoRequest() throws IOException {
        losesNothing(Depth.of(50, 1_000), dependencies -> new NioEngine(anyPort(), Optional.empty(),
                new ServerLimits(1_000, 1_000, client -> false, ServerLimits.HEAD_BYTES, ServerLimits.FIELDS,
                        ServerLimits.Timeouts.DEFAULT), dependencies));
    }

    /** In parts, each within the time that a test may take. */
    @RepeatedTest(PARTS)
    void engineOfTheJdkLosesNoRequest() throws IOException {
        losesNothing(Depth.of(3, 25), dependencies -> new JdkEngine(anyPort(), Optional.empty(),
                dependencies, JdkEngine.STALL_MS));
    }
}
