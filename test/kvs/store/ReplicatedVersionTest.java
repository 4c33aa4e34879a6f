package kvs.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.log.DocumentCodec;
import kvs.log.EncodedDocument;
import kvs.log.Record;
import kvs.log.ReplicatedVersion;
import kvs.log.StorageEnvironment;
import kvs.log.UnusableDirectoryException;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.recovery.DirectoryVerification;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.store.Transaction.MergeResult;
import kvs.tree.Entry;
import kvs.world.Logger;
import org.junit.jupiter.api.Test;

/** Versions that come from other nodes. */
class ReplicatedVersionTest {

    private final DocumentCodec codec = new DocumentCodec(3);
    private final SimClock clock = new SimClock();
    private final SimDice dice = new SimDice(1);
    private SimDisk disk = new SimDisk(dice);

    private static Version version(String key, long timestamp, long joined, boolean deleted, byte[] data) {
        return new VersionIdHasher().seal(new Version(Key.of(key), Version.NOBODY, timestamp,
                new Dot(new UUID(1, 2), 3), joined,
                new Version.Lineage(5, 6), new UUID(7, 8), new UUID(9, 10), Version.FOREVER, deleted, data));
    }

    private static byte[] text(int size) {
        return ("\"" + "x".repeat(size) + "\"").getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] frame(Version version) throws IOException {
        EncodedDocument document = codec.pack(version.data());
        ByteBuffer out = ByteBuffer.allocate(1 << 21);
        Record.encode(out, 0, new Record.Put(77, version, document.raw().length, document.packed(), false),
                document.stored());
        return Arrays.copyOf(out.array(), out.position());
    }

    private Optional<ReplicatedVersion> decode(byte[] frame) {
        return ReplicatedVersion.decode(frame, codec, new VersionIdHasher());
    }

    private Store open() {
        try {
            return Store.open(new StorageEnvironment(disk, clock, dice, Logger.none()), StoreHarness.SMALL);
        } catch (IOException | UnusableDirectoryException e) {
            throw new AssertionError(e);
        }
    }

    private static List<MergeResult> merge(Store store, List<ReplicatedVersion> arrivals) {
        List<MergeResult> merged = new ArrayList<>();
        store.submit(new Write() {
            @Override
            public void decide(Transaction transaction) {
                arrivals.forEach(arrival -> merged.add(transaction.merge(arrival, false)));
            }

            @Override
            public void written() {
                assertEquals(arrivals.size(), merged.size());
            }

            @Override
            public void refused(Refusal refusal) {
                throw refusal;
            }
        });
        store.step();
        return merged;
    }

    private MergeResult merge(Store store, Version version) throws IOException {
        return merge(store, List.of(decode(frame(version)).orElseThrow())).get(0);
    }

    /** It was here, died, and was purged: whoever has not purged it yet does not bring it back. */
    @Test
    void aDeadOneThatIsCoveredAndNotHereStaysAway() throws IOException {
        Store store = open();
        Version dead = version("a", 1, 2, true, new byte[0]);
        Version alive = version("b", 1, 2, false, text(1));
        assertEquals(MergeResult.TAKEN, merge(store, dead));
        store.submit(new Write() {
            @Override
            public void decide(Transaction transaction) {
                transaction.cover(Coverage.NONE.with(dead.dot().origin(), dead.dot().seq()));
                transaction.purge(dead);
            }

            @Override
            public void refused(Refusal refusal) {
                throw refusal;
            }
        });
        store.step();
        assertEquals(0, store.root().tree().summary().count());
        assertEquals(MergeResult.BEATEN, merge(store, dead));
        assertEquals(MergeResult.TAKEN, merge(store, alive), "what lives is taken all the same");
    }

    @Test
    void aFrameKeepsTheWholeVersion() throws IOException {
        for (Version sent : List.of(version("a", 1, 2, false, text(1)),
                version("a/b", 1, 2, false, text(10_000)), version("c", 1, 2, true, new byte[0]))) {
            ReplicatedVersion got = decode(frame(sent)).orElseThrow();
            assertEquals(sent.uuid(), got.version().uuid());
            assertEquals(sent.uuid(), new VersionIdHasher().of(got.version()));
            assertArrayEquals(sent.data(), got.version().data());
            assertEquals(sent.data().length > 511, got.document().packed());
        }
    }

    @Test
    void everyChangedBitIsRefused() throws IOException {
        byte[] whole = frame(version("a/b", 1, 2, false, text(600)));
        int padding = whole.length - ByteBuffer.wrap(whole).getInt(4);
        for (int bit = 0; bit < 8 * (whole.length - padding); bit++) {
            byte[] changed = whole.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertEquals(Optional.empty(), decode(changed), "bit " + bit);
        }
        for (int length = 0; length < whole.length - padding; length++) {
            assertEquals(Optional.empty(), decode(Arrays.copyOf(whole, length)), length + " bytes");
        }
    }

    /** The checksum anybody can make; the id is of the content. */
    @Test
    void aForgedContentUnderARightChecksumIsRefused() throws IOException {
        Version honest = version("a", 1, 2, false, text(1));
        Version forged = version("a", 1, 2, false, text(2)).withUuid(honest.uuid());
        assertEquals(Optional.empty(), decode(frame(forged)));
        Version later = version("a", 2, 2, false, text(1)).withUuid(honest.uuid());
        assertEquals(Optional.empty(), decode(frame(later)));
    }

    @Test
    void theGreaterVersionWinsInAnyOrderAndAfterARestart() throws IOException, UnusableDirectoryException {
        List<Version> all = List.of(version("k", 1_000, 5, false, text(1)),
                version("k", 2_000, 5, false, text(2)), version("k", 2_000, 4, false, text(3)),
                version("k", 2_000, 4, true, new byte[0]), version("k", 500, 1, false, text(5)));
        Version greatest = all.stream().max((a, b) -> a.rank().compareTo(b.rank())).orElseThrow();
        for (int round = 0; round < 50; round++) {
            disk = new SimDisk(dice);
            Store store = open();
            for (int i = 0; i < 12; i++) {
                Version one = all.get(dice.below(all.size()));
                Optional<Version> before = store.root().tree().get(one.key().bytes()).map(store::read);
                boolean beats = before.filter(v -> v.rank().compareTo(one.rank()) >= 0).isEmpty();
                assertEquals(beats ? MergeResult.TAKEN : MergeResult.BEATEN, merge(store, one));
            }
            all.forEach(one -> merge(store, List.of(new ReplicatedVersion(one, codec.pack(one.data())))));
            assertEquals(greatest.uuid(),
                    store.read(store.root().tree().get(greatest.key().bytes()).orElseThrow()).uuid());
            byte[] root = store.root().tree().summary().digest();
            disk = disk.restart();
            Store again = open();
            assertArrayEquals(root, again.root().tree().summary().digest());
            Entry entry = again.root().tree().get(greatest.key().bytes()).orElseThrow();
            assertEquals(greatest.rank(), again.read(entry).rank());
            assertEquals(greatest.uuid(),
                    decode(again.held(entry).orElseThrow().frame()).orElseThrow().version().uuid(),
                    "and travels on");
            assertTrue(DirectoryVerification.run(disk.copy(), finding -> { }).sound());
        }
    }

    @Test
    void whatIsFromTheFutureIsNotTakenAndPullsNoClock() throws IOException {
        Store store = open();
        long day = 86_400_000;
        assertEquals(MergeResult.EARLY,
                merge(store, version("k", clock.wallMs() + day + 1, 1, false, text(1))));
        assertEquals(MergeResult.TAKEN, merge(store, version("k", clock.wallMs() + day, 1, false, text(1))));
        StoreHarness.put(store, "other", "1");
        store.step();
        assertEquals(clock.wallMs(), store.read(store.root().tree()
                .get("other".getBytes(StandardCharsets.US_ASCII)).orElseThrow()).timestamp());
        StoreHarness.put(store, "k", "2");
        store.step();
        assertEquals(clock.wallMs() + day + 1,
                store.read(store.root().tree().get("k".getBytes(StandardCharsets.US_ASCII)).orElseThrow())
                        .timestamp(), "but a write beats what its node had seen");
    }

    /** Two nodes may hold the same from a time when the clocks of both were wrong. */
    @Test
    void whatReplacesAVersionThatIsAsFarAheadIsTaken() throws IOException {
        Store store = open();
        long day = 86_400_000;
        long right = clock.wallMs();
        clock.setWall(right + 365 * day);
        Version wrong = version("k", clock.wallMs(), 1, false, text(1));
        assertEquals(MergeResult.TAKEN, merge(store, wrong));
        clock.setWall(right);
        assertEquals(MergeResult.EARLY, merge(store, version("other", wrong.timestamp(), 1, false, text(1))));
        assertEquals(MergeResult.TAKEN, merge(store, version("k", wrong.timestamp() + 1, 1, false, text(2))));
        assertEquals(MergeResult.EARLY,
                merge(store, version("k", wrong.timestamp() + 2 + day, 1, false, text(3))));
    }
}
