package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kvs.bundle.BundleHead.Kind;
import kvs.bundle.BundleMerge;
import kvs.bundle.BundleVerification;
import kvs.bundle.Partner;
import kvs.bundle.RejectedBundleException;
import kvs.bundle.SiteRecords;
import kvs.cluster.SimCluster.Node;
import kvs.log.EncodedDocument;
import kvs.model.BundleRules.Verdict;
import kvs.model.Coverage;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.model.ZoneReport;
import kvs.store.TransactionWrite;
import kvs.store.UnstampedVersion;
import kvs.store.NoteWrites;
import org.junit.jupiter.api.Test;

/** Two sites that are clusters: files made and taken by any node of them, while they run. */
class ClusterSitesTest {

    private static final Zone ZONE = Zone.of(List.of("k"));

    private final SimSite one;
    private final SimSite two;
    private final Node a;
    private final Node b;
    private final Node c;
    private final Node d;

    ClusterSitesTest() throws IOException {
        one = new SimSite(1, new SimCluster(1)).begin(2);
        two = new SimSite(2, new SimCluster(2)).begin(2);
        run(8_000);
        SimSite.link(one, two, List.of(ZONE), true);
        run(4_000);
        a = one.node("a");
        b = one.node("b");
        c = two.node("a");
        d = two.node("b");
    }

    private void run(long ms) {
        one.cluster.run(ms);
        two.cluster.run(ms);
    }

    private static Coverage covered(Node node) {
        return node.store.notes().zones().coverage(node.store.durable(), ZONE);
    }

    private static Coverage floor(Node node) {
        return node.store.notes().zones().floor(ZONE);
    }

    private static boolean purge(Node node, String path) throws IOException {
        Version dead = node.version(path).orElseThrow();
        return SimSite.run(node, new TransactionWrite<>(100, tx -> tx.purge(dead)));
    }

    private byte[] bundle(Node from, boolean full) throws IOException {
        boolean first = from == a || from == b;
        return (first ? one : two).make(from, Kind.BUNDLE, first ? two : one, full);
    }

    private Optional<Verdict> refused(Node at, byte[] file) throws Exception {
        return (at == a || at == b ? one : two).verify(at, file).refused()
                .map(BundleVerification.ZoneResult::verdict);
    }

    @Test
    void whatOneMemberMergesReachesTheOthersWithItsCoverage() throws Exception {
        Version written = one.write(a, "k/x", "1", 0);
        Version outside = one.write(a, "other", "1", 0);
        run(4_000);
        BundleMerge.Summary done = two.merge(c, bundle(b, false));
        assertEquals(1, done.taken());
        assertEquals("", d.value("k/x"));
        run(15_000);
        assertEquals("1", d.value("k/x"));
        assertTrue(covered(c).covers(written.dot()));
        assertTrue(covered(d).covers(written.dot()), "the claim travels");
        assertFalse(d.store.durable().covers(outside.dot()), "of its zone only");
        assertEquals(covered(c).numbers().keySet(), covered(d).numbers().keySet());
        assertTrue(covered(a).covers(written.dot()) && covered(b).covers(written.dot()));
        assertEquals(Optional.empty(), refused(b, bundle(d, false)));
        assertTrue(two.verify(d, bundle(a, false)).zones().get(0).isEqual());
    }

    /** [legacy]: a member takes over by zone what another one purged, and no purge of other keys counts. */
    @Test
    void membersTakeOverWhatWasPurgedByZone() throws Exception {
        one.write(a, "k/x", "1", 0);
        one.write(a, "other", "1", 0);
        one.write(a, "k/x", "", 0);
        Version gone = one.write(a, "other", "", 0);
        run(8_000);
        Version dead = a.version("k/x").orElseThrow();
        Coverage before = floor(b);
        assertTrue(purge(a, "other"));
        run(4_000);
        assertEquals(before, floor(b), "of no zone");
        assertFalse(before.covers(gone.dot()));
        assertTrue(purge(a, "k/x"));
        run(4_000);
        assertTrue(floor(b).covers(dead.dot()));
        assertEquals(floor(a), floor(b));
    }

    /** A member that reports no floor of a zone may have purged in it whatever it purged. */
    @Test
    void reportsOfMembersRaiseTheFloors() throws Exception {
        Coverage nine = Coverage.NONE.with(d.store.origin(), 9);
        ZoneReport exact = new ZoneReport(Map.of(ZONE.id(), nine), Set.of());
        SimSite.run(b, new TransactionWrite<>(100, tx -> {
            NoteWrites.takeZones(tx, exact, Coverage.NONE.with(d.store.origin(), 10));
            return true;
        }));
        assertEquals(9, floor(b).of(d.store.origin()));
        Coverage theirs = Coverage.NONE.with(a.store.origin(), 5).with(ZONE.derived(c.store.origin()), 6);
        SimSite.run(b, new TransactionWrite<>(100, tx -> {
            NoteWrites.takeZones(tx, new ZoneReport(Map.of(), Set.of(c.store.origin())), theirs);
            return true;
        }));
        assertTrue(floor(b).covers(Coverage.NONE.with(a.store.origin(), 5).with(c.store.origin(), 6)));
        assertEquals(0, floor(b).of(ZONE.derived(c.store.origin())), "it stands for an origin");
    }

    /** [latest]: two members that take files at the same time overwrite nothing of each other. */
    @Test
    void membersThatHearAtTheSameTimeLoseNothing() throws Exception {
        Version first = two.write(c, "k/x", "1", 0);
        byte[] early = bundle(c, false);
        run(4_000);
        Version second = two.write(d, "k/y", "1", 0);
        run(4_000);
        byte[] late = bundle(d, false);
        one.cluster.cut("a", "b");
        one.hear(b, late);
        one.cluster.run(50);
        one.hear(a, early);
        one.cluster.mend("a", "b");
        run(15_000);
        for (Node node : List.of(a, b)) {
            Partner partner = one.partner(node, two).orElseThrow();
            Coverage known = new SiteRecords(node.store.root()).statements(partner).of(ZONE).known();
            assertTrue(known.covers(first.dot()) && known.covers(second.dot()), node.start.id());
        }
    }

    /** Rule 9: a dead version that was here when a file was judged is there until the file is merged. */
    @Test
    void purgesRestWhileABundleIsMerged() throws Exception {
        two.write(c, "k/dead", "1", 0);
        two.write(c, "other", "1", 0);
        two.write(c, "k/dead", "", 0);
        two.write(c, "other", "", 0);
        run(4_000);
        one.write(a, "k/x", "1", 0);
        BundleVerification.Result file = two.verify(c, bundle(a, false));
        boolean[] purged = new boolean[2];
        new BundleMerge(c.store, new BundleMerge.WriteRunner() {
            @Override
            public <T> T run(TransactionWrite<T> write) throws IOException {
                purged[0] |= purge(c, "k/dead");
                purged[1] |= c.version("other").isPresent() && purge(c, "other");
                return SimSite.run(c, write);
            }
        }, file, c.clock.wallMs()).run(read -> { });
        assertFalse(purged[0]);
        assertTrue(purged[1], "in no zone");
        assertTrue(purge(c, "k/dead"), "afterwards");
    }

    /** What was purged after a file was checked, and before it is merged, counts. */
    @Test
    void fileIsJudgedAgainWhenItsMergeBegins() throws Exception {
        one.write(a, "k/x", "1", 0);
        byte[] late = bundle(a, false);
        two.write(c, "k/x", "2", 0);
        two.write(c, "k/x", "", 0);
        run(4_000);
        BundleVerification.Result judged = two.verify(c, late);
        assertEquals(Optional.empty(), judged.refused());
        one.merge(a, bundle(c, false));
        run(2_000);
        two.hear(c, one.make(a, Kind.RECEIPT, two, false));
        assertTrue(purge(c, "k/x"));
        BundleMerge merge = new BundleMerge(c.store, SimSite.runner(c), judged, c.clock.wallMs());
        assertTrue(merge.run(read -> { }).changed());
        assertEquals("", c.value("k/x"));
    }

    /** [bury]: the tombstone reaches the other members, and further sites. */
    @Test
    void whatIsBuriedEndsOnAllMembers() throws Exception {
        one.write(a, "k/x", "1", 0);
        run(4_000);
        two.merge(c, bundle(a, false));
        run(15_000);
        assertEquals("1", d.value("k/x"));
        one.write(a, "k/x", "", 0);
        run(4_000);
        assertTrue(purge(a, "k/x") && purge(b, "k/x"));
        run(4_000);
        assertEquals(1, two.merge(c, bundle(b, true)).buried());
        run(15_000);
        assertEquals("", d.value("k/x"));
        assertTrue(d.version("k/x").orElseThrow().deleted());
        assertEquals(c.root(), d.root());
    }

    /** [floor]: a member that has purged nothing itself makes a full bundle, when another one did. */
    @Test
    void baseHoldsWhatAnyMemberPurged() throws Exception {
        one.write(a, "k/x", "1", 0);
        run(4_000);
        two.merge(c, bundle(a, false));
        one.hear(b, two.make(c, Kind.RECEIPT, one, false));
        run(8_000);
        one.write(a, "k/x", "", 0);
        run(8_000);
        assertTrue(two.verify(c, bundle(b, false)).file().head().zones().get(0).base().isPresent());
        Version dead = a.version("k/x").orElseThrow();
        assertTrue(purge(a, "k/x"));
        run(4_000);
        assertTrue(two.verify(c, bundle(b, false)).file().head().zones().get(0).base().isEmpty());
        assertTrue(floor(b).covers(dead.dot()));
    }

    @Test
    void memberBehindAnEarlierBundleMakesNone() throws Exception {
        one.write(a, "k/w", "1", 0);
        run(4_000);
        one.cluster.network.cut("b:1", "a:1");
        one.write(a, "k/x", "1", 0);
        bundle(a, false);
        Version record = a.version("\0site/said/s2/" + UUID.nameUUIDFromBytes(new byte[] {'a'}))
                .orElseThrow();
        SimSite.run(b, new TransactionWrite<>(SiteRecords.BYTES, tx -> tx.put(new UnstampedVersion(
                record.key(), Optional.of(EncodedDocument.plain(record.data())), Version.FOREVER,
                Version.NOBODY))));
        assertEquals(Reason.BEHIND, assertThrows(Refusal.class, () -> bundle(b, false)).reason());
        one.cluster.network.mend("b:1", "a:1");
        run(20_000);
        bundle(b, false);
    }

    /** [until]: complete up to what every member had that is covered here. */
    @Test
    void completeUntilIsThatOfTheSlowestMember() throws Exception {
        one.write(a, "k/x", "1", 0);
        run(10_000);
        long said = two.verify(c, bundle(a, false)).file().head().completeUntilMs();
        assertTrue(said > a.clock.wallMs() - 70_000 && said < a.clock.wallMs() - 59_000, "" + said);
        one.cluster.kill("b");
        long died = a.clock.wallMs();
        run(120_000);
        said = two.verify(c, bundle(a, false)).file().head().completeUntilMs();
        assertTrue(said <= died - 60_000 && said > 0, said + " " + died);
        one.cluster.restart("a");
        one.cluster.run(30_000);
        byte[] file = one.make(one.node("a"), Kind.BUNDLE, two, false);
        assertEquals(0, two.verify(c, file).file().head().completeUntilMs(), "not heard since the start");
    }

    /** A node that comes anew takes the claims and the floors with the data. */
    @Test
    void newMemberTakesOverZones() throws Exception {
        one.write(a, "k/x", "1", 0);
        two.write(c, "k/old", "1", 0);
        two.write(c, "k/old", "", 0);
        run(4_000);
        two.merge(c, bundle(a, false));
        run(15_000);
        assertTrue(purge(c, "k/old") && purge(d, "k/old"));
        two.cluster.start(new SimCluster.Start("c", "a", "b"));
        run(20_000);
        Node fresh = two.node("c");
        assertEquals("1", fresh.value("k/x"));
        assertEquals(covered(c).numbers().keySet(), covered(fresh).numbers().keySet());
        assertTrue(floor(fresh).covers(floor(c)));
        assertEquals(Optional.empty(), fresh.version("k/old"));
    }

    /** Each partner goes on with the id that is in its link, whichever of the two the site keeps. */
    @Test
    void twoNodesMayAddTheFirstPartnersAtTheSameTime() throws Exception {
        SimSite site = new SimSite(3, new SimCluster(3)).begin(2);
        site.cluster.run(8_000);
        site.cluster.cut("a", "b");
        Map<String, UUID> ids = Map.of("a", new UUID(31, 1), "b", new UUID(32, 2));
        Map<String, SimSite> partners = Map.of("a", new SimSite(4, new SimCluster(4)).begin(1), "b",
                new SimSite(5, new SimCluster(5)).begin(1));
        for (String node : List.of("a", "b")) {
            SimSite other = partners.get(node);
            other.cluster.run(4_000);
            Partner here = new Partner(other.name(), new UUID(9, other.index), List.of(new byte[32]),
                    other.id, List.of(ZONE), true, true, 1);
            SimSite.run(site.node(node), new TransactionWrite<>(SiteRecords.BYTES,
                    tx -> SiteRecords.add(tx, here, ids.get(node))));
            Partner there = Partner.ofLink(site.name(), here.linkText(ids.get(node)), 1);
            SimSite.run(other.node("a"), new TransactionWrite<>(SiteRecords.BYTES,
                    tx -> SiteRecords.add(tx, there, other.id)));
        }
        site.cluster.mend("a", "b");
        site.cluster.run(30_000);
        site.write(site.node("a"), "k/1", "1", 0);
        for (String node : List.of("a", "b")) {
            SimSite other = partners.get(node);
            for (Node maker : site.ready()) {
                assertEquals(2, new SiteRecords(maker.store.root()).partners().size());
                byte[] made = site.make(maker, Kind.BUNDLE, other, true);
                other.merge(other.node("a"), made);
                byte[] back = other.make(other.node("a"), Kind.BUNDLE, site, true);
                assertEquals(Optional.empty(), site.verify(maker, back).refused());
                RejectedBundleException own = assertThrows(RejectedBundleException.class,
                        () -> site.verify(maker, made));
                assertTrue(own.getMessage().contains("it was made by this site"), own.getMessage());
            }
        }
        SimSite.run(site.node("a"), new TransactionWrite<>(SiteRecords.BYTES,
                tx -> SiteRecords.remove(tx, partners.get("a").name())));
        assertEquals(1, new SiteRecords(site.node("a").store.root()).partners().size());
    }
}
