package kvs.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * What access costs: reading with a token against reading from a node without accounts, and writing with the tamper log against writing
 * without. Two nodes run side by side and are loaded in turn, so that what else the machine does hits both; the median of the rounds counts.
 */
final class AccessBench {

    private static final int WARM_ROUNDS = 4;
    private static final int ROUNDS = 21;
    private static final long ROUND_MS = 1_000;

    private final Report report;
    private final Path directory;

    AccessBench(Report report, Path directory) {
        this.report = report;
        this.directory = directory;
    }

    /** What one of the two did in a round. */
    private record Round(double rate, double cpuMicros) { }

    void run() throws IOException {
        reading();
        writing();
    }

    private void reading() throws IOException {
        Map<String, String> without = Map.of("KVS_AUTH_ENABLED", "false", "KVS_RATE_LIMITING_ENABLED", "false");
        try (BenchNode open = new BenchNode(directory.resolve("open"), without);
                BenchNode guarded = new BenchNode(directory.resolve("guarded"), Map.of("KVS_RATE_LIMITING_ENABLED", "false"))) {
            String token = "\r\nAuthorization: Bearer " + guarded.token();
            String document = "{\"name\":\"John Doe\",\"age\":30,\"email\":\"john@example.com\"}";
            new HttpLoad(open.port, "PUT /kv/users/john HTTP/1.1", document).run(500);
            new HttpLoad(guarded.port, "PUT /kv/users/john HTTP/1.1" + token, document).run(500);
            compare("GET", "without accounts", "with a token", List.of(new Side(open, new HttpLoad(open.port, "GET /kv/users/john HTTP/1.1", "")),
                    new Side(guarded, new HttpLoad(guarded.port, "GET /kv/users/john HTTP/1.1" + token, ""))));
        }
    }

    private void writing() throws IOException {
        Map<String, String> without = Map.of("KVS_AUTH_ENABLED", "false", "KVS_RATE_LIMITING_ENABLED", "false", "KVS_TAMPER_LOGGING_ENABLED",
                "false");
        Map<String, String> with = Map.of("KVS_AUTH_ENABLED", "false", "KVS_RATE_LIMITING_ENABLED", "false");
        try (BenchNode silent = new BenchNode(directory.resolve("silent"), without);
                BenchNode logged = new BenchNode(directory.resolve("logged"), with)) {
            compare("durable PUT", "without tamper log", "with tamper log", List.of(side(silent), side(logged)));
        }
    }

    private static Side side(BenchNode node) {
        return new Side(node, new HttpLoad(node.port, "PUT /kv/users/john/profile HTTP/1.1", "{\"name\":\"John Doe\",\"age\":30}"));
    }

    /** A node and its load. */
    private record Side(BenchNode node, HttpLoad load) {

        Round round() throws IOException {
            double cpu = node.cpuSeconds();
            long start = System.nanoTime();
            long count = load.run(ROUND_MS);
            return new Round(count * 1e9 / (System.nanoTime() - start), (node.cpuSeconds() - cpu) * 1e6 / count);
        }
    }

    private void compare(String what, String first, String second, List<Side> sides) throws IOException {
        List<Round> a = new ArrayList<>();
        List<Round> b = new ArrayList<>();
        for (int round = -WARM_ROUNDS; round < ROUNDS; round++) {
            Round one = sides.get(0).round();
            Round two = sides.get(1).round();
            if (round >= 0) {
                a.add(one);
                b.add(two);
            }
        }
        report.figure(what + " " + first + ", 32 connections", median(a.stream().map(Round::rate).toList()), "per second");
        report.figure(what + " " + second + ", 32 connections", median(b.stream().map(Round::rate).toList()), "per second");
        report.figure(what + " " + first + ", CPU of the node", median(a.stream().map(Round::cpuMicros).toList()), "us a request");
        report.figure(what + " " + second + ", CPU of the node", median(b.stream().map(Round::cpuMicros).toList()), "us a request");
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            ratios.add(100 * b.get(i).rate / a.get(i).rate);
        }
        report.figure(what + " " + second + " against " + first, median(ratios), "percent of the rate");
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
