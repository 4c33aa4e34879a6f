package kvs.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import kvs.jar.Shell;
import kvs.load.LoadClient;

/**
 * Reads that share the loop of a node with durable writes, and reads on a machine that other processes keep
 * busy: neither may make reads wait for a disk or send them to the pool of threads. Rounds of each kind come
 * in turn.
 */
final class MixedBench {

    private static final int CONNECTIONS = 16;
    private static final int KEYS = 1_024;
    private static final int WARM_ROUNDS = 4;
    private static final int ROUNDS = 5;
    private static final int BUSY = 2;

    private final BenchReport report;
    private final Path directory;
    private final long roundMs;

    MixedBench(BenchReport report, Path directory, int seconds) {
        this.report = report;
        this.directory = directory;
        this.roundMs = seconds * 1_000L;
    }

    /** The p99 and the rate of reads, and the part of the CPU of the node that its pool of threads used. */
    private record Reads(List<Double> p99Ms, List<Double> rates, List<Double> poolPercents) {

        Reads() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    void run() throws IOException {
        try (BenchNode node = new BenchNode(directory.resolve("mixed"), Map.of("KVS_AUTH_ENABLED", "false",
                "KVS_RATE_LIMITING_ENABLED", "false"));
                LoadClient gets = new LoadClient(node.port, List.of(LoadClient.request(HttpBench.GET, "")),
                        CONNECTIONS);
                LoadClient puts = new LoadClient(node.port, LoadClient.requests("PUT /kv/users/# HTTP/1.1",
                        HttpBench.DOCUMENT, KEYS), CONNECTIONS)) {
            LoadClient.send(node.port, LoadClient.request("PUT /kv/users/john HTTP/1.1",
                    HttpBench.DOCUMENT));
            Reads alone = new Reads();
            Reads besidePuts = new Reads();
            Reads besideOthers = new Reads();
            List<Double> writes = new ArrayList<>();
            for (int round = -WARM_ROUNDS; round < ROUNDS; round++) {
                measure(node, gets, round < 0 ? new Reads() : alone);
                CompletableFuture<LoadClient.Result> writing = CompletableFuture.supplyAsync(() -> run(puts));
                measure(node, gets, round < 0 ? new Reads() : besidePuts);
                writes.add(writing.join().perSecond());
                List<Process> busy = busy();
                measure(node, gets, round < 0 ? new Reads() : besideOthers);
                busy.forEach(Process::destroy);
                busy.forEach(Shell::await);
            }
            tell("GET, 16 connections, alone", alone);
            tell("GET, 16 connections, beside 16 of durable PUT", besidePuts);
            report.figure("durable PUT, 16 connections, beside as many of GET",
                    Contest.median(writes.subList(WARM_ROUNDS, writes.size())), "per second");
            tell("GET, 16 connections, beside two busy processes", besideOthers);
            report.figure("GET beside durable PUT, p99", 100 * Contest.median(besidePuts.p99Ms)
                    / Contest.median(alone.p99Ms), "percent of that alone");
        }
    }

    private LoadClient.Result run(LoadClient puts) {
        try {
            return puts.run(roundMs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void measure(BenchNode node, LoadClient gets, Reads into) throws IOException {
        double pool = seconds(node.process(), "kvs-http");
        double all = seconds(node.process(), "kvs-");
        LoadClient.Result result = gets.run(roundMs);
        into.p99Ms.add(result.latencies().percentileMs(99));
        into.rates.add(result.perSecond());
        into.poolPercents.add(100 * (seconds(node.process(), "kvs-http") - pool)
                / Math.max(1 / BenchServer.TICKS, seconds(node.process(), "kvs-") - all));
    }

    private void tell(String what, Reads reads) {
        report.figure(what + ", rate", Contest.median(reads.rates), "per second");
        report.figure(what + ", p99 of a closed loop", Contest.median(reads.p99Ms), "ms");
        report.figure(what + ", CPU of the pool", Contest.median(reads.poolPercents), "percent of the node");
    }

    private static List<Process> busy() throws IOException {
        List<Process> busy = new ArrayList<>();
        for (int i = 0; i < BUSY; i++) {
            busy.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
        }
        return busy;
    }

    /** Seconds of CPU of the threads of a process whose names begin so. */
    private static double seconds(Process process, String name) throws IOException {
        double seconds = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            for (Path thread : threads.toList()) {
                Path stat = thread.resolve("stat");
                String text = Files.exists(stat) ? Files.readString(stat) : "";
                if (text.contains("(" + name)) {
                    String[] fields = text.replaceFirst("(?s).*\\) ", "").split(" ");
                    seconds += (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / BenchServer.TICKS;
                }
            }
        }
        return seconds;
    }
}
