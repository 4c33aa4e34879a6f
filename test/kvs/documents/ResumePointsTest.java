package kvs.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import kvs.log.EncodedDocument;
import kvs.log.ReplicatedVersion;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.store.Store;
import kvs.store.StoreHarness;
import org.junit.jupiter.api.Test;

/** The places in the log at which a client continues that has seen everything before them. */
class ResumePointsTest {

    private static final byte[] DOCUMENT = "1".getBytes(StandardCharsets.US_ASCII);

    private final StoreHarness harness = new StoreHarness(1);

    /** A version of each of these origins, as if other nodes had written them. */
    private void take(Store store, int from, int to) {
        VersionIdHasher hasher = new VersionIdHasher();
        StoreHarness.act(store, tx -> {
            for (int i = from; i < to; i++) {
                Version version = hasher.seal(new Version(Key.of("k/" + i), Version.NOBODY,
                        harness.clock.wallMs(), new Dot(new UUID(1, i), 1 + i), 0, new Version.Lineage(0, 0),
                        Version.NOBODY, Version.NOBODY, Version.FOREVER, false, DOCUMENT));
                tx.merge(new ReplicatedVersion(version, EncodedDocument.plain(DOCUMENT)), false);
            }
        });
    }

    private static ResumePoints.ResumePoint set(ResumePoints points, Store store, Coverage seen) {
        points.set();
        store.step();
        return points.last(seen);
    }

    /** A coverage in a note has so many origins at most: a client that lacks one more is sent all. */
    @Test
    void noneIsSetWhoseCoverageWouldLackAnOrigin() throws Exception {
        try (Store store = harness.open(harness.disk())) {
            ResumePoints points = new ResumePoints(store);
            take(store, 0, 3);
            Coverage three = Coverage.NONE.with(new UUID(1, 0), 1).with(new UUID(1, 1), 2)
                    .with(new UUID(1, 2), 3);
            ResumePoints.ResumePoint first = set(points, store, three);
            assertEquals(true, first.seq() > 0, "a client that has all of them continues there");
            take(store, 3, Coverage.ORIGINS_MAX + 1);
            Map<UUID, Long> numbers = new TreeMap<>();
            for (int i = 0; i <= Coverage.ORIGINS_MAX; i++) {
                numbers.put(new UUID(1, i), 1L + i);
            }
            Coverage most = Coverage.of(numbers);
            Coverage oldestLacks = most.set(new UUID(1, 0), 0);
            assertEquals(ResumePoints.ResumePoint.START, set(points, store, oldestLacks));
            assertEquals(first, points.last(most));
        }
    }
}
