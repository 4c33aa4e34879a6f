package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.model.BundleRules;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Version;
import kvs.store.Store;
import kvs.store.StoreHarness;
import kvs.store.UnstampedVersion;
import kvs.world.Dice;
import org.junit.jupiter.api.Test;

/** The knowledge that a site has of the bundles that it made for a partner. */
class DeliveryTest {

    private static final class OneWay implements AutoCloseable {

        private final BundleLab lab = new BundleLab(11, "docs");
        private final Partner out;
        private long number;
        private BundleHead head;

        OneWay(int overlap) throws Exception {
            byte[] secret = new byte[Partner.SECRET_BYTES];
            out = new Partner("c", new UUID(2, 2), List.of(secret), Version.NOBODY,
                    lab.partnerOfA.zones(), true, false, 0).overlapping(overlap);
            StoreHarness.act(lab.a, tx -> SiteRecords.add(tx, out, BundleLab.SITE_A));
        }

        /** The next bundle, made and counted, after one more document. */
        BundleHead next() throws Exception {
            number++;
            StoreHarness.put(lab.a, "docs/" + number, "1");
            Statements said = new SiteRecords(lab.a.root()).statements(out);
            head = new BundleMaker(lab.a).head(new BundleMaker.Request(BundleHead.Kind.BUNDLE, out,
                    BundleLab.SITE_A, number, lab.harness.clock.wallMs(), 0), Optional.of(said), Dice.real());
            StoreHarness.act(lab.a, tx -> MadeBundle.note(tx, out, head));
            StoreHarness.act(lab.a, tx -> SiteRecords.takeNumber(tx, out));
            StoreHarness.act(lab.a, tx -> SiteRecords.delivered(tx, out, head));
            return head;
        }

        Coverage known() {
            return new SiteRecords(lab.a.root()).statements(out).of(out.zones().get(0)).known();
        }

        @Override
        public void close() throws IOException {
            lab.close();
        }
    }

    private static Coverage coverage(BundleHead head) {
        return head.zones().get(0).coverage();
    }

    @Test
    void lastBundleCountsAsDelivered() throws Exception {
        try (OneWay site = new OneWay(1)) {
            BundleHead first = site.next();
            assertEquals(coverage(first), site.known());
            assertEquals(Optional.of(coverage(first)), site.next().zones().get(0).base());
        }
    }

    /** Two of three bundles, one after the other, may be lost: the next one begins before them. */
    @Test
    void withAnOverlapTheLastButSomeCounts() throws Exception {
        try (OneWay site = new OneWay(3)) {
            BundleHead first = site.next();
            BundleHead second = site.next();
            assertEquals(Coverage.NONE, site.known());
            BundleHead third = site.next();
            assertEquals(Optional.empty(), third.zones().get(0).base(), "all three may be lost but one");
            assertEquals(coverage(first), site.known());
            BundleHead fourth = site.next();
            assertEquals(Optional.of(coverage(first)), fourth.zones().get(0).base());
            assertEquals(coverage(second), site.known());
            BundleRules.Receiver got = new BundleRules.Receiver(coverage(first), Coverage.NONE,
                    BundleRules.PartnerZone.added(false, true, 0));
            assertEquals(BundleRules.Verdict.MERGEABLE, BundleRules.verdict(coverage(first),
                    coverage(fourth), 1, got));
            StoreHarness.act(site.lab.a, tx -> SiteRecords.reset(tx, "c"));
            site.next();
            assertEquals(Coverage.NONE, site.known(), "what was made before counts no more");
        }
    }

    /** What was begun for a partner that is removed counts for no other one with its name. */
    @Test
    void removedPartnerIsNotKnownAgain() throws Exception {
        try (OneWay site = new OneWay(1)) {
            BundleHead head = site.next();
            StoreHarness.act(site.lab.a, tx -> SiteRecords.remove(tx, "c"));
            StoreHarness.act(site.lab.a, tx -> {
                SiteRecords.meet(tx, site.out, BundleLab.SITE_B);
                SiteRecords.delivered(tx, site.out, head);
            });
            assertEquals(Optional.empty(), new SiteRecords(site.lab.a.root()).partner("c"));
            Partner next = new Partner("c", new UUID(3, 3), site.out.secrets(), Version.NOBODY,
                    site.out.zones(), true, false, 0);
            StoreHarness.act(site.lab.a, tx -> SiteRecords.add(tx, next, BundleLab.SITE_A));
            StoreHarness.act(site.lab.a, tx -> {
                SiteRecords.meet(tx, site.out, BundleLab.SITE_B);
                SiteRecords.delivered(tx, site.out, head);
            });
            SiteRecords records = new SiteRecords(site.lab.a.root());
            assertEquals(Version.NOBODY, records.partner("c").orElseThrow().site());
            assertEquals(Coverage.NONE, records.statements(next).of(next.zones().get(0)).known());
        }
    }

    /** Another node may have removed the partner: then the next bundle of any link removes the notes. */
    @Test
    void notesOfALinkThatIsNoMoreAreRemoved() throws Exception {
        for (boolean here : new boolean[] {true, false}) {
            try (OneWay site = new OneWay(1)) {
                Store store = site.lab.a;
                StoreHarness.put(store, "docs/x", "1");
                site.lab.make(store, site.out, BundleLab.SITE_A, BundleHead.Kind.BUNDLE, true);
                site.next();
                assertEquals(2, notes(store, site.out));
                if (here) {
                    StoreHarness.act(store, tx -> SiteRecords.remove(tx, "c"));
                } else {
                    for (String removed : List.of("partner/c", "self/" + site.out.link())) {
                        Key record = Key.ofBytes(("\0site/" + removed).getBytes(StandardCharsets.UTF_8));
                        StoreHarness.act(store, tx -> tx.put(new UnstampedVersion(record, Optional.empty(),
                                Version.FOREVER, Version.NOBODY)));
                    }
                    assertEquals(2, notes(store, site.out));
                    StoreHarness.act(store, tx -> MadeBundle.note(tx, site.lab.partnerOfA, site.head));
                    StoreHarness.act(store, tx -> SiteRecords.takeNumber(tx, site.lab.partnerOfA));
                    assertEquals(1, notes(store, site.lab.partnerOfA), "that of a link that is there");
                }
                assertEquals(0, notes(store, site.out));
            }
        }
    }

    private static long notes(Store store, Partner partner) {
        return store.notes().all().keySet().stream()
                .filter(name -> name.startsWith("made/" + partner.link() + "/")
                        || name.startsWith("scanned/" + partner.link() + "/")).count();
    }

    @Test
    void lastBundlesAreKnownByTheirNumbers() throws Exception {
        try (OneWay site = new OneWay(1)) {
            BundleHead third = null;
            for (int i = 1; i <= MadeBundle.KEPT + 2; i++) {
                BundleHead head = site.next();
                third = i == 3 ? head : third;
            }
            List<MadeBundle> kept = MadeBundle.all(site.lab.a.notes(), site.out);
            assertEquals(MadeBundle.KEPT, kept.size());
            assertEquals(3, kept.get(0).number());
            assertTrue(MadeBundle.find(site.lab.a.notes(), site.out, 2).isEmpty());
            MadeBundle since = MadeBundle.find(site.lab.a.notes(), site.out, 3).orElseThrow();
            assertEquals(third.madeMs(), since.madeMs());
            Statements then = new SiteRecords(site.lab.a.root()).statements(site.out).since(since);
            assertEquals(coverage(third), then.of(site.out.zones().get(0)).known());
        }
    }
}
