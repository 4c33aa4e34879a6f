package kvs.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A server under load, as a process of its own. */
interface BenchServer extends AutoCloseable {

    /** Ticks of /proc/PID/stat in a second: fixed in the interface of Linux to programs. */
    double TICKS = 100;

    /** The port of its clients. */
    int port();

    /** Its process, which may have others below it. */
    Process process();

    /** Seconds of CPU that it has used, with the processes below it; 0 where nobody knows. */
    default double cpuSeconds() throws IOException {
        double seconds = 0;
        for (ProcessHandle each : Stream.concat(Stream.of(process().toHandle()), process().descendants())
                .toList()) {
            Path stat = Path.of("/proc", Long.toString(each.pid()), "stat");
            if (Files.exists(stat)) {
                String[] fields = Files.readString(stat).replaceFirst(".*\\) ", "").split(" ");
                seconds += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS;
            }
        }
        return seconds;
    }

    /** Ends it. */
    @Override
    void close();
}
