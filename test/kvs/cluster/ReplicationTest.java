package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.model.NodeMode;
import kvs.model.Version;
import kvs.sim.Seeds;
import kvs.tree.KeyRange;
import org.junit.jupiter.api.Test;

class ReplicationTest {

    private static final long MINUTE_MS = 60_000;
    /** In the first of these storms hours pass, in the other none; {@code make sim} runs more. */
    private static final int FIRST_SEED = 7;
    private static final int SEEDS = 2;

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
        cluster.nodes.forEach((id, node) -> assertEquals(json,
                node.up ? node.value(path) : json, "on " + id));
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
        cluster.nodes.values().forEach(one -> node("a").replication.lagMs(one.store.origin())
                .ifPresent(lag -> assertEquals(0, lag)));
    }

    /** It holds its comparison, and so all that comes from the member, for seconds only. */
    @Test
    void aFetchThatIsLostIsAskedAgain() {
        cluster.start(new Start("a"));
        write("a", "k", "1");
        cluster.run(1_000);
        cluster.network.loseNext("/sync/fetch");
        cluster.start(new Start("b", "a"));
        cluster.run(10_000);
        assertValue("k", "1");
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
        assertEquals(NodeMode.SYNCING, joiner.mode);
        for (int i = 0; i < 1_000 && joiner.mode == NodeMode.SYNCING; i++) {
            cluster.run(10);
        }
        assertEquals(NodeMode.NORMAL, joiner.mode);
        assertEquals(20_001,
                joiner.store.root().tree().count(new KeyRange(new byte[] {1}, Optional.empty())));
        assertTrue(cluster.equal());
    }

    @Test
    void aNodeThatReachesNobodyServesNothing() {
        Node alone = cluster.start(new Start("b", "a"));
        cluster.run(MINUTE_MS);
        assertEquals(NodeMode.SYNCING, alone.mode);
        cluster.start(new Start("a"));
        cluster.run(10_000);
        assertEquals(NodeMode.NORMAL, alone.mode, "and there is nothing to fetch");
    }

    @Test
    void nodesThatAllListEachOtherBegin() {
        cluster.start(new Start("a", "b", "c"));
        cluster.start(new Start("b", "a", "c"));
        cluster.start(new Start("c", "a", "b"));
        cluster.run(10_000);
        cluster.nodes.forEach((id, node) -> assertEquals(NodeMode.NORMAL, node.mode, id));
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
        cluster.pass(11 * MINUTE_MS);
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
        assertEquals(node("a").version("k").orElseThrow().timestamp(),
                node("b").version("k").orElseThrow().timestamp());
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
                || node("a").membership.problems().toString().contains("the clock of c"),
                node("a").membership.problems().toString());
    }

    @Test
    void tenDifferencesInManyKeysCostLittle() {
        cluster.start(new Start("a"));
        for (int i = 0; i < 20_000; i++) {
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
            write("a", "k" + i * 1_999, "2");
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
        System.out.println("10 differences in 20,000 keys: " + cluster.carried + " bytes, "
                + cluster.exchanges + " exchanges, greetings included");
        assertTrue(cluster.carried < 64 << 10, cluster.carried + " bytes");
    }

    /** Two nodes have it, one of them dies with its disk: it is on the other, each time. */
    @Test
    void whatHasTwoCopiesOutlivesItsNode() {
        for (int round = 0; round < 100; round++) {
            SimCluster storm = new SimCluster(round);
            storm.start(new Start("a"));
            storm.start(new Start("b", "a"));
            storm.start(new Start("c", "a", "b"));
            storm.run(4_000);
            storm.network.faults(10, 50);
            if (round % 3 == 0) {
                storm.cut("a", "b");
            }
            Node writer = storm.nodes.get("a");
            CompletableFuture<Integer> copies = writer.write("k", "1", 0)
                    .thenCompose(done -> writer.feed.copies(2, 60_000));
            for (int ms = 0; ms < 60_000 && !copies.isDone(); ms++) {
                storm.run(1);
            }
            assertEquals(2, copies.join(), "round " + round);
            storm.kill("a");
            assertTrue(storm.nodes.values().stream().anyMatch(node -> node.up && node.value("k").equals("1")),
                    "round " + round);
        }
    }

    @Test
    void copiesThatDoNotComeAreCounted() {
        three();
        cluster.cut("a", "b");
        cluster.cut("a", "c");
        cluster.run(100);
        CompletableFuture<Integer> copies = node("a").write("k", "1", 0)
                .thenCompose(done -> node("a").feed.copies(2, 5_000));
        cluster.run(5_100);
        assertEquals(1, copies.join());
        assertEquals("1", node("a").value("k"), "the write stands");
        cluster.mend("a", "b");
        CompletableFuture<Integer> later = node("a").feed.copies(2, 30_000).toCompletableFuture();
        cluster.run(15_000);
        assertEquals(2, later.join());
        assertEquals(2, node("a").feed.copies(3, 0).toCompletableFuture().join());
    }

    @Test
    void whateverHappensNothingAcknowledgedIsLostAndAllBecomeEqual() {
        long[] seeds = LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS).toArray();
        assertTrue(LongStream.of(seeds).anyMatch(Storm::ages));
        Storm.Sum sum = Seeds.sum(LongStream.of(seeds), seed -> new Storm(seed).run(), Storm.Sum::plus);
        System.out.println("storms of " + SEEDS + " seeds: " + sum);
        assertTrue(sum.acknowledged() > 100L * SEEDS, sum.toString());
    }

    /** A failing run can be repeated exactly; {@code make sim} repeats one in which hours pass. */
    @Test
    void aSeedIsARun() {
        assertEquals(new Storm(9).run(), new Storm(9).run());
    }
}
