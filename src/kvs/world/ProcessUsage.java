package kvs.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The resources that this process uses: memory, processor time, threads and open files. Linux reports most of
 * them in {@code /proc/self}; a value that a system does not report is {@code NaN}. Thread-safe.
 */
public final class ProcessUsage {

    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;
    private static final double KIB = 1_024;

    private final Path self;

    /** The usage that a directory of the form of {@code /proc/self} shows. */
    public ProcessUsage(Path self) {
        this.self = self;
    }

    /** The usage of the present process. */
    public static ProcessUsage real() {
        return new ProcessUsage(Path.of("/proc/self"));
    }

    /** Bytes of the heap in use, by dead objects too until they are collected. */
    public double heapUsedBytes() {
        return (double) Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** The present size of the heap, bytes. */
    public double heapCommittedBytes() {
        return Runtime.getRuntime().totalMemory();
    }

    /** The maximal size of the heap, bytes. */
    public double heapMaxBytes() {
        return Runtime.getRuntime().maxMemory();
    }

    /** Processor time used since the start. */
    public double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos)
                .map(nanos -> nanos / NANOS).orElse(Double.NaN);
    }

    /** The start of the process, Unix time. */
    public double startSeconds() {
        return ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).map(ms -> ms / MILLIS)
                .orElse(Double.NaN);
    }

    /** Bytes of resident memory, the heap and all else. */
    public double residentBytes() {
        return KIB * number("status", "VmRSS:\\s+(\\d+) kB");
    }

    /** Bytes of virtual memory. */
    public double virtualBytes() {
        return KIB * number("status", "VmSize:\\s+(\\d+) kB");
    }

    /**
     * Bytes that the calling thread has received from disks since its start; what was in the memory of the
     * operating system does not count.
     */
    public double diskReadBytesOfThread() {
        return number("../thread-self/io", "read_bytes: (\\d+)");
    }

    /** The number of threads, those of the virtual machine too. */
    public double threads() {
        return number("status", "Threads:\\s+(\\d+)");
    }

    /** The number of open files and sockets. */
    public double openFiles() {
        try (Stream<Path> files = Files.list(self.resolve("fd"))) {
            return files.count();
        } catch (IOException | UncheckedIOException unknown) {
            return Double.NaN;
        }
    }

    /** The limit of open files. */
    public double maxFiles() {
        return number("limits", "Max open files\\s+(\\d+)\\s.*");
    }

    /** The number in the first line that matches {@code line}. */
    private double number(String file, String line) {
        Pattern form = Pattern.compile(line);
        try (Stream<String> lines = Files.lines(self.resolve(file), StandardCharsets.ISO_8859_1)) {
            return lines.map(form::matcher).filter(Matcher::matches).findFirst()
                    .map(found -> Double.parseDouble(found.group(1))).orElse(Double.NaN);
        } catch (IOException | UncheckedIOException unknown) {
            return Double.NaN;
        }
    }
}
