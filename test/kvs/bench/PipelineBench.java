package kvs.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import kvs.gateway.SocketlessNode;
import kvs.http.Response;
import kvs.log.UnusableDirectoryException;
import kvs.server.FastPath;
import kvs.server.ResponseBuffer;

/**
 * The cost of a request between the server and the disk, including the disk's own part of a read: CPU and
 * memory of one thread that is server and writer in turn, so that other programs matter little. The median of
 * the rounds counts for each measurement.
 */
final class PipelineBench {

    private static final int WARM_ROUNDS = 8;
    private static final int ROUNDS = 15;
    private static final int REQUESTS = 20_000;
    /** Writes in one group. */
    private static final int GROUP = 32;
    private static final int KEYS = 1_000;
    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final BenchReport report;
    private final Path directory;
    private final byte[] document = "{\"name\":\"John Doe\",\"age\":30,\"email\":\"john@example.com\"}"
            .getBytes(StandardCharsets.UTF_8);

    PipelineBench(BenchReport report, Path directory) {
        this.report = report;
        this.directory = directory;
    }

    /**
     * The cost of all requests of a round, of the server's thread and of the writer's: ns of CPU, and bytes.
     */
    private record Round(Used server, Used writer) { }

    /** CPU and memory of this thread until now, or of a period. */
    private record Used(long nanos, long bytes) {

        static Used now() {
            return new Used(THREAD.getCurrentThreadCpuTime(),
                    THREAD.getThreadAllocatedBytes(Thread.currentThread().getId()));
        }

        Used since(Used before) {
            return new Used(nanos - before.nanos, bytes - before.bytes);
        }

        Used plus(Used more) {
            return new Used(nanos + more.nanos, bytes + more.bytes);
        }
    }

    void run() throws IOException, UnusableDirectoryException {
        try (SocketlessNode open = new SocketlessNode(directory.resolve("pipeline-open"), false);
                SocketlessNode guarded = new SocketlessNode(directory.resolve("pipeline-guarded"), true)) {
            String token = guarded.token();
            measure("PUT", "without accounts", open, "");
            measure("PUT", "with a token", guarded, token);
            measure("GET", "without accounts", open, "");
            measure("GET", "with a token", guarded, token);
            fast("without accounts", open, "");
            fast("with a token", guarded, token);
        }
    }

    private void measure(String method, String who, SocketlessNode node, String token) {
        List<Round> rounds = new ArrayList<>();
        for (int round = -WARM_ROUNDS; round < ROUNDS; round++) {
            Round one = round(method, node, fields(method, token));
            node.rest();
            if (round >= 0) {
                rounds.add(one);
            }
        }
        told(method + " " + who + ", server", rounds, Round::server);
        if (method.equals("PUT")) {
            told(method + " " + who + ", writer", rounds, Round::writer);
        }
    }

    /** Reads of the same keys by the fast path, from a target in bytes to a response in bytes. */
    private void fast(String who, SocketlessNode node, String token) {
        List<String> fields = new ArrayList<>();
        fields("GET", token).forEach((name, values) -> fields.addAll(List.of(name, values.get(0))));
        FastPath.Sender sender = node.fastSender(fields.toArray(String[]::new));
        byte[][] targets = new byte[KEYS][];
        for (int i = 0; i < KEYS; i++) {
            targets[i] = ("/kv/users/user-" + i).getBytes(StandardCharsets.US_ASCII);
        }
        List<Round> rounds = new ArrayList<>();
        for (int round = -WARM_ROUNDS; round < ROUNDS; round++) {
            ResponseBuffer response = new ResponseBuffer();
            Used before = Used.now();
            for (int i = 0; i < REQUESTS; i++) {
                response.clear();
                if (!sender.respond(false, targets[i % KEYS], response)) {
                    throw new AssertionError("a read did not take the fast path");
                }
            }
            if (round >= 0) {
                rounds.add(new Round(Used.now().since(before), before));
            }
        }
        told("GET " + who + ", fast path", rounds, Round::server);
    }

    /** The header fields that curl and libraries send. */
    private Map<String, List<String>> fields(String method, String token) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        fields.put("Host", List.of("127.0.0.1:8080"));
        fields.put("User-Agent", List.of("curl/8.5.0"));
        fields.put("Accept", List.of("*/*"));
        if (!token.isEmpty()) {
            fields.put("Authorization", List.of("Bearer " + token));
        }
        if (method.equals("PUT")) {
            fields.put("Content-Length", List.of(Integer.toString(document.length)));
            fields.put("Content-Type", List.of("application/json"));
        }
        return fields;
    }

    private Round round(String method, SocketlessNode node, Map<String, List<String>> fields) {
        Used server = new Used(0, 0);
        Used writer = new Used(0, 0);
        List<CompletableFuture<Response>> answers = new ArrayList<>(GROUP);
        for (int i = 0; i < REQUESTS; i += GROUP) {
            answers.clear();
            Used before = Used.now();
            for (int j = 0; j < GROUP; j++) {
                answers.add(node.serve(method, "/kv/users/user-" + (i + j) % KEYS, fields, document));
            }
            Used served = Used.now();
            if (method.equals("PUT")) {
                node.write();
            }
            Used written = Used.now();
            server = server.plus(served.since(before));
            writer = writer.plus(written.since(served));
            answers.forEach(answer -> check(answer.getNow(Response.empty(0)).status()));
        }
        return new Round(server, writer);
    }

    private static void check(int status) {
        if (status != 200 && status != 201) {
            throw new AssertionError("a request was answered with " + status);
        }
    }

    private void told(String name, List<Round> rounds, Function<Round, Used> part) {
        report.figure(name, median(rounds, round -> (double) part.apply(round).nanos / REQUESTS),
                "ns of CPU a request");
        report.figure(name, median(rounds, round -> (double) part.apply(round).bytes / REQUESTS),
                "bytes a request");
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        List<Double> values = new ArrayList<>(rounds.stream().map(figure::applyAsDouble).toList());
        Collections.sort(values);
        return values.get(values.size() / 2);
    }
}
