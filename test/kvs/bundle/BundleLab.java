package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.log.UnusableDirectoryException;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.store.StoreHarness;
import kvs.store.TransactionWrite;
import kvs.world.Disk;
import kvs.world.DiskFile;

/** Two sites of one node each, which know each other as partners, and the files that they make. */
final class BundleLab implements AutoCloseable {

    static final UUID SITE_A = new UUID(0xa, 0xa);
    static final UUID SITE_B = new UUID(0xb, 0xb);

    final StoreHarness harness;
    final Store a;
    final Store b;
    final SimDisk diskOfA;
    final SimDisk diskOfB;
    final SimDisk stick;
    Partner partnerOfA;
    Partner partnerOfB;

    BundleLab(long seed, String... zones) throws IOException, UnusableDirectoryException {
        harness = new StoreHarness(seed);
        harness.clock.advance(1_700_000_000_000L - harness.clock.wallMs());
        diskOfA = harness.disk();
        diskOfB = harness.disk();
        a = harness.open(diskOfA);
        b = harness.open(diskOfB);
        stick = harness.disk();
        List<Zone> parts = List.of(zones).stream().map(zone -> Zone.of(List.of(zone.split(",")))).toList();
        byte[] secret = new byte[Partner.SECRET_BYTES];
        secret[0] = 7;
        partnerOfA = new Partner("b", new UUID(1, 1), List.of(secret), Version.NOBODY, parts, true,
                true, 0);
        StoreHarness.act(a, tx -> SiteRecords.add(tx, partnerOfA, SITE_A));
        partnerOfB = Partner.ofLink("a", partnerOfA.linkText(SITE_A), 0);
        StoreHarness.act(b, tx -> SiteRecords.add(tx, partnerOfB, SITE_B));
    }

    /** A bundle of site A for B: what B lacks by the statements that were taken. */
    byte[] bundle() throws IOException {
        return make(a, partnerOfA, SITE_A, BundleHead.Kind.BUNDLE, false);
    }

    byte[] receiptOfB() throws IOException {
        return make(b, partnerOfB, SITE_B, BundleHead.Kind.RECEIPT, false);
    }

    /** Has site A take what B says in a file. */
    void say(byte[] file) throws IOException, RejectedBundleException {
        run(a, BundleMerge.statement(verify(a, file)));
    }

    /** Merges a file that is not refused. */
    BundleMerge.Summary merge(Store at, byte[] file) throws IOException, RejectedBundleException {
        try (DiskFile disk = carry(file)) {
            BundleVerification.Result result = new BundleVerification(at, harness.clock.wallMs()).run(disk,
                    bytes -> { });
            assertEquals(Optional.empty(), result.refused());
            return new BundleMerge(at, runner(at), result, harness.clock.wallMs()).run(bytes -> { });
        }
    }

    /** Merges a file until the power is cut after that many writes; whether it ended before. */
    boolean interrupted(Store at, byte[] file, int writes) throws IOException, RejectedBundleException {
        int[] left = {writes};
        try (DiskFile disk = carry(file)) {
            BundleVerification.Result result = new BundleVerification(at, harness.clock.wallMs()).run(disk,
                    bytes -> { });
            new BundleMerge(at, new BundleMerge.WriteRunner() {
                @Override
                public <T> T run(TransactionWrite<T> write) throws IOException {
                    if (left[0]-- == 0) {
                        throw new IOException("power cut");
                    }
                    return BundleLab.run(at, write);
                }
            }, result, harness.clock.wallMs()).run(bytes -> { });
            return true;
        } catch (IOException cut) {
            return false;
        }
    }

    /** Does writes at once. */
    static BundleMerge.WriteRunner runner(Store store) {
        return new BundleMerge.WriteRunner() {
            @Override
            public <T> T run(TransactionWrite<T> write) throws IOException {
                return BundleLab.run(store, write);
            }
        };
    }

    static <T> T run(Store store, TransactionWrite<T> write) throws IOException {
        store.submit(write);
        store.step();
        if (!write.done().isDone() || write.done().isCompletedExceptionally()) {
            throw new IOException("refused");
        }
        return write.done().join();
    }

    byte[] make(Store store, Partner partner, UUID site, BundleHead.Kind kind,
            boolean full) throws IOException {
        BundleMaker maker = new BundleMaker(store);
        BundleHead head = maker.head(new BundleMaker.Request(kind, partner, site, 1,
                harness.clock.wallMs(), harness.clock.wallMs() - 60_000),
                full ? Optional.empty() : Optional.of(new SiteRecords(store.root()).statements(partner)),
                harness.dice);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        maker.write(head, partner, out, looked -> { });
        return out.toByteArray();
    }

    /** The findings of site B about a file. */
    BundleVerification.Result verify(byte[] file) throws IOException, RejectedBundleException {
        return verify(b, file);
    }

    BundleVerification.Result verify(Store at, byte[] file) throws IOException, RejectedBundleException {
        try (DiskFile disk = carry(file)) {
            return new BundleVerification(at, harness.clock.wallMs()).run(disk, bytes -> { });
        }
    }

    /** The kind of the rejection by site B; a file that is taken fails the test. */
    RejectedBundleException.Cause rejection(byte[] file) throws IOException {
        try {
            verify(file);
        } catch (RejectedBundleException e) {
            return e.kind();
        }
        throw new AssertionError("it was taken");
    }

    private DiskFile carry(byte[] file) throws IOException {
        if (stick.list().contains("file")) {
            stick.delete("file");
        }
        DiskFile disk = stick.open("file", Disk.Mode.CREATE);
        disk.write(ByteBuffer.wrap(file), 0);
        assertEquals(file.length, disk.size());
        return disk;
    }

    @Override
    public void close() throws IOException {
        a.close();
        b.close();
    }
}
