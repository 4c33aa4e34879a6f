package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import kvs.gateway.AnswerCheck;

/**
 * A node, usually as a process of its own; its home is its directory. When it is closed, its log is searched
 * for secrets: so every test of the jar is a test that none reaches the log.
 */
public final class Jar implements AutoCloseable {

    static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    /** Whether nodes serve with the engine of the JDK, by the environment of this process. */
    static final boolean JDK_ENGINE = "jdk".equals(System.getenv("KVS_HTTP_ENGINE"));
    /** The first characters of every token; the admin token begins otherwise. */
    static final String TOKEN = "eyJhbGciOi";
    private static final String ADMIN_TOKEN = "kvs_admin_";
    private static final String STDERR = "stderr";
    private static final long PAUSE_MS = 5;
    /** A look costs the process that is looked at some CPU, which the other tests want. */
    private static final long LOOK_MS = 30;
    private static final long START_MS = 10;
    private static final int TERMINATED = 143;
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    /** One of both. */
    private final Optional<Process> process;
    private final Optional<InsideNode> inside;
    final String greeting;
    final String url;
    private final Path directory;

    /** Whether it is the jar under test, whose answers are compared with the table of routes. */
    private final boolean checked;

    private Jar(Optional<Process> process, Optional<InsideNode> inside, Path directory, String greeting,
            boolean checked) {
        this.checked = checked;
        this.process = process;
        this.inside = inside;
        this.directory = directory;
        this.greeting = greeting;
        this.url = greeting.replaceAll(".*[ \"](https?://[0-9.:]+)(\"|, data).*", "$1");
    }

    /**
     * Starts a node in {@code directory}, on any free port, without accounts and limits, with these
     * arguments.
     */
    static Jar start(Path directory, String... args) throws IOException {
        return start(directory, Map.of(), args);
    }

    /** The same with other settings, as environment variables. */
    static Jar start(Path directory, Map<String, String> settings, String... args) throws IOException {
        return start(ours(), directory, settings, args);
    }

    /** The same from another jar. */
    static Jar start(Path jar, Path directory, Map<String, String> settings, String... args)
            throws IOException {
        ProcessBuilder builder = command(jar, directory, args)
                .redirectError(directory.resolve(STDERR).toFile());
        builder.environment().putAll(simple(settings));
        Process process = builder.start();
        String line = started(process, directory);
        return new Jar(Optional.of(process), Optional.empty(), directory, line, jar.equals(ours()));
    }

    /**
     * The same in the process of the test, a tenth of the CPU: for what no end of a process has part in. A
     * run with another engine has processes here too.
     */
    static Jar inside(Path directory, Map<String, String> settings, String... args) throws IOException {
        if (System.getenv("KVS_HTTP_ENGINE") != null) {
            return start(directory, settings, args);
        }
        Path log = directory.resolve(STDERR);
        InsideNode node = new InsideNode(directory, log, simple(settings), List.of(args));
        return new Jar(Optional.empty(), Optional.of(node), directory, started(log).orElseThrow(), true);
    }

    private static Map<String, String> simple(Map<String, String> settings) {
        Map<String, String> all = new TreeMap<>(Map.of("KVS_PORT", "0", "KVS_AUTH_ENABLED", "false",
                "KVS_RATE_LIMITING_ENABLED", "false"));
        all.putAll(settings);
        return all;
    }

    private static Optional<String> started(Path log) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(one -> one.contains("\"message\":\"started\"") && one.endsWith("}")).findFirst();
    }

    /** The line that reports that a node has started: of its log, or as older jars printed it. */
    private static String started(Process process, Path directory) throws IOException {
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        while (true) {
            boolean ended = !process.isAlive();
            Optional<String> line = out.ready() ? Optional.ofNullable(out.readLine()) : Optional.empty();
            line = line.isPresent() ? line : started(directory.resolve(STDERR));
            if (line.isPresent()) {
                return line.get();
            }
            if (ended) {
                throw new IOException("the node did not start: exit status " + process.exitValue() + ", "
                        + Files.readString(directory.resolve(STDERR)));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(START_MS));
        }
    }

    /** The command line of the jar. */
    static ProcessBuilder command(Path directory, String... args) {
        return command(ours(), directory, args);
    }

    /** The jar under test. */
    public static Path ours() {
        return Path.of(System.getProperty("kvs.jar"));
    }

    private static ProcessBuilder command(Path jar, Path directory, String... args) {
        List<String> command = new ArrayList<>(List.of(JAVA.toString()));
        command.addAll(jar.equals(ours()) ? QuickStart.OPTIONS : QuickStart.PLAIN);
        command.addAll(List.of("-Duser.home=" + directory, "-jar", jar.toString()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).directory(directory.toFile());
    }

    /** The output of a command, and its exit status. */
    public record Printed(int status, String text) { }

    /** Runs a command of the jar to its end. */
    static Printed run(Path directory, String... args) throws IOException {
        Process process = command(directory, args).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Printed(Shell.await(process), text);
    }

    /** Runs a command; only its standard output counts. */
    static Printed out(Path directory, String... args) throws IOException {
        Process process = command(directory, args).redirectError(directory.resolve("said").toFile()).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Printed(Shell.await(process), text);
    }

    /** The port on which the node listens. */
    int port() {
        return URI.create(url).getPort();
    }

    /**
     * Sends a request, with a body unless it is empty; {@code headers} are names and values in turn. The
     * answer is compared with its description; the line feed behind JSON is taken off.
     */
    HttpResponse<byte[]> send(String method, String target, byte[] body, String... headers)
            throws IOException {
        if (!checked) {
            return sendUnchecked(method, target, body, headers);
        }
        try {
            AtomicReference<byte[]> sent = new AtomicReference<>();
            HttpResponse<byte[]> answer = CLIENT.send(request(method, target, body, headers),
                    head -> HttpResponse.BodySubscribers
                    .mapping(HttpResponse.BodySubscribers.ofByteArray(), received -> {
                sent.set(received);
                String type = head.headers().firstValue("Content-Type").orElse("");
                return AnswerCheck.withoutLineFeed(target, type, received);
            }));
            AnswerCheck.check(new AnswerCheck.ReceivedAnswer(method, target, answer.statusCode(),
                    name -> answer.headers().firstValue(name), sent.get()));
            return answer;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The same for an address at which a node of another jar may listen by now. */
    HttpResponse<byte[]> sendUnchecked(String method, String target, byte[] body, String... headers)
            throws IOException {
        try {
            return CLIENT.send(request(method, target, body, headers),
                    HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private HttpRequest request(String method, String target, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + target))
                .method(method, body.length == 0 ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request.build();
    }

    /** Between two looks at a condition. */
    static void pauseBetweenLooks() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LOOK_MS));
    }

    /** Between two writes of a client that must not take the whole machine. */
    static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(PAUSE_MS));
    }

    /** The process of a node that has one. */
    Process process() {
        return process.orElseThrow(() -> new AssertionError("this node has no process: use Jar.start"));
    }

    boolean isAlive() {
        return inside.map(InsideNode::isAlive).orElseGet(() -> process().isAlive());
    }

    /** kill -9. */
    void kill() {
        Shell.await(process().destroyForcibly());
    }

    /** SIGTERM; returns the exit status. */
    int stop() throws InterruptedException {
        Process running = process();
        running.destroy();
        if (!running.waitFor(30, TimeUnit.SECONDS)) {
            running.destroyForcibly();
            throw new AssertionError("the node does not stop");
        }
        return running.exitValue();
    }

    /** Ends it as a service manager does, wherever it runs. */
    void end() throws InterruptedException {
        if (inside.isPresent()) {
            inside.get().end();
        } else {
            assertEquals(TERMINATED, stop());
        }
    }

    @Override
    public void close() throws IOException {
        inside.ifPresent(InsideNode::end);
        process.ifPresent(running -> Shell.await(running.destroyForcibly()));
        String log = greeting + Files.readString(directory.resolve(STDERR));
        Path secret = directory.resolve(".kvs/cluster.secret");
        assertFalse(log.contains(TOKEN) || log.contains(ADMIN_TOKEN), "a token in the log");
        assertFalse(Files.exists(secret) && log.contains(Files.readString(secret).strip()),
                "the cluster secret in the log");
    }
}
