package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import kvs.bundle.BundleHead.Kind;
import kvs.bundle.Partner;
import kvs.bundle.PartnerReports;
import kvs.bundle.PurgeGuard;
import kvs.bundle.RejectedBundleException;
import kvs.bundle.SiteRecords;
import kvs.cluster.SimCluster.Node;
import kvs.model.BundleRules.PartnerZone;
import kvs.model.Coverage;
import kvs.model.HealthProblem;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.sim.HealthProblemCheck;
import kvs.store.Transaction;
import kvs.store.TransactionWrite;
import org.junit.jupiter.api.Test;

/** Two members of a site that change its partners while they do not hear each other. */
class ConcurrentPartnersTest {

    private static final Zone ZONE = Zone.of(List.of("k"));
    private static final long WINDOW_MS = 1_000_000_000;

    private final SimSite one = new SimSite(1, new SimCluster(1)).begin(2);
    private final SimSite two = new SimSite(2, new SimCluster(2)).begin(1);
    private final Node a;
    private final Node b;
    private final Node c;

    ConcurrentPartnersTest() throws IOException {
        one.cluster.run(8_000);
        two.cluster.run(8_000);
        SimSite.link(one, two, List.of(ZONE), true);
        one.cluster.run(4_000);
        a = one.node("a");
        b = one.node("b");
        c = two.node("a");
    }

    @FunctionalInterface
    private interface Change {
        void make() throws IOException, RejectedBundleException;
    }

    /** Makes a change at A, then one at B, before either hears of the other one's. */
    private void apart(Change atA, Change atB) throws IOException, RejectedBundleException {
        one.cluster.cut("a", "b");
        atA.make();
        one.cluster.run(50);
        atB.make();
        one.cluster.mend("a", "b");
        one.cluster.run(15_000);
    }

    private static <T> T act(Node node, Function<Transaction, T> decision) throws IOException {
        return SimSite.run(node, new TransactionWrite<>(SiteRecords.BYTES, decision));
    }

    private static void rekey(Node node, UnaryOperator<Partner> change) throws IOException {
        assertTrue(act(node, tx -> SiteRecords.rekey(tx, "s2", change)).isPresent());
    }

    private static SiteRecords records(Node node) {
        return new SiteRecords(node.store.root());
    }

    private PartnerZone known(Node node) {
        return records(node).statements(one.partner(node, two).orElseThrow()).of(ZONE);
    }

    private static byte[] secret(int first) {
        byte[] secret = new byte[Partner.SECRET_BYTES];
        secret[0] = (byte) first;
        return secret;
    }

    private static void remove(Node node, String name) throws IOException {
        boolean known = act(node, tx -> SiteRecords.remove(tx, name));
        assertTrue(known);
    }

    private void assertSecrets(int... firsts) {
        for (Node node : List.of(a, b)) {
            List<byte[]> secrets = one.partner(node, two).orElseThrow().secrets();
            assertArrayEquals(firsts, secrets.stream().mapToInt(secret -> secret[0]).toArray());
        }
    }

    private static Partner partner(String name, int link, String path, long addedMs) {
        return new Partner(name, new UUID(link, link), List.of(secret(link)), Version.NOBODY,
                List.of(Zone.of(List.of(path))), true, true, addedMs);
    }

    private static void add(Node node, Partner partner) throws IOException {
        act(node, tx -> SiteRecords.add(tx, partner, new UUID(1, 1)));
    }

    private static List<String> names(Node node) {
        return records(node).partners().stream().map(Partner::name).toList();
    }

    @Test
    void resetCountsBesideStatementThatIsTakenLater() throws Exception {
        Version first = two.write(c, "k/x", "1", 0);
        byte[] early = two.make(c, Kind.BUNDLE, one, false);
        one.hear(b, early);
        one.cluster.run(15_000);
        two.write(c, "k/y", "1", 0);
        two.cluster.run(4_000);
        byte[] late = two.make(c, Kind.BUNDLE, one, false);
        assertTrue(known(a).known().covers(first.dot()));

        apart(() -> act(a, tx -> SiteRecords.reset(tx, "s2")), () -> one.hear(b, late));
        for (Node node : List.of(a, b)) {
            assertEquals(Coverage.NONE, known(node).known());
            assertEquals(Coverage.NONE, known(node).high());
        }

        one.hear(b, late);
        one.cluster.run(15_000);
        assertTrue(known(a).known().covers(first.dot()), "what it says afterwards counts");
    }

    @Test
    void secretsOfTwoRotationsAreBothValid() throws Exception {
        apart(() -> rekey(a, partner -> partner.rotated(secret(1))),
                () -> rekey(b, partner -> partner.rotated(secret(2))));
        assertSecrets(2, 1, 0);
    }

    @Test
    void forgottenSecretDoesNotComeBackWithRotationAtAnotherMember() throws Exception {
        rekey(a, partner -> partner.rotated(secret(1)));
        one.cluster.run(4_000);
        apart(() -> rekey(a, Partner::withoutOldSecrets),
                () -> rekey(b, partner -> partner.rotated(secret(2))));
        assertSecrets(2, 1);
    }

    @Test
    void fourNewestSecretsAreValid() throws Exception {
        for (int i = 1; i <= 6; i++) {
            byte[] next = secret(i);
            rekey(a, partner -> partner.rotated(next));
        }
        rekey(a, partner -> partner.rotated(secret(4)));
        one.cluster.run(4_000);
        assertSecrets(4, 6, 5, 3);
        rekey(b, Partner::withoutOldSecrets);
        one.cluster.run(4_000);
        assertSecrets(4);
    }

    @Test
    void partnersOfOneNameAreBothKept() throws Exception {
        Partner first = partner("x", 0x11, "m", 1);
        apart(() -> add(a, first), () -> add(b, partner("x", 0x12, "n", 2)));
        assertEquals(List.of("s2", "x", "x.00000000"), names(a));
        assertEquals(names(a), names(b));
        Partner renamed = records(b).partner("x.00000000").orElseThrow();
        assertEquals(first.link(), renamed.link());
        assertEquals(one.id, records(b).self(renamed).orElseThrow());

        assertTrue(act(b, tx -> SiteRecords.rekey(tx, renamed.name(),
                partner -> partner.rotated(secret(9)))).isPresent());
        one.cluster.run(4_000);
        assertEquals(List.of("s2", "x", "x.00000000"), names(a));
        assertEquals(9, records(a).partner(renamed.name()).orElseThrow().secrets().get(0)[0]);
        remove(a, renamed.name());
        one.cluster.run(4_000);
        assertEquals(List.of("s2", "x"), names(b));
        remove(a, "x");
        one.cluster.run(4_000);
        assertEquals(List.of("s2"), names(b));
    }

    /** Whichever removal comes first, the partner that nobody removed stays. */
    @Test
    void removalOfOnePartnerLeavesAnotherOneOfItsName() throws Exception {
        apart(() -> add(a, partner("x", 0x11, "m", 1)), () -> add(b, partner("x", 0x12, "n", 2)));
        remove(a, "x");
        one.cluster.run(4_000);
        assertEquals(List.of("s2", "x.00000000"), names(b));
    }

    @Test
    void overlappingPartnerWaitsUntilOneOfTheTwoIsRemoved() throws Exception {
        PartnerReports reports = new PartnerReports(b.store, new PurgeGuard(b.store, b.clock,
                () -> WINDOW_MS), () -> WINDOW_MS, () -> false);
        String detail = HealthProblemCheck.comesAndGoes(HealthProblem.Kind.PARTNERS_OVERLAP,
                new HealthProblemCheck.Subject(reports::problems, one.cluster::run), () -> {
            apart(() -> add(a, partner("x", 0x11, "m", 1)), () -> add(b, partner("y", 0x12, "m/n", 2)));
            SimSite y = new SimSite(2, two.cluster) {
                @Override
                String name() {
                    return "y";
                }
            };
            Refusal refused = assertThrows(Refusal.class, () -> one.make(b, Kind.BUNDLE, y, true));
            assertTrue(refused.detail().startsWith("nothing was made: the zones of partner y share"),
                    refused.detail());
            one.make(b, Kind.BUNDLE, two, true);
        }, () -> remove(a, "x"));
        assertTrue(detail.contains("partner y share some keys with those of partner x"), detail);
        assertFalse(reports.problems().stream().anyMatch(problem -> true));
        assertEquals(Optional.empty(), records(b).partner("y").orElseThrow()
                .conflict(records(b).partners()));
    }
}
