package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.model.Dot;
import kvs.model.HealthProblem;
import kvs.model.NodeMode;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.sim.HealthProblemCheck;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;

/** Stories of three nodes in virtual time: the coverage that nodes know, claim, lose and regain. */
class CoverageTrackerTest {

    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;

    private final SimCluster cluster = new SimCluster(1);

    private void three() {
        cluster.start(new Start("a", "b", "c"));
        cluster.start(new Start("b", "a", "c"));
        cluster.start(new Start("c", "a", "b"));
        cluster.run(10_000);
    }

    private Node node(String id) {
        return cluster.nodes.get(id);
    }

    private Version write(String id, String path, String json, long ttlMs) {
        var done = node(id).write(path, json, ttlMs);
        cluster.run(100);
        return done.join();
    }

    private void slow() {
        cluster.idleMs = 50;
        cluster.heartbeatMs = 5_000;
    }

    @Test
    void whatArrivesIsCoveredInTheSameMoment() {
        three();
        Dot dot = write("a", "k", "1", 0).dot();
        for (Node each : cluster.nodes.values()) {
            assertTrue(each.store.durable().covers(dot), each.start.id());
            assertTrue(each.coverageTracker.reported().covers(dot), each.start.id());
        }
    }

    /** A cursor survives a restart: the feed fetches the versions written meanwhile, nothing is compared. */
    @Test
    void aRestartGoesOnWhereItWas() {
        three();
        write("a", "k", "1", 0);
        cluster.kill("b");
        write("a", "k", "2", 0);
        cluster.carried = 0;
        cluster.restart("b");
        cluster.run(4_000);
        assertEquals("2", node("b").value("k"));
        assertTrue(node("b").coverageTracker.whole());
    }

    /** Short lives: an hour after their death keys are gone from all nodes, and from the digests. */
    @Test
    void whatDiedIsGoneEverywhereAnHourLater() {
        slow();
        three();
        for (int i = 0; i < 200; i++) {
            write(List.of("a", "b", "c").get(i % 3), "k" + i, "1", 1_000);
        }
        write("a", "lasting", "1", 0);
        cluster.pass(30 * MINUTE_MS);
        assertEquals(201, node("a").store.root().tree().summary().count());
        cluster.pass(45 * MINUTE_MS);
        cluster.nodes.forEach((id, each) -> assertEquals(1, each.store.root().tree().summary().count(), id));
        assertTrue(cluster.equal());
    }

    /**
     * While a member is away nothing that it lacks is purged; when it returns no deleted key comes to life
     * again.
     */
    @Test
    void purgesWaitForWhoIsAway() {
        slow();
        three();
        write("a", "session", "1", 20 * MINUTE_MS);
        write("a", "other", "1", 1_000);
        cluster.run(20_000);
        cluster.cut("a", "c");
        cluster.cut("b", "c");
        cluster.run(MINUTE_MS);
        write("a", "session", "", 0);
        cluster.pass(3 * HOUR_MS);
        assertEquals(1, node("a").store.root().tree().summary().count(),
                "what all have is gone, what c lacks is not");
        assertTrue(node("a").version("session").orElseThrow().deleted());
        assertTrue(node("a").replication.problems().toString().contains("until c returns"),
                node("a").replication.problems().toString());
        cluster.mend("a", "c");
        cluster.mend("b", "c");
        cluster.run(MINUTE_MS);
        assertTrue(node("c").version("session").orElseThrow().deleted());
        cluster.pass(20 * MINUTE_MS);
        cluster.nodes.forEach((id, each) -> assertEquals(0, each.store.root().tree().summary().count(), id));
    }

    /**
     * An administrator who knows that a node is gone for good ends the waiting, on any node, also long after
     * the node has left the list.
     */
    @Test
    void whoIsRemovedIsNotWaitedFor() {
        slow();
        three();
        cluster.kill("c");
        write("a", "k", "1", 1_000);
        cluster.pass(2 * HOUR_MS);
        assertEquals(1, node("a").store.root().tree().summary().count());
        assertFalse(node("b").replication.remove("nobody"));
        assertTrue(node("b").replication.remove("c"));
        cluster.pass(20 * MINUTE_MS);
        assertEquals(0, node("a").store.root().tree().summary().count());
        assertEquals(0, node("b").store.root().tree().summary().count());
    }

    /** A node that was away for longer than the window drops keys that all others had deleted and purged. */
    @Test
    void whatTheOthersForgotIsDropped() throws Exception {
        cluster.windowMs = 2 * HOUR_MS;
        slow();
        three();
        write("a", "deleted", "1", 0);
        write("a", "kept", "1", 0);
        cluster.cut("a", "c");
        cluster.cut("b", "c");
        write("a", "deleted", "", 0);
        write("c", "mine", "1", 0);
        cluster.pass(7 * HOUR_MS);
        assertEquals(Optional.empty(), node("a").version("deleted"));
        assertTrue(node("c").version("deleted").isPresent());
        String told = HealthProblemCheck.comesAndGoes(HealthProblem.Kind.VERSIONS_DROPPED,
                new HealthProblemCheck.Subject(() -> node("c").replication.problems(), cluster::run), () -> {
            cluster.mend("a", "c");
            cluster.mend("b", "c");
            for (int i = 0; i < 120 && node("c").replication.dropped() == 0; i++) {
                cluster.run(1_000);
            }
        }, () -> { });
        cluster.pass(2 * MINUTE_MS);
        cluster.nodes.forEach((id, each) -> assertEquals(" 1 1",
                each.value("deleted") + " " + each.value("kept") + " " + each.value("mine"), id));
        assertTrue(cluster.equal());
        assertTrue(told.contains("1 live versions were dropped"), told);
        assertFalse(node("c").replication.problems().toString().contains("dropped"),
                "it goes a minute after its cause");
    }

    /**
     * A directory that was put back to an older state gives no number twice: it receives a new origin, and
     * its lost writes from the others.
     */
    @Test
    void anOldCopyBeginsANewLife() {
        three();
        write("b", "old", "1", 0);
        SimDisk copy = cluster.live("b").copy();
        write("b", "new", "1", 0);
        UUID before = node("b").store.origin();
        cluster.replace("b", copy);
        assertEquals("", node("b").value("new"));
        cluster.run(3_000);
        assertNotEquals(before, node("b").store.origin());
        assertEquals("1", node("b").value("new"));
        write("b", "newer", "1", 0);
        cluster.run(1_000);
        assertEquals("1", node("c").value("newer"));
        assertEquals("a alive, b alive, c alive", node("c").seen());
        cluster.restart("b");
        cluster.run(5_000);
        assertTrue(node("b").coverageTracker.whole());
        assertTrue(cluster.equal());
    }

    @Test
    void aDirectoryOfAnotherNodeIsACopy() {
        three();
        write("c", "k", "1", 0);
        cluster.kill("c");
        UUID before = node("c").store.origin();
        Node copy = cluster.start(new Start("d", "a", "b").at("c:1"));
        cluster.run(5_000);
        assertNotEquals(before, copy.store.origin());
        assertTrue(cluster.equal());
    }

    /**
     * A record that the disk has damaged is fetched again from a member that has it; until then its key
     * returns no version, and the node claims no coverage.
     */
    @Test
    void whatIsDamagedIsMendedByAPeer() {
        three();
        for (int i = 0; i < 20; i++) {
            write("b", "k" + i, "\"value " + i + "\"", 0);
        }
        Node damaged = damaged("b");
        assertFalse(damaged.coverageTracker.whole());
        assertTrue(damaged.coverageTracker.reported().numbers().isEmpty());
        cluster.run(10_000);
        assertEquals("\"value 7\"", damaged.value("k7"));
        assertTrue(damaged.coverageTracker.whole());
        assertTrue(cluster.equal());
        cluster.restart("b");
        assertTrue(node("b").coverageTracker.whole(), "the damage is known and mended");
    }

    /**
     * The others know the number of a last write that is unreadable here: that does not make the directory an
     * old copy.
     */
    @Test
    void aLastWriteThatRottedIsMendedInTheSameLife() {
        three();
        write("b", "k", "1", 0);
        write("b", "last", "\"value last\"", 0);
        cluster.run(100);
        assertEquals("\"value last\"", node("a").value("last"));
        UUID life = node("b").store.origin();
        Node damaged = damaged("b", "value last");
        assertEquals(1, damaged.store.losses().spots());
        cluster.run(10_000);
        assertEquals("\"value last\"", damaged.value("last"));
        assertEquals(life, damaged.store.origin());
        assertTrue(damaged.coverageTracker.whole() && cluster.equal());
    }

    @Test
    void aNodeThatLeavesIsGoneAtOnce() {
        slow();
        three();
        write("c", "k", "1", 0);
        var left = node("c").replication.leave(5_000).toCompletableFuture();
        cluster.run(100);
        assertEquals(3, left.join());
        cluster.run(30_000);
        assertEquals("a alive, b alive, c left", node("a").seen());
        write("a", "d", "1", 1_000);
        cluster.pass(80 * MINUTE_MS);
        assertEquals(1, node("a").store.root().tree().summary().count(), "nobody waits for it");
        cluster.restart("c");
        cluster.run(20_000);
        assertEquals("a alive, b alive, c alive", node("a").seen());
        assertTrue(cluster.equal());
    }

    /** A node does not cover versions that it cannot accept yet, nor those that arrived with them. */
    @Test
    void whatWaitsIsNotCovered() {
        cluster.start(new Start("a", "b"));
        cluster.start(new Start("b", "a"));
        cluster.start(new Start("c", "a", "b").ahead(2 * 24 * HOUR_MS));
        cluster.run(10_000);
        Dot early = write("c", "k", "1", 0).dot();
        cluster.run(20_000);
        assertEquals("", node("a").value("k"));
        assertFalse(node("a").coverageTracker.reported().covers(early));
        assertTrue(node("c").coverageTracker.reported().covers(early));
    }

    /**
     * The writes of a node before it finds out that it is an old copy belong to its old life; no node follows
     * that life any further.
     */
    @Test
    void nobodyCoversALifeBeyondItsEnd() {
        three();
        write("b", "k", "1", 0);
        SimDisk copy = cluster.live("b").copy();
        UUID life = node("b").store.origin();
        cluster.cut("a", "b");
        write("b", "lost", "1", 0);
        cluster.cut("c", "b");
        cluster.run(1_000);
        cluster.replace("b", copy);
        cluster.run(100);
        cluster.mend("a", "b");
        cluster.run(300);
        node("b").write("early", "1", 0);
        cluster.run(1_000);
        cluster.mend("c", "b");
        cluster.run(10_000);
        assertNotEquals(life, node("b").store.origin());
        assertEquals("1", node("b").value("lost"));
        long told = node("a").coverageTracker.reported().of(life);
        assertTrue(node("c").coverageTracker.reported().of(life) <= told + 1_000,
                "no number of the new life is taken for one of the old");
        write("b", "later", "1", 0);
        cluster.run(1_000);
        assertEquals(told, node("a").coverageTracker.reported().of(life));
        assertTrue(cluster.equal());
    }

    /**
     * No node can tell whether the directory is an old copy, so it begins a new life: its writes from then on
     * are followed and covered like before.
     */
    @Test
    void whoCannotAskAllBeginsANewLife() {
        three();
        write("b", "k", "1", 0);
        cluster.kill("c");
        UUID before = node("b").store.origin();
        cluster.restart("b");
        cluster.run(6_000);
        assertNotEquals(before, node("b").store.origin());
        Dot dot = write("b", "l", "1", 0).dot();
        cluster.run(5_000);
        assertTrue(node("a").store.durable().covers(dot));
        assertEquals("1", node("a").value("l"));
        cluster.restart("c");
        cluster.run(10_000);
        assertTrue(cluster.equal());
        UUID after = node("b").store.origin();
        cluster.restart("b");
        cluster.run(6_000);
        assertEquals(after, node("b").store.origin(), "all were there");
    }

    private Node damaged(String id) {
        return damaged(id, "value 7");
    }

    private Node damaged(String id, String text) {
        cluster.kill(id);
        SimDisk disk = cluster.live(id).restart();
        byte[] log = disk.bytes("00000001.log");
        disk.flip("00000001.log", new String(log, StandardCharsets.ISO_8859_1).indexOf(text), 1);
        return cluster.replace(id, disk);
    }

    @Test
    void damageIsAProblemUntilItIsFetched() throws Exception {
        three();
        for (int i = 0; i < 20; i++) {
            write("b", "k" + i, "\"value " + i + "\"", 0);
        }
        cluster.run(1_000);
        HealthProblemCheck.comesAndGoes(HealthProblem.Kind.NOT_WHOLE,
                new HealthProblemCheck.Subject(() -> node("c").replication.problems(), cluster::run), () -> {
            cluster.cut("a", "c");
            cluster.cut("b", "c");
            damaged("c");
        }, () -> {
            cluster.mend("a", "c");
            cluster.mend("b", "c");
        });
    }

    @Test
    void whoHasNobodyToAskLivesWithTheDamage() {
        cluster.start(new Start("a"));
        cluster.run(200);
        for (int i = 0; i < 20; i++) {
            write("a", "k" + i, "\"value " + i + "\"", 0);
        }
        Node alone = damaged("a");
        cluster.run(1_000);
        assertTrue(alone.coverageTracker.whole());
        assertEquals("\"value 8\"", alone.value("k8"));
    }

    @Test
    void whatIsDamagedEverywhereIsGivenUp() {
        three();
        for (int i = 0; i < 20; i++) {
            write("b", "k" + i, "\"value " + i + "\"", 0);
        }
        damaged("a");
        damaged("b");
        damaged("c");
        cluster.run(20_000);
        assertFalse(node("a").coverageTracker.whole());
        cluster.pass(2 * MINUTE_MS);
        cluster.nodes.forEach((id, each) -> assertTrue(each.coverageTracker.whole(), id));
        write("a", "k7", "2", 0);
        cluster.run(1_000);
        assertEquals("2", node("c").value("k7"));
        assertTrue(cluster.equal());
    }

    /** An unreadable record cannot be sent; no node may believe that it has it, nor that there was none. */
    @Test
    void whatCannotBeReadIsNotCovered() {
        three();
        cluster.cut("a", "b");
        cluster.cut("c", "b");
        write("b", "k7", "\"value 7\"", 0);
        write("b", "k8", "\"value 8\"", 0);
        Dot dot = node("b").version("k7").orElseThrow().dot();
        SimDisk live = cluster.live("b");
        live.flip("00000001.log",
                new String(live.bytes("00000001.log"), StandardCharsets.ISO_8859_1).indexOf("value 7"), 1);
        cluster.mend("a", "b");
        cluster.mend("c", "b");
        cluster.run(20_000);
        assertEquals("\"value 8\"", node("a").value("k8"), "the others come all the same");
        assertFalse(node("a").coverageTracker.reported().covers(dot));
        assertFalse(node("c").coverageTracker.reported().covers(dot));
    }

    /**
     * The disk spoils a record that the running node has in its index: when the node meets it, a member sends
     * it again.
     */
    @Test
    void whatRotsUnderARunningNodeIsGivenAgain() {
        three();
        write("b", "k7", "\"value 7\"", 0);
        write("b", "k8", "\"value 8\"", 0);
        SimDisk live = cluster.live("b");
        live.flip("00000001.log",
                new String(live.bytes("00000001.log"), StandardCharsets.ISO_8859_1).indexOf("value 7"), 1);
        assertThrows(Refusal.class, () -> node("b").value("k7"));
        cluster.run(12_000);
        assertEquals("\"value 7\"", node("b").value("k7"));
        assertTrue(node("b").store.unreadableKeys().isEmpty());
        assertTrue(cluster.equal());
        cluster.restart("b");
        cluster.run(10_000);
        assertEquals("\"value 7\"", node("b").value("k7"));
        assertTrue(node("b").coverageTracker.whole());
    }

    /** No request reads the record: the scrub finds it, and a member sends it again. */
    @Test
    void whatRotsUnreadIsFoundAndGivenAgain() {
        three();
        write("b", "k7", "\"value 7\"", 0);
        write("b", "k8", "\"value 8\"", 0);
        SimDisk live = cluster.live("b");
        live.flip("00000001.log",
                new String(live.bytes("00000001.log"), StandardCharsets.ISO_8859_1).indexOf("value 7"), 1);
        node("b").store.scrub();
        assertTrue(node("b").store.scrubbed().running());
        cluster.run(1_000);
        assertEquals(1, node("b").store.scrubbed().unreadable());
        assertEquals(2, node("b").store.scrubbed().checkedKeys());
        cluster.run(12_000);
        assertTrue(node("b").store.unreadableKeys().isEmpty());
        assertEquals("\"value 7\"", node("b").value("k7"));
        node("b").store.scrub();
        cluster.run(1_000);
        assertEquals(0, node("b").store.scrubbed().unreadable());
        assertTrue(node("b").store.scrubbed().finishedMs() > 0);
    }

    /**
     * The last own writes had reached no node when the power went: no member covers them, and still a member
     * repairs the records that it has.
     */
    @Test
    void damageIsMendedAlthoughTheLastWritesWereNowhereElse() {
        three();
        for (int i = 0; i < 20; i++) {
            write("b", "k" + i, "\"value " + i + "\"", 0);
        }
        cluster.cut("a", "b");
        cluster.cut("c", "b");
        write("b", "tail", "1", 0);
        cluster.kill("b");
        cluster.mend("a", "b");
        cluster.mend("c", "b");
        Node damaged = damaged("b");
        cluster.run(MINUTE_MS);
        assertTrue(damaged.coverageTracker.whole());
        assertEquals("\"value 7\"", damaged.value("k7"));
        assertEquals("1", node("a").value("tail"));
        assertTrue(cluster.equal());
    }

    /** A client that has read some changes on one node, and continues on another one, receives the rest. */
    @Test
    void aReaderThatMovesIsToldTheRest() {
        three();
        write("a", "begin", "1", 0);
        ChangesReader reader = new ChangesReader();
        reader.drain(node("a"));
        for (int i = 0; i < 20; i++) {
            node("a").write("k" + i, "1", 0);
        }
        cluster.run(200);
        reader.read(node("a"));
        assertTrue(reader.known.size() < 10, reader.known.toString());
        reader.drain(node("b"));
        assertEquals(ChangesReader.living(node("b")), reader.known);
    }

    /** Users and locks are fetched first, however old they are: before that the node admits no user. */
    @Test
    void aJoinerKnowsAllAccountsBeforeItLetsAnybodyIn() {
        cluster.windowMs = 2 * HOUR_MS;
        slow();
        cluster.start(new Start("a"));
        cluster.run(200);
        for (int i = 0; i < 300; i++) {
            node("a").write("\0user/" + new UUID(1, i), "{}", 0);
            node("a").write("k" + i, "1", 0);
        }
        cluster.pass(5 * HOUR_MS);
        Node joiner = cluster.start(new Start("b", "a"));
        cluster.run(30_000);
        assertEquals(NodeMode.NORMAL, joiner.mode);
        assertEquals(300, joiner.stages.get(JoinStage.ACCOUNTS));
        assertTrue(joiner.replication.agrees());
    }

    /** A node is restarted during its first fetch: it continues, and is not whole before the end. */
    @Test
    void aJoinThatWasInterruptedGoesOn() {
        cluster.start(new Start("a"));
        for (int i = 0; i < 20_000; i++) {
            node("a").write("k" + i, "1", 0);
            if (i % 1_000 == 0) {
                cluster.run(10);
            }
        }
        cluster.run(200);
        cluster.start(new Start("b", "a"));
        while (node("b").store.root().tree().summary().count() < 5_000) {
            cluster.run(10);
        }
        cluster.restart("b");
        assertEquals(NodeMode.SYNCING, node("b").mode);
        assertFalse(node("b").coverageTracker.whole());
        cluster.run(30_000);
        assertEquals(NodeMode.NORMAL, node("b").mode);
        assertTrue(cluster.equal());
    }
}
