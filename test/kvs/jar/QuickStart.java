package kvs.jar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The options of Java that start the many short-lived processes of the tests with a third of the CPU: classes
 * come from an archive (class data sharing, JEP 310), which is made once for each jar that is built, and code
 * is compiled late and in one step. The archive holds what a node, a command to it and two commands on its
 * directory load. The benches and the commands of the manual run the jar without them.
 */
final class QuickStart {

    /** First: the options are made with it. */
    private static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    /** For other jars, which have no archive. */
    static final List<String> PLAIN = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    static final List<String> OPTIONS = options(Jar.ours());

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
        List<String> options = new ArrayList<>(PLAIN);
        options.addAll(List.of("-XX:CompileThresholdScaling=5", "-Xshare:auto", "-Xlog:disable",
                "-Xlog:all=error:stderr"));
        if (Files.exists(archive)) {
            options.add("-XX:SharedArchiveFile=" + archive);
        }
        return List.copyOf(options);
    }

    /** Notes the classes of each kind of process, and archives them. */
    private static void make(Path jar, Path archive) throws IOException {
        Path home = Files.createTempDirectory(jar.toAbsolutePath().getParent(), "archive");
        Path out = home.resolve("out");
        Process node = lists(home, jar, "node");
        while (node.isAlive() && !Files.readString(out).contains("\"message\":\"started\"")) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MS));
        }
        Shell.await(lists(home, jar, "get", "get", "none"));
        node.destroy();
        Shell.await(node);
        Shell.await(lists(home, jar, "verify", "verify", "data"));
        Shell.await(lists(home, jar, "export", "export", "data", "-"));
        Set<String> classes = new LinkedHashSet<>();
        for (String list : List.of("node", "get", "verify", "export")) {
            // Later versions of Java number the classes, each list from 0 on.
            Files.readAllLines(home.resolve(list + ".classes")).stream()
                    .filter(line -> !line.startsWith("#") && !line.contains(" source: "))
                    .forEach(line -> classes.add(line.replaceFirst(" id: [0-9]+$", "")));
        }
        Files.write(home.resolve("all"), classes);
        Shell.await(process(home, "-Xshare:dump", "-XX:SharedClassListFile=" + home.resolve("all"),
                "-XX:SharedArchiveFile=" + home.resolve("made"), "-cp", jar.toString()));
        // A Java that cannot make one starts the processes without, and slowly.
        if (Files.exists(home.resolve("made"))) {
            Files.move(home.resolve("made"), archive, StandardCopyOption.REPLACE_EXISTING);
        }
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** A process that notes the classes that it loads in a file of that name. */
    private static Process lists(Path home, Path jar, String name, String... args) throws IOException {
        List<String> options = new ArrayList<>(List.of("-XX:DumpLoadedClassList="
                + home.resolve(name + ".classes"), "-Duser.home=" + home, "-jar", jar.toString()));
        options.addAll(List.of(args));
        return process(home, options.toArray(String[]::new));
    }

    private static Process process(Path home, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of(JAVA));
        command.addAll(PLAIN);
        command.addAll(List.of(options));
        ProcessBuilder builder = new ProcessBuilder(command).directory(home.toFile())
                .redirectErrorStream(true).redirectOutput(home.resolve("out").toFile());
        builder.environment().put("KVS_PORT", "0");
        return builder.start();
    }
}
