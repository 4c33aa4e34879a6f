package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import kvs.cluster.SimCluster.Start;
import kvs.model.HealthProblem;
import kvs.sim.HealthProblemCheck;
import org.junit.jupiter.api.Test;

/** A member whose certificate is refused says itself that it is there; that alone does not make it alive. */
class PeerCertificateTest {

    @Test
    void namesAPeerWhoseCertificateIsRefused() throws Exception {
        SimCluster cluster = new SimCluster(3);
        var a = cluster.start(new Start("a", "b"));
        var b = cluster.start(new Start("b", "a"));
        cluster.run(5_000);
        assertEquals("a alive, b alive", a.seen());
        String said = HealthProblemCheck.comesAndGoes(HealthProblem.Kind.PEER_CERTIFICATE,
                new HealthProblemCheck.Subject(a.membership::problems, cluster::run),
                () -> cluster.network.distrust("a:1", "b:1"), () -> {
                    assertEquals("a alive, b suspect", a.seen());
                    cluster.run(60_000);
                    assertEquals("a alive, b suspect", a.seen(), "however often it says that it is there");
                    assertEquals("a alive, b alive", b.seen());
                    cluster.network.trust("a:1", "b:1");
                });
        assertTrue(said.contains("peer b:1: its certificate was refused, it has expired"), said);
        cluster.run(5_000);
        assertEquals("a alive, b alive", a.seen());
    }
}
