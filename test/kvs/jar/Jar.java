package kvs.jar;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node as a process of its own. */
final class Jar implements AutoCloseable {

    static final HttpClient CLIENT = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    final Process process;
    final String greeting;
    final String url;

    private Jar(Process process, String greeting) {
        this.process = process;
        this.greeting = greeting;
        this.url = greeting.replaceAll(".*(http://[0-9.:]+),.*", "$1");
    }

    /** Starts a node in {@code directory}, on any free port, with these arguments. */
    static Jar start(Path directory, String... args) throws IOException {
        ProcessBuilder builder = command(directory, args).redirectError(directory.resolve("stderr").toFile());
        builder.environment().put("KVS_PORT", "0");
        builder.environment().put("KVS_AUTH_ENABLED", "false");
        builder.environment().put("KVS_RATE_LIMITING_ENABLED", "false");
        Process process = builder.start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the node did not start: exit status " + process.onExit().join().exitValue());
        }
        return new Jar(process, line);
    }

    /** The command line of the jar. */
    static ProcessBuilder command(Path directory, String... args) {
        List<String> command = new ArrayList<>(List.of(JAVA.toString(), "-jar", System.getProperty("kvs.jar")));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).directory(directory.toFile());
    }

    /** What a command prints, and its exit status. */
    record Printed(int status, String text) { }

    /** Runs a command of the jar to its end. */
    static Printed run(Path directory, String... args) throws IOException {
        Process process = command(directory, args).redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Printed(process.onExit().join().exitValue(), text);
    }

    /** Sends a request; a body unless it is empty. */
    HttpResponse<byte[]> send(String method, String target, byte[] body) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + target)).method(method, body.length == 0
                ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body)).build();
        try {
            return CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** kill -9. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** SIGTERM; the exit status. */
    int stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the node does not stop");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
