package kvs.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import kvs.log.UnusableDirectoryException;

/**
 * {@code make bench}: all, or those that {@code BENCH="tree store start life sizes cluster access transfer
 * bundles sites pipeline hostile tls streams http long mixed peers replication"} names, or
 * {@code BENCH="reads writes"} for the single documents of http alone;
 * {@code BENCH="… keys=100000"} for fewer keys, {@code BENCH="http seconds=1"} for shorter rounds,
 * {@code BENCH="http start cluster long replication sites before=old.jar"} to compare another jar with this
 * one.
 */
public final class Bench {

    private static final int KEYS = 1_000_000;
    private static final int SECONDS = 3;

    private Bench() { }

    /** Runs benchmarks. */
    public static void main(String[] args) throws IOException, UnusableDirectoryException {
        List<String> chosen = Stream.of(args).flatMap(arg -> Stream.of(arg.split(" ")))
                .filter(arg -> !arg.isBlank()).toList();
        List<String> parts = chosen.stream().filter(arg -> !arg.contains("=")).toList();
        int keys = number(chosen, "keys", KEYS);
        Path directory = Files.createTempDirectory(Path.of(System.getProperty("kvs.root", "."), "build"),
                "bench");
        try {
            BenchReport report = new BenchReport(directory);
            if (parts.isEmpty() || parts.contains("tree")) {
                new TreeBench(report, keys).run();
            }
            if (parts.isEmpty() || parts.contains("store")) {
                new StoreBench(report, directory, keys).run();
            }
            if (parts.isEmpty() || parts.contains("start")) {
                new StartBench(report, directory).run(jars(chosen));
            }
            if (parts.isEmpty() || parts.contains("cluster")) {
                for (Map.Entry<String, String> jar : jars(chosen).entrySet()) {
                    report.line("cluster, " + jar.getKey());
                    new ClusterBench(report,
                            Files.createDirectory(directory.resolve("cluster-" + jar.getKey())),
                            jar.getValue(), keys).run();
                }
            }
            if (parts.isEmpty() || parts.contains("replication")) {
                new ReplicationBench(report, directory, number(chosen, "seconds", SECONDS)).run(jars(chosen));
            }
            if (parts.isEmpty() || parts.contains("life")) {
                new LifeBench(report, directory, keys).overwrites();
            }
            if (parts.isEmpty() || parts.contains("sizes")) {
                new LifeBench(report, directory, keys).sizes();
            }
            if (parts.isEmpty() || parts.contains("transfer")) {
                new TransferBench(report, directory, keys).run();
            }
            if (parts.isEmpty() || parts.contains("bundles")) {
                new BundleBench(report, directory, keys).run();
            }
            if (parts.isEmpty() || parts.contains("sites")) {
                new SiteLoadBench(report, directory, keys).run(jars(chosen));
            }
            if (parts.isEmpty() || parts.contains("access")) {
                new AccessBench(report, directory).run();
            }
            if (parts.isEmpty() || parts.contains("pipeline")) {
                new PipelineBench(report, directory).run();
            }
            if (parts.isEmpty() || parts.contains("hostile")) {
                new HostileBench(report, directory).run();
            }
            if (parts.contains("reads")) {
                new HttpBench(report, directory, number(chosen, "seconds", SECONDS),
                        text(chosen, "before", "")).reads();
            }
            if (parts.isEmpty() || parts.contains("tls")) {
                new TlsBench(report, directory, number(chosen, "seconds", SECONDS)).run();
            }
            if (parts.isEmpty() || parts.contains("peers")) {
                new PeersBench(report, directory, number(chosen, "seconds", SECONDS)).run();
            }
            if (parts.isEmpty() || parts.contains("mixed")) {
                new MixedBench(report, directory, number(chosen, "seconds", SECONDS)).run();
            }
            if (parts.contains("writes")) {
                new HttpBench(report, directory, number(chosen, "seconds", SECONDS),
                        text(chosen, "before", "")).writes();
            }
            if (parts.isEmpty() || parts.contains("long")) {
                new LongDocumentBench(report, directory, number(chosen, "seconds", SECONDS), jars(chosen))
                        .run();
            }
            if (parts.isEmpty() || parts.contains("streams")) {
                new StreamsBench(report, directory).run();
            }
            if (parts.isEmpty() || parts.contains("http")) {
                new HttpBench(report, directory, number(chosen, "seconds", SECONDS),
                        text(chosen, "before", "")).run();
            }
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** The jar that was built, behind another one when that is to be compared. */
    private static Map<String, String> jars(List<String> chosen) {
        Map<String, String> jars = new LinkedHashMap<>();
        Stream.of(text(chosen, "before", "")).filter(jar -> !jar.isEmpty())
                .forEach(jar -> jars.put("before", jar));
        jars.put("now", System.getProperty("kvs.jar"));
        return jars;
    }

    private static int number(List<String> chosen, String name, int otherwise) {
        return Integer.parseInt(text(chosen, name, Integer.toString(otherwise)));
    }

    private static String text(List<String> chosen, String name, String otherwise) {
        String prefix = name + "=";
        return chosen.stream().filter(arg -> arg.startsWith(prefix))
                .map(arg -> arg.substring(prefix.length())).findFirst().orElse(otherwise);
    }
}
