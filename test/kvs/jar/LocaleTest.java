package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import kvs.gateway.AnswerCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar in an empty environment, as under cron, systemd and {@code env -i}: Java takes ASCII for the
 * encoding of names there.
 */
class LocaleTest {

    private static final String ADVICE = "Set LC_ALL=C.UTF-8";

    @TempDir
    private Path directory;

    /** A command of the jar with no environment but {@code settings}, names and values in turn. */
    private ProcessBuilder bare(List<String> settings, String... args) {
        ProcessBuilder builder = Jar.command(directory, args);
        builder.environment().clear();
        for (int i = 0; i < settings.size(); i += 2) {
            builder.environment().put(settings.get(i), settings.get(i + 1));
        }
        return builder;
    }

    private Jar.Printed run(ProcessBuilder builder) throws IOException {
        Process process = builder.redirectErrorStream(true).start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Jar.Printed(Shell.await(process), text);
    }

    private static void refused(Jar.Printed printed) {
        assertEquals(2, printed.status(), printed.text());
        assertTrue(printed.text().startsWith("kvs: ") && printed.text().contains(ADVICE), printed.text());
        assertFalse(printed.text().contains("Exception"), printed.text());
    }

    private static void send(String url, String method, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .method(method, HttpRequest.BodyPublishers.ofString(body)).build();
        assertEquals(201, AnswerCheck.checked(
                Jar.CLIENT.send(request, HttpResponse.BodyHandlers.ofString())).statusCode());
    }

    /** Where a node says that it listens. */
    private String url(Process node) throws IOException {
        Path file = directory.resolve("data").resolve("node.url");
        while (node.isAlive() && !Files.exists(file)) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        assertTrue(Files.exists(file), () -> "the node did not start");
        return Files.readString(file).strip();
    }

    @Test
    void servesAndCarriesDocumentsByteForByte() throws Exception {
        List<String> settings = List.of("KVS_PORT", "0", "KVS_AUTH_ENABLED", "false", "LC_ALL", "C");
        Process node = bare(settings).redirectOutput(directory.resolve("out").toFile())
                .redirectError(directory.resolve("log").toFile()).start();
        try {
            String url = url(node);
            send(url + "/kv/%C3%A4/1", "PUT", "\"\u00fc \u20ac \ud83d\ude00\"");
            Process export = bare(List.of(), "export", url, "-")
                    .redirectError(directory.resolve("said").toFile()).start();
            String lines = new String(export.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(0, Shell.await(export), Files.readString(directory.resolve("said")));
            assertEquals("{\"path\":\"\u00e4/1\",\"data\":\"\u00fc \u20ac \ud83d\ude00\"}\n", lines);
            // Read as something else it would fit nothing, and look like a success.
            refused(run(bare(List.of(), "export", url, "-", "--prefix", "\u00e4/")));
            refused(run(bare(List.of(), "export", url, "\u00e4.ndjson")));
        } finally {
            Shell.await(node.destroyForcibly());
        }
    }

    /** Nothing is made under a name that nobody has given. */
    @Test
    void refusesNamesThatItCannotRead() throws Exception {
        Files.writeString(directory.resolve("c.yaml"), "data_dir: \"d\u00e4t\"\n");
        Files.writeString(directory.resolve("d.yaml"), "backup_path: \"\u00e4\"\nport: 0\n");
        refused(run(bare(List.of(), "c.yaml")));
        refused(run(bare(List.of(), "d.yaml")));
        refused(run(bare(List.of(), "\u00e4.yaml")));
        refused(run(bare(List.of("LC_ALL", "C", "KVS_DATA_DIR", "d\u00e4t"))));
        refused(run(bare(List.of("LC_ALL", "POSIX"), "verify", "d\u00e4t")));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of("c.yaml", "d.yaml"), files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.equals("data") && !name.equals("config.yaml")).sorted().toList());
        }
    }

    /** The sources hold more than ASCII, and javac asks the locale unless it is told. */
    @Test
    void theBuildDoesNotAskTheLocale() throws Exception {
        assumeTrue(Shell.has("make"), "no make here");
        Jar.Printed commands = Shell.run(Path.of(System.getProperty("kvs.root")), "env -i PATH=\"$PATH\""
                + " JAVA_HOME=\"$JAVA_HOME\" make -n -B BUILD=" + directory
                + " jar; env -i PATH=\"$PATH\" JAVA_HOME=\"$JAVA_HOME\" make -pn help | grep '^LC_ALL'");
        assertTrue(commands.text().contains(" -encoding UTF-8 "), commands.text());
        assertTrue(commands.text().contains("LC_ALL := C.UTF-8"), commands.text());
    }

    /** What stands in a directory that Java cannot name would be put beside it, under question marks. */
    @Test
    void refusesAWorkingDirectoryThatItCannotRead() throws Exception {
        assumeTrue(Shell.has("env"), "no bash");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Jar.Printed printed = Shell.run(directory, "mkdir d\u00e4t && cd d\u00e4t && env -i LC_ALL=C " + java
                + " -jar " + Jar.ours() + " --version");
        refused(printed);
        Jar.Printed mended = Shell.run(directory,
                "cd d\u00e4t && env -i LC_ALL=C.UTF-8 " + java + " -jar " + Jar.ours() + " --version");
        assumeTrue(mended.status() == 0, "no locale C.UTF-8 here");
        assertTrue(mended.text().startsWith("kvs "), mended.text());
    }
}
