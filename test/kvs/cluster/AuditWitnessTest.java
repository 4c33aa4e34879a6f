package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import kvs.audit.AuditAnchorKeeper;
import kvs.audit.AuditEvent;
import kvs.audit.AuditLog;
import kvs.audit.AuditVerification;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.model.HealthProblem;
import kvs.model.ProtocolGate;
import kvs.peer.PeerSignature;
import kvs.sim.HealthProblemCheck;
import kvs.sim.SimDisk;
import kvs.world.Logger;
import kvs.world.Task;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Three nodes remember one another's tamper logs; what happens to one of the logs is named, and nothing else
 * is.
 */
class AuditWitnessTest {

    private static final byte[] KEY = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final long MINUTE_MS = 60_000;

    private final SimCluster cluster = new SimCluster(5);
    private final Map<String, SimDisk> lines = new TreeMap<>();
    private final Map<String, Keeper> keepers = new TreeMap<>();

    /** The tamper log of a node, its memory, and what it remembers of others. */
    private final class Keeper {

        private final Node node;
        private final AuditLog log;
        private final AuditAnchorKeeper memory;
        private final AuditWitness witnesses;

        Keeper(Node node) {
            this.node = node;
            SimDisk disk = lines.computeIfAbsent(node.start.address(), address -> new SimDisk(cluster.dice));
            try {
                log = AuditLog.open(disk, new AuditLog.Dependencies(cluster.clock, Logger.none()),
                        new AuditLog.Settings(List.of(KEY), 1 << 20, 1 << 30),
                        new AuditLog.KnownHistory(node.store.recovered(),
                                AuditAnchorKeeper.of(node.store.notes(), node.start.id())));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            memory = new AuditAnchorKeeper(node.store, log, node.start.id(), Logger.none());
            witnesses = new AuditWitness(node.store, node.membership, Optional.of(memory),
                    new AuditWitness.Dependencies(cluster.clock, Logger.none()));
            node.fields = witnesses.fields();
            start(memory::step);
            start(() -> {
                witnesses.step();
                node.fields = witnesses.fields();
                return 1_000;
            });
            start(log::step);
        }

        private void start(Task task) {
            cluster.scheduler.start("keeper", () -> node.up ? task.step() : Task.DONE, 0);
        }

        void write(int events) {
            for (int i = 0; i < events; i++) {
                log.add(new AuditEvent("put", new UUID(7, 8), "t1", "10.0.0.7", "p", "u", 201, 0, 1,
                        cluster.clock.wallMs()));
            }
            cluster.run(2_000);
        }

        String problems() {
            return Stream.concat(log.problems().stream(), witnesses.problems().stream())
                    .map(HealthProblem::detail).collect(Collectors.joining("; "));
        }
    }

    @BeforeEach
    void threeNodesThatRememberEachOther() {
        cluster.idleMs = 250;
        cluster.heartbeatMs = 2_000;
        cluster.restMs = MINUTE_MS;
        for (Start start : List.of(new Start("a", "b", "c"), new Start("b", "a", "c"),
                new Start("c", "a", "b"))) {
            cluster.start(start);
            keep(start.id());
        }
        cluster.run(10_000);
        keepers.get("b").write(20);
        cluster.run(2 * MINUTE_MS);
    }

    private Keeper keep(String id) {
        Keeper keeper = new Keeper(cluster.nodes.get(id));
        keepers.put(id, keeper);
        return keeper;
    }

    /** A power cut of a node, and its next start. */
    private Keeper restart(String id) {
        cluster.kill(id);
        lines.computeIfPresent(cluster.nodes.get(id).start.address(), (address, disk) -> disk.restart());
        cluster.restart(id);
        return keep(id);
    }

    private void assertNoneAccused(String where) {
        keepers.forEach((id, keeper) -> assertEquals("", keeper.problems(), id + ", " + where));
    }

    /**
     * Two exchanges are under way between two nodes at a time, and the answer of one may overtake the other.
     */
    @Test
    void accusesNobodyWhoseHeartbeatsOvertakeEachOther() {
        Node a = cluster.nodes.get("a");
        MemberView early = a.membership.seen().stream().filter(member -> member.member().id().equals("b"))
                .findFirst().orElseThrow();
        keepers.get("b").write(5);
        cluster.run(5_000);
        byte[] late = new GossipMessage(early.member(), early.nodeStatus(), List.of())
                .encode(ProtocolGate.PRESENT);
        PeerSignature.NodeRun b = new PeerSignature.NodeRun(early.member().origin(),
                early.nodeStatus().boot());
        assertEquals(200,
                a.services.get("/members/heartbeat").answer(b, late).toCompletableFuture().join().status());
        assertNoneAccused("an old heartbeat came late");
    }

    /**
     * Node and log, all of it, as they were: the node begins a new life, as any old copy does, and its log
     * says for ever why.
     */
    @Test
    void namesAWholeDirectoryThatWasPutBackToAnOlderState() throws IOException {
        SimDisk store = cluster.disk("b");
        SimDisk early = lines.get("b:1").copy();
        keepers.get("b").write(50);
        cluster.run(2 * MINUTE_MS);
        cluster.kill("b");
        lines.put("b:1", early);
        cluster.replace("b", store);
        Keeper b = keep("b");
        assertEquals("", b.problems(), "it cannot know by itself");
        cluster.run(2 * MINUTE_MS);
        assertTrue(b.problems().contains("which member "), b.problems());
        assertEquals(List.of(), keepers.get("a").witnesses.problems(), "its new life is judged by nothing");
        assertTrue(AuditAnchorKeeper.of(b.node.store.notes()).orElseThrow().seq() > 50,
                "what they remember is kept");
        Keeper next = restart("b");
        assertTrue(next.problems().contains("the store remembers line"), next.problems());
        assertTrue(AuditVerification.run(lines.get("b:1").copy(), List.of(KEY), List.of()).fault()
                .isPresent());
    }

    /** What was written in the last minute the store has no memory of yet; the others have heard of it. */
    @Test
    void namesALogThatWasCutWithinAMinute() throws Exception {
        SimDisk early = lines.get("b:1").copy();
        keepers.get("b").write(5);
        cluster.run(2_000);
        String said = HealthProblemCheck.comesAndGoes(HealthProblem.Kind.TAMPER_LOG_OF_MEMBER,
                new HealthProblemCheck.Subject(keepers.get("a").witnesses::problems, cluster::run), () -> {
                    cluster.kill("b");
                    lines.put("b:1", early);
                    cluster.restart("b");
                    assertEquals("", keep("b").problems(), "it cannot know by itself");
                }, () -> keepers.get("b").write(10));
        assertTrue(said.contains("the tamper log of member b ends at line"), said);
    }

    /**
     * However fast it grows past what is remembered: what its last run said is written down first, then its
     * new run is heard.
     */
    @Test
    void namesAtTheNodeItselfALogThatWasCutWithinAMinute() throws Exception {
        SimDisk early = lines.get("b:1").copy();
        keepers.get("b").write(5);
        cluster.run(2_000);
        cluster.kill("b");
        lines.put("b:1", early);
        cluster.restart("b");
        Keeper b = keep("b");
        b.write(20);
        cluster.run(20_000);
        assertTrue(b.problems().contains(" remembers"), b.problems());
    }

    /** What a node remembers, and what its members do. */
    @Test
    void saysWhatItRemembersToWhomAsks() {
        AuditVerification.Anchor head = keepers.get("b").log.head();
        UUID origin = cluster.nodes.get("b").store.origin();
        List<AuditWitness.Testimony> all = keepers.get("a").witnesses.rememberedLines("a").stream()
                .filter(one -> one.origin().equals(origin)).toList();
        assertEquals(List.of(new AuditWitness.Testimony(origin, "b", head, "a"),
                new AuditWitness.Testimony(origin, "", head, "c")), all);
        assertEquals(all.get(0), restart("a").witnesses.rememberedLines("a").stream()
                .filter(one -> one.origin().equals(origin)).findFirst().orElseThrow(), "over a restart");
        assertNoneAccused("restart");
    }

    @Test
    void accusesNobodyAfterPowerCuts() {
        for (int i = 0; i < 10; i++) {
            String id = List.of("a", "b", "c").get(cluster.dice.below(3));
            keepers.get(id).write(1 + cluster.dice.below(30));
            cluster.run(cluster.dice.below(70_000));
            keepers.get(id).write(1);
            restart(id);
            cluster.run(3_000);
            assertNoneAccused("cut " + i);
        }
    }

    @Test
    void accusesNoCopyNoNewDirectoryAndNoOldRelease() {
        SimDisk copy = cluster.disk("b");
        lines.put("d:1", lines.get("b:1").copy());
        keepers.get("b").write(30);
        cluster.start(new Start("d", "a", "b"));
        cluster.replace("d", copy);
        keep("d");
        cluster.run(2 * MINUTE_MS);
        assertNoneAccused("a copy under another node id");
        lines.remove("c:1");
        cluster.replace("c", new SimDisk(cluster.dice));
        keep("c");
        cluster.run(2 * MINUTE_MS);
        assertNoneAccused("a new directory");
        cluster.kill("c");
        cluster.start(new Start("c", "a", "b").first());
        cluster.run(2 * MINUTE_MS);
        assertNoneAccused("a node without a log");
    }

    @Test
    void accusesNobodyWhosePrunedLogIsRememberedFromLongAgo() {
        cluster.cut("a", "b");
        cluster.run(MINUTE_MS);
        keepers.get("b").write(40);
        cluster.run(2 * MINUTE_MS);
        cluster.mend("a", "b");
        cluster.run(MINUTE_MS);
        assertNoneAccused("a memory that is older than the log");
    }

    @Test
    void believesNoFieldWithoutTheForm() {
        UUID origin = cluster.nodes.get("a").store.origin();
        List<byte[]> bad = List.of(new byte[0], new byte[7], new byte[57], claim(origin, 0),
                claim(origin, -1), claim(origin, Long.MAX_VALUE),
                new byte[56 * (AuditWitness.TOLD_MAX + 1)]);
        keepers.get("b").node.up = false;
        for (byte[] field : bad) {
            NodeStatus status = NodeStatus.UNKNOWN.with(Map.of(AuditWitness.HEAD, field,
                    AuditWitness.REMEMBERED, field));
            Member told = new Member(status);
            cluster.nodes.get("a").membership.services().get("/members/heartbeat")
                    .answer(told.life, told.body);
            cluster.run(2_000);
            assertEquals("", keepers.get("a").problems());
        }
        Member liar = new Member(
                NodeStatus.UNKNOWN.with(Map.of(AuditWitness.REMEMBERED, claim(origin, 1_000_000))));
        cluster.nodes.get("a").membership.services().get("/members/heartbeat").answer(liar.life, liar.body);
        cluster.run(2_000);
        assertTrue(keepers.get("a").problems().contains("line 1000000, which member x remembers"),
                keepers.get("a").problems());
        assertFalse(keepers.get("c").problems().contains("x"));
    }

    /** A member that the others do not have. */
    private static final class Member {

        private final PeerSignature.NodeRun life = new PeerSignature.NodeRun(new UUID(9, 9), 1);
        private final byte[] body;

        Member(NodeStatus status) {
            var self = new kvs.model.Member("x", "x:1", new UUID(9, 9), 1, 1, false);
            body = new GossipMessage(self, status, List.of()).encode(2);
        }
    }

    private static byte[] claim(UUID origin, long seq) {
        return ByteBuffer.allocate(56).putLong(origin.getMostSignificantBits())
                .putLong(origin.getLeastSignificantBits()).putLong(seq).array();
    }
}
