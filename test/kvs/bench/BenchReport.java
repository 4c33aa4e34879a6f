package kvs.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;
import kvs.world.Clock;
import kvs.world.Logger;

/** Prints figures as JSON lines, each with the state of the machine. */
final class BenchReport {

    private static final Path PRESSURE = Path.of("/proc/pressure/cpu");
    private final String disk;

    BenchReport(Path directory) throws IOException {
        disk = fdatasync(directory);
    }

    /** The log of a store that is measured in this process. */
    static Logger log() {
        return new Logger(System.err, Logger.Level.WARN, Clock.REAL);
    }

    void figure(String name, double value, String unit) {
        System.out.printf(Locale.ROOT,
                "{\"figure\":\"%s\",\"value\":%.1f,\"unit\":\"%s\",%s,\"cpu_pressure_avg10\":\"%s\"}%n", name,
                value, unit, disk, pressure());
    }

    /** Something that is no single number. */
    void line(String text) {
        System.out.printf(Locale.ROOT, "{\"figures\":\"%s\",%s,\"cpu_pressure_avg10\":\"%s\"}%n", text,
                disk, pressure());
    }

    /** {@code count} things done since {@code startNanos}. */
    void rate(String name, long count, long startNanos) {
        figure(name, count * 1e9 / (System.nanoTime() - startNanos), "per second");
    }

    /** What a write of a group of 32 small records and its fdatasync costs on this disk. */
    private static String fdatasync(Path directory) throws IOException {
        Path file = directory.resolve("fdatasync");
        long[] nanos = new long[300];
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocateDirect(9_000);
            channel.write(ByteBuffer.allocate(4 << 20), 0);
            channel.force(true);
            for (int i = 0; i < nanos.length; i++) {
                long start = System.nanoTime();
                channel.write(block.clear(), i * 9_000L);
                channel.force(false);
                nanos[i] = System.nanoTime() - start;
            }
        }
        Files.delete(file);
        Arrays.sort(nanos);
        return String.format(Locale.ROOT, "\"fdatasync_p50_us\":%d,\"fdatasync_p99_us\":%d",
                nanos[150] / 1_000, nanos[297] / 1_000);
    }

    private static String pressure() {
        try {
            return Files.exists(PRESSURE)
                    ? Files.readString(PRESSURE).replaceAll("(?s).*?avg10=([0-9.]+).*", "$1") : "unknown";
        } catch (IOException e) {
            return "unknown";
        }
    }
}
