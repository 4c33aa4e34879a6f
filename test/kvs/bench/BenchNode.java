package kvs.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import kvs.jar.Shell;

/** A node of the real jar as a process of its own, for measurements. */
final class BenchNode implements BenchServer {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    final int port;
    private final Process process;
    private final Path home;
    private final String jar;

    /** Starts a node of the jar that was built, with these settings, in a new directory. */
    BenchNode(Path home, Map<String, String> settings) throws IOException {
        this(home, System.getProperty("kvs.jar"), settings);
    }

    /** Starts a node of this jar. */
    BenchNode(Path home, String jar, Map<String, String> settings) throws IOException {
        this.home = Files.createDirectory(home);
        this.jar = jar;
        ProcessBuilder builder = java().redirectErrorStream(true);
        builder.environment().put("KVS_PORT", "0");
        builder.environment().putAll(settings);
        process = builder.start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.contains("\"message\":\"started\"") && !line.contains(" serves ")) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException("the node did not start");
        }
        port = URI.create(line.replaceAll(".*[ \"](https?://[0-9.:]+)(\"|, data).*", "$1")).getPort();
        CompletableFuture.runAsync(() -> out.lines().forEach(rest -> { }));
    }

    private ProcessBuilder java(String... args) {
        List<String> command = new ArrayList<>(List.of(JAVA.toString(), "-Duser.home=" + home, "-jar", jar));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).directory(home.toFile());
    }

    /** A command that runs beside it, in its directory. */
    Process command(String... args) throws IOException {
        return java(args).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    /** Runs a command in its directory, which must succeed. */
    void done(String... args) throws IOException {
        if (Shell.await(command(args)) != 0) {
            throw new IOException("the command failed: " + List.of(args));
        }
    }

    /** A token of its administrator. */
    String token() throws IOException {
        Process made = java("token").redirectError(ProcessBuilder.Redirect.DISCARD).start();
        return new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Process process() {
        return process;
    }

    /** Bytes of memory that it has; 0 where nobody knows. */
    long residentBytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Long.parseLong(Files.readString(status).replaceFirst("(?s).*VmRSS:\\s*(\\d+) kB.*", "$1"))
                << 10;
    }

    /** Sends it a signal. */
    void signal(String name) throws IOException {
        Shell.await(new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start());
    }

    @Override
    public void close() {
        process.destroy();
        Shell.await(process);
    }
}
