package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.model.Mode;
import kvs.model.Version;
import kvs.tree.Range;
import org.junit.jupiter.api.Test;

class ReplicationTest {

    private static final long MINUTE_MS = 60_000;
    private static final int SEEDS = 60;
    private static final long EQUAL_MS_MAX = 90_000;

    private final SimCluster cluster = new SimCluster(1);

    private void three() {
        cluster.start(new Start("a"));
        cluster.run(10);
        cluster.start(new Start("b", "a"));
        cluster.run(10);
        cluster.start(new Start("c", "a", "b"));
        cluster.run(5_000);
    }

    private Node node(String id) {
        return cluster.nodes.get(id);
    }

    private void write(String id, String path, String json) {
        node(id).write(path, json, 0);
    }

    private void assertValue(String path, String json) {
        cluster.nodes.forEach((id, node) -> assertEquals(json, node.up ? node.value(path) : json, "on " + id));
    }

    @Test
    void aWriteIsEverywhereInMilliseconds() {
        three();
        write("b", "k", "1");
        cluster.run(100);
        assertValue("k", "1");
        write("c", "k", "2");
        cluster.run(100);
        assertValue("k", "2");
        write("a", "k", "");
        cluster.run(100);
        assertValue("k", "");
        assertTrue(cluster.equal());
        cluster.nodes.values().forEach(one -> node("a").replication.lagMs(one.store.origin()).ifPresent(lag -> assertEquals(0, lag)));
    }

    @Test
    void aNewNodeFetchesEverythingBeforeItServes() {
        cluster.start(new Start("a"));
        for (int i = 0; i < 20_000; i++) {
            write("a", "k" + i, Integer.toString(i));
            if (i % 1_000 == 0) {
                cluster.run(10);
            }
        }
        write("a", "large", "\"" + "x".repeat(3 << 20) + "\"");
        cluster.run(100);
        Node joiner = cluster.start(new Start("b", "a"));
        assertEquals(Mode.SYNCING, joiner.mode);
        for (int i = 0; i < 1_000 && joiner.mode == Mode.SYNCING; i++) {
            cluster.run(10);
        }
        assertEquals(Mode.NORMAL, joiner.mode);
        assertEquals(20_001, joiner.store.root().tree().count(new Range(new byte[] {1}, Optional.empty())));
        assertTrue(cluster.equal());
    }

    @Test
    void aNodeThatReachesNobodyServesNothing() {
        Node alone = cluster.start(new Start("b", "a"));
        cluster.run(MINUTE_MS);
        assertEquals(Mode.SYNCING, alone.mode);
        cluster.start(new Start("a"));
        cluster.run(10_000);
        assertEquals(Mode.NORMAL, alone.mode, "and there is nothing to fetch");
    }

    @Test
    void nodesThatAllListEachOtherBegin() {
        cluster.start(new Start("a", "b", "c"));
        cluster.start(new Start("b", "a", "c"));
        cluster.start(new Start("c", "a", "b"));
        cluster.run(10_000);
        cluster.nodes.forEach((id, node) -> assertEquals(Mode.NORMAL, node.mode, id));
    }

    @Test
    void aCutLinkHealsThroughAThirdNode() {
        three();
        cluster.cut("a", "c");
        write("a", "k", "1");
        cluster.run(5_000);
        assertValue("k", "1");
    }

    @Test
    void thePartsOfAPartitionMeetAgain() {
        three();
        cluster.cut("a", "b");
        cluster.cut("a", "c");
        for (int i = 0; i < 50; i++) {
            write("a", "a" + i, "1");
            write("b", "b" + i, "2");
            write(i % 2 == 0 ? "a" : "b", "both", Integer.toString(i));
            cluster.run(100);
        }
        assertFalse(cluster.equal());
        cluster.run(11 * MINUTE_MS);
        cluster.mend("a", "b");
        cluster.mend("a", "c");
        cluster.run(15_000);
        assertTrue(cluster.equal());
        assertValue("a49", "1");
        assertValue("b49", "2");
        assertValue("both", "49");
    }

    /** Equal timestamps: the version of the directory that is older wins everywhere. */
    @Test
    void aTieIsDecidedAlikeEverywhere() {
        three();
        cluster.cut("a", "b");
        cluster.cut("a", "c");
        cluster.run(1_000);
        write("b", "k", "\"b\"");
        write("a", "k", "\"a\"");
        cluster.run(1);
        assertEquals(node("a").version("k").orElseThrow().timestamp(), node("b").version("k").orElseThrow().timestamp());
        cluster.mend("a", "b");
        cluster.mend("a", "c");
        cluster.run(10_000);
        assertValue("k", "\"a\"");
        assertTrue(cluster.equal());
    }

    @Test
    void aRestartCatchesUp() {
        three();
        cluster.kill("b");
        write("a", "k", "1");
        cluster.run(10_000);
        cluster.restart("b");
        cluster.run(5_000);
        assertValue("k", "1");
        assertTrue(cluster.equal());
    }

    /** What is on no other node any more is brought back to a node whose disk was lost. */
    @Test
    void anEmptyDiskIsFilledAgain() {
        three();
        write("b", "k", "1");
        cluster.run(1_000);
        cluster.kill("b");
        cluster.run(5_000);
        cluster.start(new Start("b", "a").at("elsewhere:1"));
        cluster.run(10_000);
        assertValue("k", "1");
        assertTrue(cluster.equal());
    }

    @Test
    void aVersionFromTheFutureWaits() {
        cluster.start(new Start("a"));
        cluster.start(new Start("b", "a"));
        cluster.start(new Start("c", "a").ahead(2 * 86_400_000L));
        cluster.run(5_000);
        write("c", "k", "1");
        write("c", "l", "1");
        write("a", "m", "1");
        cluster.run(20_000);
        assertEquals("", node("a").value("k"));
        assertEquals("1", node("c").value("m"));
        assertTrue(node("a").replication.problems().toString().contains("from the future")
                || node("a").membership.problems().toString().contains("the clock of c"), node("a").membership.problems().toString());
    }

    @Test
    void tenDifferencesInManyKeysCostLittle() {
        cluster.start(new Start("a"));
        for (int i = 0; i < 50_000; i++) {
            write("a", "k" + i, "1");
            if (i % 1_000 == 0) {
                cluster.run(5);
            }
        }
        cluster.start(new Start("b", "a"));
        cluster.run(60_000);
        assertTrue(cluster.equal());
        cluster.cut("a", "b");
        cluster.run(1_000);
        for (int i = 0; i < 10; i++) {
            write("a", "k" + i * 4_999, "2");
        }
        cluster.run(700_000);
        cluster.restart("a");
        cluster.mend("a", "b");
        cluster.carried = 0;
        cluster.exchanges = 0;
        for (int i = 0; i < 10_000 && !cluster.equal(); i++) {
            cluster.run(1);
        }
        assertTrue(cluster.equal());
        System.out.println("10 differences in 50,000 keys: " + cluster.carried + " bytes, " + cluster.exchanges + " exchanges, greetings included");
        assertTrue(cluster.carried < 64 << 10, cluster.carried + " bytes");
    }

    @Test
    void whateverHappensNothingAcknowledgedIsLostAndAllBecomeEqual() {
        int writes = 0;
        int restarts = 0;
        long slowestMs = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Storm storm = new Storm(seed);
            storm.rage();
            storm.settle();
            writes += storm.acknowledged.size();
            restarts += storm.restarts;
            slowestMs = Math.max(slowestMs, storm.quietMs);
        }
        System.out.println("storms " + SEEDS + ", " + writes + " writes acknowledged, " + restarts + " power cuts, 0 lost, equal again "
                + slowestMs + " ms after the faults at the latest");
    }

    /** Random writes and faults, then quiet. */
    private static final class Storm {

        private final SimCluster cluster;
        private final int seed;
        private final List<String> ids = new ArrayList<>();
        private final List<Version> acknowledged = new ArrayList<>();
        private final Map<String, String> cuts = new LinkedHashMap<>();
        private int restarts;
        private long quietMs;

        Storm(int seed) {
            this.seed = seed;
            cluster = new SimCluster(seed);
            int count = 3 + cluster.dice.below(3);
            for (int i = 0; i < count; i++) {
                String id = Character.toString('a' + i);
                ids.add(id);
                cluster.start(i == 0 ? new Start(id) : new Start(id, "a", Character.toString('a' + i - 1)).ahead(cluster.dice.below(4_000) - 2_000));
            }
            cluster.run(6_000);
        }

        void rage() {
            cluster.network.faults(5, 40);
            for (int step = 0; step < 300; step++) {
                String id = ids.get(cluster.dice.below(ids.size()));
                switch (cluster.dice.below(20)) {
                    case 0 -> restart(id);
                    case 1 -> cut(id, ids.get(cluster.dice.below(ids.size())));
                    case 2 -> mend();
                    default -> write(cluster.nodes.get(id));
                }
                cluster.run(cluster.dice.below(200));
            }
        }

        private void write(Node node) {
            if (node.up && node.mode == Mode.NORMAL) {
                String path = "k" + cluster.dice.below(12);
                String json = cluster.dice.chance(20) ? "" : "\"" + node.start.id() + cluster.dice.below(1_000_000) + "\"";
                node.write(path, json, cluster.dice.chance(10) ? 2_000 : 0).thenAccept(acknowledged::add);
            }
        }

        private void restart(String id) {
            restarts++;
            cluster.restart(id);
        }

        private void cut(String one, String other) {
            if (!one.equals(other)) {
                cluster.cut(one, other);
                cuts.put(one, other);
            }
        }

        private void mend() {
            cuts.forEach(cluster::mend);
            cuts.clear();
        }

        void settle() {
            for (String one : ids) {
                ids.forEach(other -> cluster.mend(one, other));
            }
            cluster.network.faults(0, 5);
            while (!cluster.equal() && quietMs < EQUAL_MS_MAX) {
                cluster.run(100);
                quietMs += 100;
            }
            assertTrue(cluster.equal(), "seed " + seed + ": the roots differ");
            for (Version version : acknowledged) {
                for (Node node : cluster.nodes.values()) {
                    Version now = node.version(version.key().text()).orElseThrow(() -> new AssertionError("seed " + seed + " lost " + version.key()));
                    assertTrue(now.rank().compareTo(version.rank()) >= 0, "seed " + seed + ": " + version.key().text() + " went back on "
                            + node.start.id());
                }
            }
            String before = cluster.nodes.get("a").root();
            cluster.run(130_000);
            assertEquals(before, cluster.nodes.get("a").root(), "seed " + seed + ": something still moves");
            cluster.nodes.forEach((id, node) -> assertEquals(Mode.NORMAL, node.mode, "seed " + seed + " " + id));
        }
    }
}
