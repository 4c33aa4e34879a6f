package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import kvs.bundle.RejectedBundleException.Cause;
import kvs.model.BundleRules;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Zone;
import kvs.store.Store;
import kvs.store.StoreHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The file between sites: what is in it, and that no changed one is taken. */
class BundleFileTest {

    private static final Path SAMPLE = Path.of(System.getProperty("kvs.root"),
            "test/kvs/bundle/samples/version1.bundle");
    private static final Path SAMPLE_2 = SAMPLE.resolveSibling("version2.bundle");
    private static final long SAMPLE_MS = 1_700_000_000_000L;

    private BundleLab lab;

    @BeforeEach
    void makesTheSites() throws Exception {
        lab = new BundleLab(7, "docs,cfg", "x");
        StoreHarness.put(lab.a, "docs/one", "\"first\"");
        StoreHarness.put(lab.a, "docs/two", "\"second, " + "longer".repeat(200) + "\"");
        StoreHarness.put(lab.a, "private/one", "\"stays\"");
        StoreHarness.put(lab.a, "x/one", "1");
        StoreHarness.put(lab.a, "docs/gone", "2");
        StoreHarness.delete(lab.a, "docs/gone");
    }

    @AfterEach
    void closesTheSites() throws IOException {
        lab.close();
    }

    private static List<Long> entries(BundleVerification.Result result) {
        return result.zones().stream().map(zone -> zone.totals().entries()).toList();
    }

    private static List<BundleRules.Verdict> verdicts(BundleVerification.Result result) {
        return result.zones().stream().map(BundleVerification.ZoneResult::verdict).toList();
    }

    @Test
    void holdsTheZonesAndNothingElse() throws Exception {
        byte[] file = lab.bundle();
        BundleVerification.Result result = lab.verify(file);
        assertEquals(List.of(3L, 1L), entries(result), "dead ones too");
        assertEquals(List.of(BundleRules.Verdict.MERGEABLE, BundleRules.Verdict.MERGEABLE),
                verdicts(result));
        assertFalse(result.zones().get(0).isEqual());
        assertEquals(BundleLab.SITE_A, result.file().head().from());
        String text = new String(file, StandardCharsets.ISO_8859_1);
        assertFalse(text.contains("first") || text.contains("docs/one") || text.contains("private"),
                "documents and keys are encrypted, other keys are absent");
        assertTrue(text.contains("cfg\ndocs\n"), "the zones are in the clear");
    }

    @Test
    void equalSitesHaveEqualDigests() throws Exception {
        for (String key : List.of("docs/one", "docs/two", "docs/gone", "x/one")) {
            StoreHarness.take(lab.b, lab.a, key);
        }
        BundleVerification.Result result = lab.verify(lab.a, lab.receiptOfB());
        assertTrue(result.zones().stream().allMatch(BundleVerification.ZoneResult::isEqual));
        StoreHarness.put(lab.b, "private/two", "1");
        assertTrue(lab.verify(lab.a, lab.receiptOfB()).zones().get(0).isEqual(), "in no zone");
        StoreHarness.put(lab.b, "x/two", "1");
        BundleVerification.Result other = lab.verify(lab.a, lab.receiptOfB());
        assertTrue(other.zones().get(0).isEqual());
        assertFalse(other.zones().get(1).isEqual());
    }

    @Test
    void deltaHoldsWhatTheBaseLacksAndNeedsIt() throws Exception {
        StoreHarness.act(lab.b, tx -> tx.cover(lab.a.durable()));
        lab.say(lab.receiptOfB());
        StoreHarness.act(lab.b, tx -> tx.uncover());
        StoreHarness.put(lab.a, "docs/three", "3");
        byte[] delta = lab.bundle();
        BundleVerification.Result result = lab.verify(delta);
        assertEquals(List.of(1L, 0L), entries(result));
        assertEquals(List.of(BundleRules.Verdict.MISSING, BundleRules.Verdict.MISSING), verdicts(result));
        assertTrue(result.refused().isPresent());
        StoreHarness.act(lab.b, tx -> tx.cover(result.file().head().zones().get(0).base().orElseThrow()));
        assertTrue(lab.verify(delta).refused().isEmpty());
        StoreHarness.act(lab.b, tx -> tx.cover(lab.a.durable()));
        assertEquals(List.of(BundleRules.Verdict.NOTHING_NEW, BundleRules.Verdict.NOTHING_NEW),
                verdicts(lab.verify(delta)));
    }

    @Test
    void isFullAgainWhenSomethingOfTheZoneWasPurgedThatThePartnerMayHave() throws Exception {
        StoreHarness.put(lab.a, "docs/three", "3");
        StoreHarness.act(lab.b, tx -> tx.cover(lab.a.durable()));
        lab.say(lab.receiptOfB());
        StoreHarness.put(lab.a, "private/two", "2");
        StoreHarness.delete(lab.a, "private/two");
        assertTrue(StoreHarness.purge(lab.a, "private/two"));
        StoreHarness.delete(lab.a, "docs/three");
        assertTrue(lab.verify(lab.bundle()).file().head().zones().get(0).base().isPresent());
        assertTrue(StoreHarness.purge(lab.a, "docs/three"));
        assertTrue(lab.verify(lab.bundle()).file().head().zones().get(0).base().isEmpty());
        assertTrue(lab.verify(lab.bundle()).file().head().zones().get(1).base().isPresent());
    }

    @Test
    void receiptIsAStatementWithoutVersions() throws Exception {
        StoreHarness.put(lab.b, "docs/of-b", "1");
        BundleVerification.Result result = lab.verify(lab.a, lab.receiptOfB());
        assertEquals(List.of(0L, 0L), entries(result));
        assertEquals(BundleHead.Kind.RECEIPT, result.file().head().kind());
        assertTrue(result.file().head().zones().get(0).coverage().covers(lab.b.durable()));
        assertFalse(result.zones().get(0).isEqual());
    }

    @Test
    void everyChangedByteIsRefused() throws Exception {
        byte[] file = lab.bundle();
        Set<Cause> causes = EnumSet.noneOf(Cause.class);
        for (int i = 0; i < file.length; i++) {
            byte[] changed = file.clone();
            changed[i] ^= (byte) (1 << i % 8);
            causes.add(lab.rejection(changed));
        }
        assertEquals(EnumSet.of(Cause.DAMAGED, Cause.FOREIGN, Cause.NEWER), causes);
    }

    /** Nobody should carry a good file once more. */
    @Test
    void newerRecordsNeedANewerProgram() throws Exception {
        byte[] file = lab.bundle();
        file[13] = (byte) (BundleHead.RECORDS + 1);
        assertEquals(Cause.NEWER, lab.rejection(file));
    }

    /** Each start of a lone site is a life, and so 24 bytes in each zone. */
    @Test
    void aHeadThatIsTooLongIsNotMade() {
        Map<UUID, Long> numbers = new TreeMap<>();
        for (int i = 0; i < Coverage.ORIGINS_MAX; i++) {
            numbers.put(new UUID(i, 1), 1L);
        }
        Coverage covered = Coverage.of(numbers);
        List<BundleHead.ZoneState> zones = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            zones.add(new BundleHead.ZoneState(Zone.of(List.of("zone" + i)), Optional.empty(), covered,
                    Coverage.NONE, new byte[32], 0));
        }
        BundleHead head = new BundleHead(BundleHead.Kind.BUNDLE, new byte[16], new UUID(1, 1), new UUID(2, 1),
                new UUID(3, 1), 1, 1, 1, new UUID(4, 1), 1, zones);
        String said = assertThrows(IOException.class, head::encode).getMessage();
        assertTrue(said.contains("divide them among several links"), said);
    }

    @Test
    void everyCutIsRefused() throws Exception {
        byte[] file = lab.bundle();
        for (int length = 0; length < file.length; length++) {
            assertEquals(Cause.DAMAGED, lab.rejection(Arrays.copyOf(file, length)), "at " + length);
        }
        assertEquals(Cause.DAMAGED, lab.rejection(Arrays.copyOf(file, file.length + 1)));
    }

    /** The frames of a file, with their lengths before them. */
    private static List<byte[]> frames(byte[] file, int start, int end) {
        List<byte[]> frames = new ArrayList<>();
        for (int at = start; at < end; at += frames.get(frames.size() - 1).length) {
            int length = Integer.BYTES + ByteBuffer.wrap(file).getInt(at);
            frames.add(Arrays.copyOfRange(file, at, at + length));
        }
        return frames;
    }

    /** Even somebody who repairs the SHA-256 cannot: that needs the secret. Here all checks of it are off. */
    @Test
    void framesOutOfOrderOrLeftOutAreRefusedByThemselves() throws Exception {
        lab.close();
        lab = new BundleLab(8, "a", "b", "c");
        for (String key : List.of("a/1", "b/1", "c/1")) {
            StoreHarness.put(lab.a, key, "1");
        }
        byte[] file = lab.bundle();
        int start = ByteBuffer.wrap(file).getInt(8);
        int end = file.length - BundleTrailer.bytes(3);
        List<byte[]> frames = frames(file, start, end);
        assertEquals(3, frames.size());
        BundleKeys keys = new BundleKeys(lab.partnerOfA.secrets().get(0), Arrays.copyOfRange(file, 16, 32));
        for (int i = 0; i < 3; i++) {
            byte[] sealed = Arrays.copyOfRange(frames.get(i), Integer.BYTES, frames.get(i).length);
            for (int j = 0; j < 3; j++) {
                assertEquals(i == j, keys.open(j, i == 2, sealed).isPresent(), i + " as " + j);
            }
            assertTrue(keys.open(i, i != 2, sealed).isEmpty(), "an end in the wrong place");
            for (int j = 0; j < i; j++) {
                List<byte[]> swapped = new ArrayList<>(frames);
                swapped.set(i, frames.get(j));
                swapped.set(j, frames.get(i));
                assertEquals(Cause.DAMAGED, lab.rejection(joined(file, start, swapped, end)));
            }
        }
    }

    private static byte[] joined(byte[] file, int start, List<byte[]> frames, int end) {
        ByteBuffer out = ByteBuffer.allocate(file.length).put(file, 0, start);
        frames.forEach(out::put);
        return out.put(file, end, file.length - end).array();
    }

    @Test
    void bodyOfAnotherFileIsRefused() throws Exception {
        byte[] one = lab.bundle();
        byte[] two = lab.bundle();
        assertEquals(one.length, two.length);
        assertFalse(Arrays.equals(one, two), "another salt");
        int start = ByteBuffer.wrap(one).getInt(8);
        System.arraycopy(one, start, two, start, one.length - start);
        assertEquals(Cause.DAMAGED, lab.rejection(two));
    }

    @Test
    void longDocumentsHaveFramesOfTheirOwn() throws Exception {
        Map<String, Optional<String>> changes = new TreeMap<>();
        byte[] noise = new byte[1_500_000];
        for (int i = 0; i < noise.length; i += 8) {
            ByteBuffer.wrap(noise).putLong(i - i % 8, lab.harness.dice.bits());
        }
        String text = "\"" + HexFormat.of().formatHex(noise, 0, 1_400_000) + "\"";
        changes.put("docs/long", Optional.of(text));
        StoreHarness.write(lab.a, changes);
        StoreHarness.put(lab.a, "docs/short", "1");
        byte[] file = lab.bundle();
        assertEquals(List.of(5L, 1L), entries(lab.verify(file)));
        int start = ByteBuffer.wrap(file).getInt(8);
        List<byte[]> frames = frames(file, start, file.length - BundleTrailer.bytes(2));
        assertEquals(4, frames.size(), "before the long one, it, after it, and the other zone");
    }

    @Test
    void emptyBundleAndEmptyZonesAreSound() throws Exception {
        lab.close();
        lab = new BundleLab(9, "/", "_accounts");
        assertEquals(List.of(0L, 0L), entries(lab.verify(lab.bundle())));
        assertEquals(List.of("_accounts", "/"), lab.verify(lab.bundle()).file().head().zones()
                .stream().map(state -> state.zone().toString()).toList(), "accounts first");
    }

    @Test
    void isOnlyForItsPartner() throws Exception {
        byte[] file = lab.bundle();
        assertEquals(Cause.FOREIGN, rejection(lab.a, file), "the site that made it");
        Store stranger = lab.harness.open(lab.harness.disk());
        assertEquals(Cause.FOREIGN, rejection(stranger, file), "a site without partners");
        byte[] other = new byte[Partner.SECRET_BYTES];
        Partner wrong = new Partner("a", lab.partnerOfB.link(), List.of(other), BundleLab.SITE_A,
                lab.partnerOfB.zones(), true, true, 0);
        StoreHarness.act(stranger, tx -> SiteRecords.add(tx, wrong, BundleLab.SITE_B));
        assertEquals(Cause.DAMAGED, rejection(stranger, file), "another secret");
        Partner oneWay = new Partner("a", lab.partnerOfB.link(), lab.partnerOfB.secrets(), BundleLab.SITE_A,
                lab.partnerOfB.zones(), true, false, 0);
        replace(oneWay);
        assertEquals(Cause.FOREIGN, lab.rejection(file), "a link that only goes out");
        replace(new Partner("a", lab.partnerOfB.link(), lab.partnerOfB.secrets(), BundleLab.SITE_A,
                lab.partnerOfB.zones().subList(0, 1), true, true, 0));
        assertEquals(Cause.FOREIGN, lab.rejection(file), "a zone that was not agreed");
        replace(new Partner("a", lab.partnerOfB.link(), lab.partnerOfB.secrets(), new UUID(9, 9),
                lab.partnerOfB.zones(), true, true, 0));
        assertEquals(Cause.FOREIGN, lab.rejection(file), "another site with the same link");
        replace(new Partner("a", lab.partnerOfB.link(), List.of(other, lab.partnerOfB.secrets().get(0)),
                BundleLab.SITE_A, lab.partnerOfB.zones(), true, true, 0));
        assertEquals(List.of(3L, 1L), entries(lab.verify(file)), "any of the secrets");
        stranger.close();
    }

    private void replace(Partner partner) {
        StoreHarness.act(lab.b, tx -> assertTrue(SiteRecords.remove(tx, "a")));
        StoreHarness.act(lab.b, tx -> SiteRecords.add(tx, partner, BundleLab.SITE_B));
    }

    private Cause rejection(Store at, byte[] file) throws IOException {
        try {
            lab.verify(at, file);
        } catch (RejectedBundleException e) {
            return e.kind();
        }
        throw new AssertionError("it was taken");
    }

    @Test
    void wrongClockIsFound() throws Exception {
        lab.harness.clock.advance(90_000_000);
        byte[] file = lab.bundle();
        lab.verify(file);
        lab.harness.clock.advance(-90_000_000);
        assertEquals(Cause.CLOCK, lab.rejection(file));
        lab.harness.clock.advance(90_000_000);
    }

    @Test
    void directoryThatWasPutBackIsFound() throws Exception {
        StoreHarness.act(lab.a, tx -> tx.cover(lab.a.durable().with(lab.b.origin(), lab.b.head() + 1)));
        assertEquals(Cause.COPY, lab.rejection(lab.bundle()));
    }

    @Test
    void numbersOfBundlesRiseAndAreNoVersions() {
        long own = lab.a.own();
        for (long number = 1; number < 4; number++) {
            long expected = number;
            StoreHarness.act(lab.a,
                    tx -> assertEquals(expected, SiteRecords.takeNumber(tx, lab.partnerOfA)));
        }
        assertEquals(3, SiteRecords.lastNumber(lab.a.notes(), lab.partnerOfA));
        assertEquals(own, lab.a.own());
    }

    /** A file of version 1 that every later version must read; kvs.bundle draws it. */
    @Test
    void sampleOfVersion1IsRead() throws Exception {
        lab.close();
        lab = new BundleLab(1, "a");
        byte[] sample = Files.readAllBytes(SAMPLE);
        assertNotEquals(0, sample.length);
        BundleVerification.Result result = lab.verify(sample);
        assertEquals(List.of(2L), entries(result));
        assertEquals(SAMPLE_MS, result.file().head().madeMs());
        assertEquals(5, result.file().head().number());
        assertEquals(BundleRules.Verdict.MERGEABLE, result.zones().get(0).verdict());
        assertArrayEquals(HexFormat.of().parseHex("4b5653424e442031"), Arrays.copyOf(sample, 8));
    }

    /** A file with deflated records, of the version that began to write them. */
    @Test
    void sampleOfVersion2IsRead() throws Exception {
        lab.close();
        lab = new BundleLab(1, "a");
        byte[] sample = Files.readAllBytes(SAMPLE_2);
        BundleVerification.Result result = lab.verify(sample);
        assertEquals(List.of(3L), entries(result));
        assertEquals(BundleRules.Verdict.MERGEABLE, result.zones().get(0).verdict());
        assertTrue(lab.merge(lab.b, sample).complete());
        assertEquals("\"one\"", text(lab.b, "a/one"));
        assertEquals("\"" + "two ".repeat(100) + "\"", text(lab.b, "a/two"));
    }

    private static String text(Store store, String path) {
        return new String(store.read(store.root().find(Key.of(path)).orElseThrow()).data(),
                StandardCharsets.UTF_8);
    }
}
