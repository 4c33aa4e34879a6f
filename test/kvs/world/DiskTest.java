package kvs.world;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real and the simulated disk keep the same promises. */
class DiskTest {

    @TempDir
    private Path directory;

    @Test
    void keepsThePromisesOnARealDirectory() throws IOException {
        promises(FileDisk.open(directory.resolve("a/b")));
        assertEquals("rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("a/b"))));
        for (String name : List.of("two", "LOCK")) {
            assertEquals("rw-------", PosixFilePermissions.toString(
                    Files.getPosixFilePermissions(directory.resolve("a/b").resolve(name))));
        }
    }

    @Test
    void keepsThePromisesInMemory() throws IOException {
        promises(new SimDisk(new SimDice(1)));
    }

    /** A read into the heap is made in pieces. */
    @Test
    void readsLongPartsWholeAndKeepsTheBounds() throws IOException {
        byte[] content = new byte[200_000];
        new SplittableRandom(1).nextBytes(content);
        try (DiskFile file = FileDisk.open(directory).open("long", Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(content), 0);
            ByteBuffer into = ByteBuffer.allocate(300_000).position(7).limit(150_007);
            assertEquals(150_000, file.read(into, 10));
            assertEquals(150_007, into.position());
            assertArrayEquals(Arrays.copyOfRange(content, 10, 150_010),
                    Arrays.copyOfRange(into.array(), 7, 150_007));
            assertEquals(0, into.array()[150_008], "nothing behind the limit");
            into.clear().limit(250_000);
            assertEquals(100_000, file.read(into, 100_000), "up to the end of the file");
            assertEquals(250_000, into.limit());
            ByteBuffer direct = ByteBuffer.allocateDirect(250_000);
            assertEquals(200_000, file.read(direct, 0));
            assertEquals(ByteBuffer.wrap(content), direct.flip());
        }
    }

    private static void promises(Disk disk) throws IOException {
        assertEquals(List.of(), disk.list());
        assertThrows(IOException.class, () -> disk.open("one", Disk.Mode.READ));
        assertThrows(IOException.class, () -> disk.open("one", Disk.Mode.WRITE));
        try (DiskFile file = disk.open("one", Disk.Mode.CREATE)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 2);
            file.force();
            assertEquals(5, file.size());
            assertRead(file, 0, 0, 0, 1, 2, 3);
            assertRead(file, 3, 2, 3);
            assertRead(file, 9);
            file.truncate(3);
            file.truncate(30);
            assertRead(file, 0, 0, 0, 1);
        }
        assertThrows(IOException.class, () -> disk.open("one", Disk.Mode.CREATE));
        try (DiskFile file = disk.open("one", Disk.Mode.READ)) {
            assertThrows(Exception.class, () -> file.write(ByteBuffer.wrap(new byte[1]), 0));
        }
        disk.open("two", Disk.Mode.CREATE).close();
        disk.rename("one", "two");
        disk.force();
        assertEquals(List.of("two"), disk.list());
        assertThrows(IOException.class, () -> disk.rename("one", "three"));
        assertThrows(IOException.class, () -> disk.delete("one"));
        Closeable lock = disk.lock("LOCK").orElseThrow();
        assertTrue(disk.lock("LOCK").isEmpty());
        lock.close();
        disk.lock("LOCK").orElseThrow().close();
        assertTrue(disk.freeBytes() > 0);
    }

    private static void assertRead(DiskFile file, long position, int... bytes) throws IOException {
        ByteBuffer into = ByteBuffer.allocate(10);
        assertEquals(bytes.length, file.read(into, position));
        for (int i = 0; i < bytes.length; i++) {
            assertEquals(bytes[i], into.get(i));
        }
    }
}
