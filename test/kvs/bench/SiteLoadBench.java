package kvs.bench;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kvs.jar.Shell;
import kvs.load.LoadClient;

/**
 * The latency of clients while their node makes a bundle of all its documents, and while another one merges
 * it; alone before each. By one jar, or by two in turn.
 */
final class SiteLoadBench {

    private static final int CONNECTIONS = 32;
    private static final int KEYS = 1_024;
    private static final int ROUNDS = 3;
    private static final long ROUND_MS = 250;
    private static final long ALONE_MS = 2_000;
    private static final int WARM_MS = 4_000;

    private final BenchReport report;
    private final Path directory;
    private final int keys;

    SiteLoadBench(BenchReport report, Path directory, int keys) {
        this.report = report;
        this.directory = directory;
        this.keys = keys;
    }

    /** Clients of one kind, and their p99 alone and beside the work, one for each round, ms. */
    private record Clients(String what, LoadClient load, List<Double> alone, List<Double> beside) {

        Clients(String what, LoadClient load) {
            this(what, load, new ArrayList<>(), new ArrayList<>());
        }

        void measureAlone() throws IOException {
            alone.add(load.run(ALONE_MS).latencies().percentileMs(99));
        }

        /** The median of short rounds, as long as the process lives. */
        void measureBeside(Process work) throws IOException {
            List<Double> rounds = new ArrayList<>();
            while (rounds.isEmpty() || work.isAlive()) {
                rounds.add(load.run(ROUND_MS).latencies().percentileMs(99));
            }
            beside.add(Contest.median(rounds));
            if (Shell.await(work) != 0) {
                throw new IOException("the command failed beside " + what);
            }
        }
    }

    void run(Map<String, String> jars) throws IOException {
        Path documents = documents();
        for (Map.Entry<String, String> jar : jars.entrySet()) {
            bundle(jar.getKey(), jar.getValue(), documents);
        }
        for (String kind : List.of("GET", "PUT")) {
            for (Map.Entry<String, String> jar : jars.entrySet()) {
                merge(kind, jar.getKey(), jar.getValue());
            }
        }
    }

    private Path documents() throws IOException {
        Path documents = directory.resolve("documents.jsonl");
        try (BufferedWriter out = Files.newBufferedWriter(documents)) {
            for (int i = 0; i < keys; i++) {
                out.write("{\"path\":\"docs/" + i + "\",\"data\":{\"number\":" + i + ",\"name\":\"item " + i
                        + "\",\"state\":\"open\",\"tags\":[\"a\",\"b\"]}}\n");
            }
        }
        return documents;
    }

    private void bundle(String name, String jar, Path documents) throws IOException {
        try (BenchNode node = node("a-" + name, jar);
                LoadClient gets = load(node, "GET"); LoadClient puts = load(node, "PUT")) {
            node.done("import", documents.toString());
            node.done("partner", "add", "b", "--zone", "docs", "--write-link", link(name).toString());
            LoadClient.send(node.port, LoadClient.request("PUT /kv/users/0 HTTP/1.1", HttpBench.DOCUMENT));
            List<Clients> all = List.of(new Clients("GET", gets), new Clients("PUT", puts));
            for (int round = 0; round < ROUNDS; round++) {
                for (Clients clients : all) {
                    clients.load.run(round == 0 ? WARM_MS : 1);
                    clients.measureAlone();
                    Files.deleteIfExists(bundle(name));
                    long begin = System.nanoTime();
                    clients.measureBeside(node.command("bundle", "b", bundle(name).toString(), "--full",
                            "--timeout", "10m"));
                    report.rate(name + ", versions into a bundle beside " + clients.what, keys, begin);
                }
            }
            all.forEach(clients -> tell(name, clients, "a bundle"));
        }
    }

    /** A merge is long, and the second one of a bundle has nothing to do: one round each. */
    private void merge(String kind, String name, String jar) throws IOException {
        try (BenchNode node = node("b-" + name + "-" + kind, jar); LoadClient load = load(node, kind)) {
            node.done("partner", "add", "a", "--link", link(name).toString());
            LoadClient.send(node.port, LoadClient.request("PUT /kv/users/0 HTTP/1.1", HttpBench.DOCUMENT));
            Clients clients = new Clients(kind, load);
            load.run(WARM_MS);
            clients.measureAlone();
            long begin = System.nanoTime();
            clients.measureBeside(node.command("merge", bundle(name).toString(), "--timeout", "30m"));
            report.rate(name + ", versions merged beside " + kind, keys, begin);
            tell(name, clients, "a merge");
        }
    }

    private void tell(String name, Clients clients, String work) {
        double alone = Contest.median(clients.alone);
        double beside = Contest.median(clients.beside);
        String what = name + ", " + clients.what + ", " + CONNECTIONS + " connections, p99 ";
        report.figure(what + "alone", alone, "ms");
        report.figure(what + "beside " + work, beside, "ms");
        report.figure(what + "beside " + work, 100 * beside / alone, "percent of that alone");
    }

    private BenchNode node(String home, String jar) throws IOException {
        return new BenchNode(directory.resolve(home), jar, Map.of("KVS_AUTH_ENABLED", "false",
                "KVS_RATE_LIMITING_ENABLED", "false"));
    }

    private static LoadClient load(BenchNode node, String kind) throws IOException {
        return new LoadClient(node.port, kind.equals("GET")
                ? List.of(LoadClient.request("GET /kv/users/0 HTTP/1.1", ""))
                : LoadClient.requests("PUT /kv/users/# HTTP/1.1", HttpBench.DOCUMENT, KEYS), CONNECTIONS);
    }

    private Path link(String name) {
        return directory.resolve(name + ".link");
    }

    private Path bundle(String name) {
        return directory.resolve(name + ".bundle");
    }
}
