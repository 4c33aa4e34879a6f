package kvs.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.audit.AuditEvent;
import kvs.audit.AuditLog;
import kvs.model.Key;
import kvs.model.Version;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.store.StoreHarness;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

/** Proofs that a running node makes: with the heads that it knows, and with durable lines only. */
class ProofMakerTest {

    private static final ProofKey KEY = ProofKey.generate();
    private static final List<byte[]> AUDIT_KEYS = List.of(new byte[32]);

    private final StoreHarness harness = new StoreHarness(1);

    private AuditLog open(SimDisk disk) throws IOException {
        return AuditLog.open(disk, new AuditLog.Dependencies(harness.clock, Logger.none()),
                new AuditLog.Settings(AUDIT_KEYS, 1 << 20, 1 << 30),
                new AuditLog.KnownHistory(0, Optional.empty()));
    }

    @Test
    void headsThatTheNodeJustHeardAreInIt() throws Exception {
        Map<UUID, String> heard = Map.of(new UUID(5, 5), "3:" + "0".repeat(64));
        try (Store store = harness.open(harness.disk())) {
            StoreHarness.put(store, "docs/plan", "1");
            byte[] made = new ProofMaker(store, new ProofMaker.NodeFacts("node1", harness.clock, () -> KEY,
                    () -> heard), Optional.empty()).make(Key.of("docs/plan"));
            AuditState audit = Proof.decode(made).proof().audit();
            assertEquals(heard, audit.remembered());
            assertEquals(AuditEvidence.NONE, audit.absent());
        }
    }

    /** The files may have a line already that no fsync has made durable. */
    @Test
    void lineBehindTheDurableHeadIsNotShown() throws Exception {
        SimDisk files = harness.disk();
        try (Store store = harness.open(harness.disk()); AuditLog log = open(files);
                AuditLog behind = open(harness.disk())) {
            StoreHarness.put(store, "docs/plan", "1");
            Version version = store.read(store.root().find(Key.of("docs/plan")).orElseThrow());
            log.add(new AuditEvent("put", Version.NOBODY, "", "127.0.0.1", "docs/plan",
                    version.uuid().toString(), 201, 1, 1, harness.clock.wallMs()));
            KnownHeads known = KnownHeads.of(store.notes(), "node1");
            AuditEvidence evidence = new AuditEvidence(files, AUDIT_KEYS);
            AuditState shown = evidence.of(version, known, log);
            assertEquals(log.head().toString(), shown.head());
            assertEquals(log.head(), shown.line().orElseThrow().anchor());
            AuditState hidden = evidence.of(version, known, behind);
            assertEquals(behind.head().toString(), hidden.head());
            assertTrue(hidden.line().isEmpty() && hidden.absent().startsWith("no line of this node"),
                    hidden.absent());
        }
    }
}
