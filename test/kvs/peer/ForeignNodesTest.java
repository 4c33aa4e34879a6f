package kvs.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import kvs.model.HealthProblem.Kind;
import kvs.sim.HealthProblemCheck;
import kvs.sim.SimClock;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

/** The nodes that have another secret, as an operator sees them. */
class ForeignNodesTest {

    private static final byte[] SECRET = "a secret of the cluster, 32 bytes".getBytes(
            StandardCharsets.US_ASCII);

    /** The other side, which is asked with a key that it does not know. */
    @Test
    void strangersAreNamedInABoundedWay() throws Exception {
        SimClock clock = new SimClock();
        ForeignNodes foreignNodes = new ForeignNodes(new Keyring(new ClusterSecretLoader.LoadedSecrets(
                List.of(SECRET), "/there/cluster.secret"), "kvs"), clock, Logger.none());
        HealthProblemCheck.Subject subject = new HealthProblemCheck.Subject(foreignNodes::problems,
                clock::advance);
        String detail = HealthProblemCheck.comesAndGoes(Kind.SECRET_DIFFERS, subject,
                () -> foreignNodes.record("10.0.0.7", "0123456789abcdef"), () -> { });
        assertTrue(detail.contains("10.0.0.7") && detail.contains("/there/cluster.secret")
                && detail.contains("0123456789abcdef"), detail);
        assertEquals(-1, detail.indexOf(new String(SECRET, StandardCharsets.US_ASCII)));
        for (int i = 0; i < 1_000; i++) {
            foreignNodes.record("10.0.1." + i, "0123456789abcdef");
        }
        assertEquals(ForeignNodes.MAX, foreignNodes.problems().size());
    }
}
