package kvs.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import kvs.log.DocumentCodec;
import kvs.log.EncodedDocument;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreHarness;
import kvs.store.TransactionWrite;
import kvs.store.UnstampedVersion;
import kvs.world.Disk;
import kvs.world.DiskFile;
import org.junit.jupiter.api.Test;

/** Files that are taken while the site fails in the middle. */
class InterruptedMergeTest {

    private int writes;
    private int writesMax = Integer.MAX_VALUE;
    private int lossAt = Integer.MAX_VALUE;

    private FileVerdict merge(BundleLab lab, byte[] file) throws IOException {
        writes = 0;
        BundleReceiver.SiteWrites runner = new BundleReceiver.SiteWrites() {
            @Override
            public Optional<String> obstacle() {
                return Optional.empty();
            }

            @Override
            public void begin(String words) { }

            @Override
            public <T> T run(TransactionWrite<T> write) throws IOException {
                writes++;
                if (writes > writesMax) {
                    throw new Refusal(Reason.DISK_FULL, "the disk is full");
                }
                if (writes == lossAt) {
                    StoreHarness.act(lab.b, tx -> tx.uncover());
                }
                return BundleLab.run(lab.b, write);
            }
        };
        Disk disk = lab.harness.disk();
        try (DiskFile carried = disk.open("file", Disk.Mode.CREATE)) {
            carried.write(ByteBuffer.wrap(file), 0);
            return new BundleReceiver(lab.b, lab.harness.clock, runner).merge(carried, bytes -> { })
                    .verdict();
        }
    }

    private static boolean isUnfinished(BundleLab lab) {
        return UnfinishedMerge.noted(lab.b.notes(), lab.partnerOfB).isPresent();
    }

    /** An earlier file that comes again does not end the merge of a later one. */
    @Test
    void interruptedMergeIsEndedByItsOwnFileOrALaterOne() throws Exception {
        try (BundleLab lab = new BundleLab(5, "docs")) {
            StoreHarness.put(lab.a, "docs/1", "1");
            byte[] first = lab.bundle();
            lab.harness.clock.advance(1);
            StoreHarness.put(lab.a, "docs/2", "2");
            byte[] second = lab.bundle();
            assertEquals(FileVerdict.MERGED, merge(lab, first));
            assertTrue(!isUnfinished(lab));
            writesMax = 2;
            assertEquals(FileVerdict.INTERRUPTED, merge(lab, second));
            writesMax = Integer.MAX_VALUE;
            assertEquals(FileVerdict.NOTHING_NEW, merge(lab, first));
            assertTrue(isUnfinished(lab), "what the second one brought counts as missing still");
            assertEquals(FileVerdict.MERGED, merge(lab, second));
            assertTrue(!isUnfinished(lab));
        }
    }

    /** What was skipped, because it was covered, may be what the node has found out that it lacks. */
    @Test
    void nodeThatCoversLessMeanwhileClaimsNothing() throws Exception {
        try (BundleLab lab = new BundleLab(5, "docs")) {
            StoreHarness.put(lab.a, "docs/1", "1");
            byte[] first = lab.bundle();
            lab.harness.clock.advance(1);
            StoreHarness.put(lab.a, "docs/2", "2");
            byte[] full = lab.make(lab.a, lab.partnerOfA, BundleLab.SITE_A, BundleHead.Kind.BUNDLE, true);
            assertEquals(FileVerdict.MERGED, merge(lab, first));
            lossAt = 4;
            assertEquals(FileVerdict.INCOMPLETE, merge(lab, full));
            assertTrue(isUnfinished(lab));
            lossAt = Integer.MAX_VALUE;
            assertEquals(FileVerdict.MERGED, merge(lab, full));
        }
    }

    /** Documents that deflate well are inflated in memory, so a batch of them is bounded by that. */
    @Test
    void batchIsBoundedByInflatedDocuments() throws Exception {
        byte[] text = ('"' + " ".repeat(1 << 20) + '"').getBytes(StandardCharsets.UTF_8);
        try (BundleLab lab = new BundleLab(5, "docs"); DocumentCodec codec = new DocumentCodec(1)) {
            EncodedDocument packed = codec.pack(text);
            assertTrue(packed.stored().length < text.length / 100);
            for (int i = 0; i < 4; i++) {
                Key key = Key.of("docs/" + i);
                StoreHarness.act(lab.a, tx -> tx.put(new UnstampedVersion(key, Optional.of(packed),
                        Version.FOREVER, Version.NOBODY)));
            }
            assertEquals(FileVerdict.MERGED, merge(lab, lab.bundle()));
            assertEquals(8, writes, "one for each, two before, and two behind");
        }
    }
}
