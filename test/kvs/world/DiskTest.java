package kvs.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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
