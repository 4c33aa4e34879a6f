package kvs.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import kvs.load.LoadClient;

/**
 * The cost of access: reading with a token against reading from a node without accounts, and writing with the
 * audit log against writing without. Two nodes run side by side.
 */
final class AccessBench {

    private static final int WARM_ROUNDS = 4;
    private static final int ROUNDS = 21;
    private static final long ROUND_MS = 1_000;

    private final BenchReport report;
    private final Path directory;

    AccessBench(BenchReport report, Path directory) {
        this.report = report;
        this.directory = directory;
    }

    void run() throws IOException {
        reading();
        writing();
    }

    private void reading() throws IOException {
        Map<String, String> without = Map.of("KVS_AUTH_ENABLED", "false",
                "KVS_RATE_LIMITING_ENABLED", "false");
        try (BenchNode open = new BenchNode(directory.resolve("open"), without); BenchNode guarded =
                new BenchNode(directory.resolve("guarded"), Map.of("KVS_RATE_LIMITING_ENABLED", "false"))) {
            String token = "\r\nAuthorization: Bearer " + guarded.token();
            String document = "{\"name\":\"John Doe\",\"age\":30,\"email\":\"john@example.com\"}";
            LoadClient.send(open.port, LoadClient.request("PUT /kv/users/john HTTP/1.1", document));
            LoadClient.send(guarded.port,
                    LoadClient.request("PUT /kv/users/john HTTP/1.1" + token, document));
            try (BenchSide one = new BenchSide("without accounts", open,
                    List.of(LoadClient.request("GET /kv/users/john HTTP/1.1", "")));
                    BenchSide two = new BenchSide("with a token", guarded,
                            List.of(LoadClient.request("GET /kv/users/john HTTP/1.1" + token, "")))) {
                new Contest(report, "GET", List.of(one, two)).run(WARM_ROUNDS, ROUNDS, ROUND_MS);
            }
        }
    }

    private void writing() throws IOException {
        Map<String, String> without = Map.of("KVS_AUTH_ENABLED", "false",
                "KVS_RATE_LIMITING_ENABLED", "false", "KVS_TAMPER_LOGGING_ENABLED", "false");
        Map<String, String> with = Map.of("KVS_AUTH_ENABLED", "false", "KVS_RATE_LIMITING_ENABLED", "false");
        List<byte[]> put = List.of(LoadClient.request("PUT /kv/users/john/profile HTTP/1.1",
                "{\"name\":\"John Doe\",\"age\":30}"));
        try (BenchNode silent = new BenchNode(directory.resolve("silent"), without);
                BenchNode logged = new BenchNode(directory.resolve("logged"), with);
                BenchSide one = new BenchSide("without tamper log", silent, put);
                BenchSide two = new BenchSide("with tamper log", logged, put)) {
            new Contest(report, "durable PUT", List.of(one, two)).run(WARM_ROUNDS, ROUNDS, ROUND_MS);
        }
    }
}
