package kvs.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** How long a node takes from the command line until it serves, on an empty directory. */
final class StartBench {

    private final Report report;
    private final Path directory;

    StartBench(Report report, Path directory) {
        this.report = report;
        this.directory = directory;
    }

    void run() throws IOException {
        for (int round = 0; round < 5; round++) {
            Path home = Files.createDirectory(directory.resolve("start" + round));
            ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar",
                    System.getProperty("kvs.jar")).directory(home.toFile()).redirectError(ProcessBuilder.Redirect.DISCARD);
            builder.environment().putAll(Map.of("KVS_PORT", "0", "KVS_AUTH_ENABLED", "false", "KVS_RATE_LIMITING_ENABLED", "false"));
            long start = System.nanoTime();
            Process node = builder.start();
            try (var out = new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
                String line = out.readLine();
                report.figure("ready on an empty directory" + (line == null ? ", failed" : ""), (System.nanoTime() - start) / 1e6, "ms");
            } finally {
                node.destroy();
                node.onExit().join();
            }
        }
    }
}
