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
 * What this process takes of the machine: the door to its memory, processor time, threads and open files. Linux tells most of it in {@code
 * /proc/self}; what a system does not tell is {@code NaN}. Thread-safe.
 */
public final class ProcessUsage {

    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;
    private static final double KIB = 1_024;

    private final Path self;

    ProcessUsage(Path self) {
        this.self = self;
    }

    /** That of the process we are in. */
    public static ProcessUsage real() {
        return new ProcessUsage(Path.of("/proc/self"));
    }

    /** Bytes of the heap that objects take, dead ones too until they are collected. */
    public double heapUsedBytes() {
        return (double) Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    /** Bytes of the heap as it is now. */
    public double heapCommittedBytes() {
        return Runtime.getRuntime().totalMemory();
    }

    /** Bytes that the heap may grow to. */
    public double heapMaxBytes() {
        return Runtime.getRuntime().maxMemory();
    }

    /** Processor time that was used since the start. */
    public double cpuSeconds() {
        return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).map(nanos -> nanos / NANOS).orElse(Double.NaN);
    }

    /** When the process began, Unix time. */
    public double startSeconds() {
        return ProcessHandle.current().info().startInstant().map(Instant::toEpochMilli).map(ms -> ms / MILLIS).orElse(Double.NaN);
    }

    /** Bytes of memory that it has, the heap and all else. */
    public double residentBytes() {
        return KIB * number("status", "VmRSS:\\s+(\\d+) kB");
    }

    /** Bytes of addresses that it has. */
    public double virtualBytes() {
        return KIB * number("status", "VmSize:\\s+(\\d+) kB");
    }

    /** Threads, those of the virtual machine too. */
    public double threads() {
        return number("status", "Threads:\\s+(\\d+)");
    }

    /** Files and sockets that are open. */
    public double openFiles() {
        try (Stream<Path> files = Files.list(self.resolve("fd"))) {
            return files.count();
        } catch (IOException | UncheckedIOException unknown) {
            return Double.NaN;
        }
    }

    /** How many may be open. */
    public double maxFiles() {
        return number("limits", "Max open files\\s+(\\d+)\\s.*");
    }

    /** The number in the line of that form. */
    private double number(String file, String line) {
        Pattern form = Pattern.compile(line);
        try (Stream<String> lines = Files.lines(self.resolve(file), StandardCharsets.ISO_8859_1)) {
            return lines.map(form::matcher).filter(Matcher::matches).findFirst().map(found -> Double.parseDouble(found.group(1))).orElse(Double.NaN);
        } catch (IOException | UncheckedIOException unknown) {
            return Double.NaN;
        }
    }
}
