package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.sim.Depth;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.store.StoreHarness;
import kvs.world.Disk;
import kvs.world.DiskFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Deltas are read from their start in the log, and hold what the base lacks of the complete index. */
class DeltaStartTest {

    private static final int SEEDS = Depth.of(12, 400);
    private static final int STEPS = 250;
    private static final int KEYS = 60;
    private static final UUID SITE = new UUID(9, 9);

    private StoreHarness harness;
    private SimDisk disk;
    private Store store;
    private Store other;
    private Partner partner;
    private long number;
    /** The versions that the last bundle was read from. */
    private long read;

    @BeforeEach
    void opens() throws Exception {
        open(1);
    }

    private void open(long seed) throws Exception {
        harness = new StoreHarness(seed);
        disk = harness.disk();
        store = harness.open(disk);
        other = harness.open(harness.disk());
        partner = new Partner("b", new UUID(1, seed), List.of(new byte[Partner.SECRET_BYTES]), Version.NOBODY,
                List.of(Zone.of(List.of("a")), Zone.of(List.of("b"))), true, true, 0);
        StoreHarness.act(store, tx -> SiteRecords.add(tx, partner, SITE));
        number = 0;
    }

    @AfterEach
    void closes() throws IOException {
        store.close();
        other.close();
    }

    /** The ids of the versions in a bundle whose zones have that base. */
    private List<UUID> bundle(Coverage base) throws IOException, RejectedBundleException {
        number++;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        read = 0;
        try (BundleMaker maker = new BundleMaker(store)) {
            BundleHead full = maker.head(new BundleMaker.Request(BundleHead.Kind.BUNDLE, partner, SITE,
                    number, harness.clock.wallMs(), 0), Optional.empty(), harness.dice);
            List<BundleHead.ZoneState> zones = full.zones().stream().map(zone -> new BundleHead.ZoneState(
                    zone.zone(), Optional.of(base), zone.coverage(), zone.floors(), zone.digest(),
                    zone.count())).toList();
            maker.write(new BundleHead(full.kind(), full.salt(), full.link(), full.from(), full.to(), number,
                    full.madeMs(), 0, full.origin(), full.boot(), zones), partner, out, done -> read = done);
        }
        store.step();
        return ids(out.toByteArray());
    }

    private List<UUID> ids(byte[] bytes) throws IOException, RejectedBundleException {
        List<UUID> ids = new ArrayList<>();
        Disk stick = harness.disk();
        try (DiskFile file = stick.open("file", Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(bytes), 0);
            BundleFile bundle = new BundleFile(file);
            new BundleReader(bundle, bundle.keys(partner.secrets()).orElseThrow(), done -> { })
                    .run((zone, arrival) -> ids.add(arrival.version().uuid()));
        }
        return ids;
    }

    /** The ids of all versions of the zones that the base lacks, by reading the complete index. */
    private List<UUID> lacking(Coverage base) {
        List<UUID> ids = new ArrayList<>();
        for (Zone zone : partner.zones()) {
            for (ZoneCursor each = new ZoneCursor(store.root().tree(), zone); each.hasEntry(); each.next()) {
                Version version = store.read(each.entry());
                if (!base.covers(version.dot())) {
                    ids.add(version.uuid());
                }
            }
        }
        return ids;
    }

    private void compact() {
        store.compact();
        for (int i = 0; i < 200; i++) {
            store.maintenance().step();
            store.step();
            harness.clock.advance(50);
        }
    }

    @Test
    void readsOnlyWhatFollowedTheBundleThatThePartnerHas() throws Exception {
        for (int i = 0; i < 50; i++) {
            StoreHarness.put(store, "a/" + i, "1");
        }
        Coverage first = store.durable();
        bundle(Coverage.NONE);
        assertEquals(50, read, "a full one");
        StoreHarness.put(store, "a/7", "2");
        Coverage second = store.durable();
        assertEquals(1, bundle(first).size());
        assertEquals(1, read);
        StoreHarness.put(store, "a/8", "2");
        store.close();
        store = harness.open(disk);
        assertEquals(1, bundle(second).size());
        assertEquals(1, read, "a restart keeps the starts");
        assertEquals(2, bundle(first).size(), "the second one was lost");
        assertEquals(2, read);
        assertEquals(52 - 2, bundle(Coverage.NONE).size());
        assertEquals(50, read, "a stranger lacks everything");
    }

    /** A version that the maker did not cover may be missing at a partner that has the whole bundle. */
    @Test
    void beginsEarlierWhileTheBaseLacksAVersionThatIsNotCovered() throws Exception {
        StoreHarness.put(other, "a/of-other", "1");
        StoreHarness.put(store, "a/1", "1");
        StoreHarness.take(store, other, "a/of-other");
        Coverage covered = store.durable();
        bundle(Coverage.NONE);
        StoreHarness.put(store, "a/2", "1");
        assertEquals(2, bundle(covered).size(), "that of the other origin again");
        StoreHarness.act(store, tx -> tx.cover(other.durable()));
        Coverage all = store.durable();
        assertEquals(0, bundle(all).size());
        assertEquals(0, read);
    }

    @Test
    void keepsFewerStartsTheOlderTheyAre() throws Exception {
        List<Coverage> covered = new ArrayList<>(List.of(Coverage.NONE));
        for (int i = 1; i <= 200; i++) {
            StoreHarness.put(store, "a/" + i, "1");
            bundle(covered.get(i - 1));
            assertEquals(1, read);
            covered.add(store.durable());
        }
        for (int lost = 1; lost < 100; lost++) {
            assertEquals(lost, bundle(covered.get(200 - lost)).size());
            assertTrue(read <= 2L * lost + 2, lost + " bundles lost: " + read);
        }
    }

    @Test
    void keepsTheStartAfterALargeBundle() throws Exception {
        for (int i = 0; i < 500; i++) {
            StoreHarness.put(store, "a/" + i, "1");
        }
        Coverage large = store.durable();
        bundle(Coverage.NONE);
        for (int i = 1; i <= 60; i++) {
            StoreHarness.put(store, "b/" + i, "1");
            assertEquals(i, bundle(large).size(), "nothing comes back of the partner");
            assertEquals(i, read);
        }
    }

    @Tag(Depth.DEEP)
    @Test
    void holdsTheSameWhateverHappensToTheLog() throws Exception {
        long entries = 0;
        long looked = 0;
        long compactions = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            closes();
            open(seed);
            Random random = new Random(seed);
            List<Coverage> said = new ArrayList<>(List.of(Coverage.NONE));
            for (int step = 0; step < STEPS; step++) {
                String key = "abc".charAt(random.nextInt(3)) + "/" + random.nextInt(KEYS);
                harness.clock.advance(random.nextInt(5) * 200L);
                switch (random.nextInt(16)) {
                    case 0 -> StoreHarness.delete(store, key);
                    case 1 -> StoreHarness.purge(store, key);
                    case 2, 3 -> StoreHarness.put(other, key, "\"" + step + "\"");
                    case 4, 5 -> StoreHarness.take(store, other, key);
                    case 6 -> {
                        compactions -= store.counts().usage().compactions();
                        compact();
                        compactions += store.counts().usage().compactions();
                    }
                    case 7 -> restart(random);
                    case 8, 9 -> {
                        Coverage base = said.get(said.size() - 1 - random.nextInt(Math.min(4, said.size())));
                        assertEquals(lacking(base), bundle(base), "seed " + seed + " step " + step);
                        looked += read;
                        entries += partner.zones().stream()
                                .mapToLong(zone -> ZoneScan.totals(store.root().tree(), zone).count()).sum();
                        said.add(random.nextBoolean() ? store.durable() : some(random));
                    }
                    default -> StoreHarness.put(store, key, "\"" + step + "\"");
                }
            }
        }
        System.out.println("deltas: " + looked + " of " + entries + " versions read, " + compactions
                + " compactions");
        assertTrue(looked < entries * 2 / 3 && compactions > SEEDS,
                looked + " " + entries + " " + compactions);
    }

    /** A coverage of both origins that may have more or less than the store. */
    private Coverage some(Random random) {
        Coverage covered = store.durable();
        for (Store each : List.of(store, other)) {
            Optional<Long> one = dotOfSome(each, random).map(Dot::seq);
            covered = one.isPresent() ? covered.with(each.origin(), one.get()) : covered;
        }
        return covered;
    }

    private static Optional<Dot> dotOfSome(Store from, Random random) {
        return from.root().find(Key.of("a/" + random.nextInt(KEYS)))
                .map(entry -> from.held(entry).orElseThrow().version().dot())
                .filter(dot -> dot.origin().equals(from.origin()));
    }

    private void restart(Random random) throws Exception {
        if (random.nextBoolean()) {
            store.close();
            store = harness.open(disk);
        } else {
            disk = disk.survivor();
            store = harness.open(disk);
        }
    }
}
