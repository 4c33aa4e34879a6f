package kvs.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The time from the command line until a node serves, on an empty directory; of several jars in turn. */
final class StartBench {

    private static final int ROUNDS = 7;
    private static final Map<String, String> OPEN = Map.of("KVS_AUTH_ENABLED", "false",
            "KVS_RATE_LIMITING_ENABLED", "false");

    private final BenchReport report;
    private final Path directory;

    StartBench(BenchReport report, Path directory) {
        this.report = report;
        this.directory = directory;
    }

    /** Measures these jars, by name. */
    void run(Map<String, String> jars) throws IOException {
        Map<String, List<Double>> ms = new LinkedHashMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            for (Map.Entry<String, String> jar : jars.entrySet()) {
                long start = System.nanoTime();
                BenchNode node = new BenchNode(directory.resolve("start-" + jar.getKey() + round),
                        jar.getValue(), OPEN);
                ms.computeIfAbsent(jar.getKey(), name -> new ArrayList<>())
                        .add((System.nanoTime() - start) / 1e6);
                node.close();
            }
        }
        ms.forEach((name, all) -> {
            Collections.sort(all);
            report.figure("ready on an empty directory, " + name + ", median of " + ROUNDS,
                    all.get(ROUNDS / 2), "ms");
        });
    }
}
