package kvs.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessUsageTest {

    @TempDir
    private Path proc;

    @Test
    void readsWhatLinuxTells() throws IOException {
        Path self = Files.createDirectory(proc.resolve("self"));
        Files.writeString(self.resolve("status"),
                "Name:\tjava\nVmSize:\t 4096 kB\nVmRSS:\t   1024 kB\nThreads:\t37\n");
        Files.writeString(self.resolve("limits"),
                "Limit  Soft Limit  Hard Limit\nMax open files          1024              4096      files\n");
        Files.writeString(Files.createDirectory(proc.resolve("thread-self")).resolve("io"),
                "rchar: 9\nread_bytes: 8192\nwrite_bytes: 7\n");
        Files.createDirectory(self.resolve("fd"));
        Files.createFile(self.resolve("fd/0"));
        Files.createFile(self.resolve("fd/1"));
        ProcessUsage processUsage = new ProcessUsage(self);
        assertEquals(4_194_304, processUsage.virtualBytes());
        assertEquals(1_048_576, processUsage.residentBytes());
        assertEquals(37, processUsage.threads());
        assertEquals(8_192, processUsage.diskReadBytesOfThread());
        assertEquals(1_024, processUsage.maxFiles());
        assertEquals(2, processUsage.openFiles());
    }

    @Test
    void whatIsNotToldIsNoNumber() throws IOException {
        Path self = Files.createDirectory(proc.resolve("self"));
        ProcessUsage nowhere = new ProcessUsage(self.resolve("none"));
        for (double figure : new double[] {nowhere.virtualBytes(), nowhere.residentBytes(), nowhere.threads(),
                nowhere.maxFiles(), nowhere.openFiles(), nowhere.diskReadBytesOfThread()}) {
            assertTrue(Double.isNaN(figure));
        }
        Files.writeString(self.resolve("limits"),
                "Max open files            unlimited            unlimited  files\n");
        assertTrue(Double.isNaN(new ProcessUsage(self).maxFiles()));
    }

    @Test
    void thisProcessHasOne() {
        ProcessUsage here = ProcessUsage.real();
        assertTrue(here.heapUsedBytes() > 0 && here.heapUsedBytes() <= here.heapCommittedBytes()
                && here.heapCommittedBytes() <= here.heapMaxBytes());
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "needs Linux");
        assertTrue(here.cpuSeconds() > 0);
        assertTrue(Math.abs(here.startSeconds() * 1_000 - Clock.REAL.wallMs()) < 86_400_000.0);
        assertTrue(here.residentBytes() > 1 << 20 && here.threads() > 3 && here.openFiles() > 3);
    }
}
