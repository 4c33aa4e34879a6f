package kvs.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import kvs.log.Group;
import kvs.log.GroupBuffer;
import kvs.log.Record;
import kvs.log.UnusableDirectoryException;
import kvs.sim.SimDisk;
import kvs.store.Store;
import kvs.store.StoreHarness;
import org.junit.jupiter.api.Test;

/** A backup that is not as it was written is refused, whatever is wrong with it, and nothing is touched. */
class BackupRotTest {

    private final BackupHarness h = new BackupHarness(5);

    private byte[] small() throws IOException, UnusableDirectoryException {
        Store store = h.harness.open(h.harness.disk());
        for (int i = 0; i < 6; i++) {
            StoreHarness.put(store, "k" + i % 3, "{\"n\":" + i + "}");
        }
        StoreHarness.put(store, "packed", "\"" + "z".repeat(700) + "\"");
        StoreHarness.delete(store, "k1");
        h.backup(store);
        store.close();
        return h.backups.bytes(BackupHarness.NAME);
    }

    private void assertRefused(byte[] file, String what) throws IOException {
        SimDisk disk = h.harness.disk();
        disk.put("bad", file);
        SimDisk target = h.harness.disk();
        assertThrows(UnusableDirectoryException.class,
                () -> Restore.run(disk, "bad", h.doors(target), BackupHarness.wish()), what);
        assertEquals(List.of(), target.list(), what);
    }

    @Test
    void refusesEveryBitThatIsFlipped() throws IOException, UnusableDirectoryException {
        byte[] good = small();
        for (int offset = 0; offset < good.length; offset++) {
            byte[] bad = good.clone();
            bad[offset] ^= (byte) (1 << offset % 8);
            assertRefused(bad, "byte " + offset);
        }
        System.out.println("flipped " + good.length + " bytes");
    }

    /**
     * The backup is good, but the disk of the target does not keep what is written to it: the new log is read
     * before it counts.
     */
    @Test
    void refusesALogThatReadsBackDifferently() throws IOException, UnusableDirectoryException {
        byte[] good = small();
        SimDisk disk = h.harness.disk();
        disk.put("good", good);
        SimDisk target = h.harness.disk();
        AtomicBoolean spoiled = new AtomicBoolean();
        target.afterChange(() -> {
            if (!spoiled.get() && target.has("00000001.log") && target.bytes("00000001.log").length > 400) {
                spoiled.set(true);
                target.flip("00000001.log", 250, 1);
            }
        });
        UnusableDirectoryException why = assertThrows(UnusableDirectoryException.class,
                () -> Restore.run(disk, "good", h.doors(target), BackupHarness.wish()));
        assertTrue(spoiled.get() && why.getMessage().contains("the restored data differs from the backup"),
                why.getMessage());
        assertFalse(target.list().contains("MANIFEST"));
    }

    @Test
    void refusesEveryLengthButItsOwn() throws IOException, UnusableDirectoryException {
        byte[] good = small();
        for (int length = 0; length < good.length; length++) {
            assertRefused(Arrays.copyOf(good, length), "cut to " + length);
        }
        for (int more : new int[] {1, 8, 24, 96, 1_000}) {
            assertRefused(Arrays.copyOf(good, good.length + more), more + " zeros behind it");
        }
        byte[] twice = Arrays.copyOf(good, 2 * good.length);
        System.arraycopy(good, 0, twice, good.length, good.length);
        assertRefused(twice, "twice");
    }

    /**
     * Not only the hash at the end is looked at: whoever can compute it still cannot have another content
     * believed.
     */
    @Test
    void refusesWhatIsWrongUnderAGoodHash() throws IOException, UnusableDirectoryException {
        byte[] good = small();
        int flips = 0;
        for (int offset = 0; offset < good.length - 32; offset++) {
            byte[] bad = good.clone();
            bad[offset] ^= (byte) (1 << offset % 8);
            sealed(bad);
            if (offset < 8 || offset >= BackupFormat.HEAD_BYTES) {
                assertRefused(bad, "byte " + offset);
                flips++;
            }
        }
        assertTrue(flips > 500);
    }

    private static void sealed(byte[] file) {
        MessageDigest sha256 = BackupFormat.sha256();
        sha256.update(file, 0, file.length - 32);
        System.arraycopy(sha256.digest(), 0, file, file.length - 32, 32);
    }

    /**
     * A version that was changed by somebody who computes all checksums anew has another id than its content.
     */
    @Test
    void refusesAVersionWhoseIdIsNotItsContents() throws IOException, UnusableDirectoryException {
        byte[] file = small();
        long salt = ByteBuffer.wrap(file).getLong(16);
        ByteBuffer in = ByteBuffer.wrap(file);
        Group group = Group.decode(in.slice(BackupFormat.HEAD_BYTES, file.length - BackupFormat.HEAD_BYTES),
                0, salt);
        ByteBuffer first = in.slice(BackupFormat.HEAD_BYTES, group.bytes());
        GroupBuffer made = new GroupBuffer();
        made.begin();
        int at = Group.HEADER_BYTES;
        for (int[] slot : Group.slots(first, group.bytes(), group.count(), salt)) {
            Record record = Record.decode(first, at, slot[1], salt);
            if (record instanceof Record.Put put) {
                byte[] data = put.version().data().clone();
                if (data.length > 0 && !put.packed()) {
                    data[data.length - 2] ^= 1;
                }
                made.put(salt, put, data);
            } else {
                made.note(salt, (Record.Note) record);
            }
            at += slot[1];
        }
        ByteBuffer changed = made.finish(salt, 0);
        assertEquals(group.bytes(), changed.remaining());
        changed.get(file, BackupFormat.HEAD_BYTES, group.bytes());
        sealed(file);
        assertRefused(file, "changed and sealed again");
    }
}
