package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.cluster.SimCluster.Start;
import kvs.model.HealthProblem;
import kvs.model.HealthProblem.Kind;
import kvs.sim.HealthProblemCheck;
import org.junit.jupiter.api.Test;

/** Each problem that a node has with its cluster, both ways. */
class ClusterHealthTest {

    private static final long MINUTE_MS = 60_000;
    private static final long DAY_MS = 86_400_000;

    private final SimCluster cluster = new SimCluster(1);

    private void three() {
        cluster.start(new Start("a"));
        cluster.start(new Start("b", "a"));
        cluster.start(new Start("c", "a", "b"));
        cluster.run(5_000);
    }

    private HealthProblemCheck.Subject at(String id) {
        return new HealthProblemCheck.Subject(() -> {
            if (!cluster.nodes.containsKey(id)) {
                return List.of();
            }
            List<HealthProblem> problems = new ArrayList<>(cluster.nodes.get(id).membership.problems());
            problems.addAll(cluster.nodes.get(id).replication.problems());
            return problems;
        }, cluster::run);
    }

    @Test
    void silentMember() throws Exception {
        three();
        long began = cluster.clock.nanos();
        String detail = HealthProblemCheck.comesAndGoes(Kind.MEMBER_SILENT, at("a"), () -> cluster.kill("b"),
                () -> cluster.restart("b"));
        assertTrue(detail.matches("member b at b:1 has been silent for [345]s: no response.*"), detail);
        assertTrue(cluster.clock.nanos() - began < 20_000_000_000L);
        HealthProblemCheck.comesAndGoes(Kind.MEMBER_SILENT, at("a"), () -> cluster.kill("b"),
                () -> cluster.nodes.get("a").replication.remove("b"));
    }

    /** The lag of whoever is silent grows from its last word. */
    @Test
    void silentMemberLags() {
        three();
        var a = cluster.nodes.get("a");
        var b = cluster.nodes.get("b").store.origin();
        assertEquals(Optional.of(0L), a.replication.lagMs(b));
        cluster.kill("b");
        cluster.run(10_000);
        long lag = a.replication.lagMs(b).orElseThrow();
        assertTrue(lag > 8_000 && lag <= 11_000, lag + " ms");
        cluster.run(MINUTE_MS);
        assertEquals(lag + MINUTE_MS, a.replication.lagMs(b).orElseThrow());
        cluster.restart("b");
        cluster.run(5_000);
        assertEquals(Optional.of(0L), a.replication.lagMs(b));
    }

    @Test
    void silentSeed() throws Exception {
        HealthProblemCheck.comesAndGoes(Kind.SEED_SILENT, at("b"), () -> cluster.start(new Start("b", "z")),
                () -> cluster.start(new Start("z")));
        cluster.start(new Start("c", "z", "late"));
        cluster.run(3_000);
        String detail = HealthProblemCheck.comesAndGoes(Kind.SEED_SILENT, at("c"), () -> cluster.run(10_000),
                () -> cluster.start(new Start("late", "z")));
        assertTrue(detail.startsWith("seed late:1 has never responded for 1"), detail);
    }

    /** The input of C4: a fourth node with an id that another one has, stopped again. */
    @Test
    void takenId() throws Exception {
        three();
        HealthProblemCheck.comesAndGoes(Kind.ID_TAKEN, at("a"),
                () -> cluster.start(new Start("b", "a").at("other:1")), () -> cluster.kill("b"));
        HealthProblemCheck.comesAndGoes(Kind.ID_TAKEN, at("c"),
                () -> cluster.start(new Start("a", "c").at("third:1")), () -> cluster.kill("a"));
    }

    @Test
    void differingSecret() throws Exception {
        three();
        String detail = HealthProblemCheck.comesAndGoes(Kind.SECRET_DIFFERS, at("d"),
                () -> cluster.start(new Start("d", "a").secret("another secret of another cluster")),
                () -> cluster.kill("a"));
        assertTrue(detail.startsWith("peer a:1: it does not know our cluster secret or cluster_name:"
                + " give both nodes the same"), detail);
    }

    @Test
    void unfitPeer() throws Exception {
        three();
        cluster.start(new Start("d", "b"));
        cluster.run(5_000);
        HealthProblemCheck.comesAndGoes(Kind.PEER_UNFIT, at("d"),
                () -> cluster.nodes.get("b").membership.leave(), () -> cluster.kill("b"));
    }

    @Test
    void wrongClocks() throws Exception {
        cluster.start(new Start("a"));
        cluster.start(new Start("b", "a"));
        cluster.run(5_000);
        HealthProblemCheck.comesAndGoes(Kind.CLOCK_DIFFERS, at("a"),
                () -> cluster.start(new Start("c", "a", "b").ahead(2 * MINUTE_MS)), () -> cluster.kill("c"));
        HealthProblemCheck.comesAndGoes(Kind.CLOCK_WRONG, at("d"),
                () -> cluster.start(new Start("d", "a", "b").ahead(2 * MINUTE_MS)), () -> {
            cluster.kill("d");
            cluster.start(new Start("d", "a", "b"));
        });
    }

    @Test
    void olderMember() throws Exception {
        cluster.start(new Start("a"));
        cluster.start(new Start("b", "a"));
        cluster.run(30_000);
        cluster.kill("b");
        HealthProblemCheck.comesAndGoes(Kind.OLD_MEMBER, at("a"),
                () -> cluster.start(new Start("b", "a").first()), () -> {
            cluster.kill("b");
            cluster.start(new Start("b", "a"));
        });
    }

    @Test
    void fetchingNode() throws Exception {
        cluster.start(new Start("a"));
        cluster.nodes.get("a").write("k", "1", 0);
        cluster.run(1_000);
        cluster.cut("b", "a");
        HealthProblemCheck.comesAndGoes(Kind.SYNCING, at("b"), () -> cluster.start(new Start("b", "a")),
                () -> cluster.mend("b", "a"));
    }

    @Test
    void departedNode() throws Exception {
        three();
        HealthProblemCheck.comesAndGoes(Kind.LEFT, at("b"), () -> cluster.nodes.get("b").membership.leave(),
                () -> cluster.restart("b"));
    }

    @Test
    void versionsOfTheDayAfterTomorrow() throws Exception {
        cluster.start(new Start("a"));
        cluster.start(new Start("c", "a").ahead(2 * DAY_MS));
        cluster.run(5_000);
        cluster.cut("a", "c");
        cluster.nodes.get("c").write("k", "1", 0);
        cluster.run(1_000);
        cluster.restart("a");
        HealthProblemCheck.comesAndGoes(Kind.VERSIONS_WAIT, at("a"), () -> {
            cluster.mend("a", "c");
            cluster.run(10_000);
        }, () -> cluster.clock.advance(DAY_MS + MINUTE_MS));
    }

    @Test
    void purgesThatWait() throws Exception {
        three();
        HealthProblemCheck.comesAndGoes(Kind.PURGE_WAITS, at("a"), () -> {
            cluster.kill("c");
            cluster.run(5 * MINUTE_MS);
        }, () -> cluster.restart("c"));
    }
}
