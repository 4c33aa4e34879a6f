package kvs.jar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The options of Java that start the many short-lived nodes of the tests with a third of the CPU: classes
 * come from an archive (class data sharing, JEP 310 and 350), which is made once for each jar that is built,
 * and code is compiled in one step. The benches and the commands of the manual run the jar without them.
 */
final class QuickStart {

    /** First: the options are made with it. */
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    static final List<String> OPTIONS = options(Jar.ours());
    /** For other jars, which have no archive. */
    static final List<String> PLAIN = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private static final long POLL_MS = 20;

    private QuickStart() { }

    private static List<String> options(Path jar) {
        Path archive = jar.resolveSibling("tests.jsa");
        try {
            if (!Files.exists(archive)
                    || Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) < 0) {
                make(jar, archive);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xlog:disable",
                "-Xlog:all=error:stderr", "-XX:SharedArchiveFile=" + archive);
    }

    /** Starts a node and ends it; at its end Java writes down which classes it had. */
    private static void make(Path jar, Path archive) throws IOException {
        Path home = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "archive");
        Path out = home.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(JAVA, "-XX:ArchiveClassesAtExit=" + archive,
                "-XX:+UseSerialGC", "-Duser.home=" + home, "-jar", jar.toString()).directory(home.toFile())
                .redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().putAll(Map.of("KVS_PORT", "0"));
        Process node = builder.start();
        while (node.isAlive() && !Files.readString(out).contains("\"message\":\"started\"")) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MS));
        }
        node.destroy();
        Shell.await(node);
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
