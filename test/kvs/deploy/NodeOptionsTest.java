package kvs.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import kvs.jar.Jar;
import kvs.jar.Shell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The options of Java for a node: one file has them, and each way to start a node takes that file. */
class NodeOptionsTest {

    private static final Path ROOT = Path.of(System.getProperty("kvs.root"));
    private static final Path OPTIONS = ROOT.resolve("conf/node.options");

    @TempDir
    private Path directory;

    private static List<String> options() throws IOException {
        return Files.readAllLines(OPTIONS).stream().filter(line -> line.startsWith("-")).toList();
    }

    private static String text(String name) throws IOException {
        return Files.readString(ROOT.resolve(name));
    }

    @Test
    void standInOnePlace() throws IOException {
        assertTrue(options().size() >= 4, options().toString());
        try (Stream<Path> files = Stream.concat(Files.list(ROOT.resolve("conf")),
                Stream.of(ROOT.resolve("Makefile")))) {
            for (Path file : files.filter(file -> !file.equals(OPTIONS)).toList()) {
                String text = Files.readString(file);
                for (String option : options()) {
                    String name = option.replaceFirst("=.*", "");
                    boolean own = name.equals("-XX:+UseG1GC");
                    assertTrue(own || !text.contains(name), file + " has " + name + " too");
                }
            }
        }
    }

    @Test
    void everyWayToStartANodeTakesThem() throws IOException {
        String makefile = text("Makefile");
        List<String> starts = makefile.lines().filter(line -> line.contains("java ")
                && line.contains("-jar $(BUILD)/kvs.jar") && line.contains("node=")).toList();
        assertEquals(1, starts.size(), starts.toString());
        assertTrue(starts.get(0).contains("java @conf/node.options -jar"), starts.get(0));
        assertTrue(makefile.contains("java @conf/node.options -jar $(BUILD)/kvs.jar conf/node$$node.yaml"));
        assertTrue(makefile.contains("{ cat conf/node.options; sed"), "the options of the image");
        assertTrue(makefile.contains("put 644 conf/node.options $(PREFIX)/lib/kvs/node.options"));
        assertTrue(text("conf/kvs.service").contains(
                "ExecStart=/usr/bin/java @/usr/lib/kvs/node.options -jar /usr/lib/kvs/kvs.jar"));
        String manual = text("src/kvs/docs/operations.md");
        assertTrue(manual.contains("/usr/lib/kvs/node.options") && manual.contains("@conf/node.options"));
    }

    /** What a user gives comes later and wins; a command that ends at once gets none of them. */
    @Test
    void launcherGivesThemToANode() throws IOException {
        Path lib = Files.createDirectories(directory.resolve("a place/lib/kvs"));
        Files.createDirectories(directory.resolve("a place/bin"));
        Files.copy(ROOT.resolve("conf/kvs"), directory.resolve("a place/bin/kvs"));
        Files.copy(OPTIONS, lib.resolve("node.options"));
        Files.writeString(lib.resolve("node.jsa"), "");
        Jar.Printed seen = Shell.run(directory, """
                mkdir -p java/bin
                printf '%s\\n' '#!/bin/sh' 'printf "%s|" "$@"; echo' > java/bin/java
                chmod +x java/bin/java; export JAVA_HOME=$PWD/java
                export KVS_JAVA_OPTS='-Xmx1g -Dx=y' KVS_NO_ARCHIVE=1
                sh 'a place/bin/kvs'; sh 'a place/bin/kvs' /etc/kvs.yaml --force-degraded
                sh 'a place/bin/kvs' watch users/; sh 'a place/bin/kvs' status""");
        List<String> lines = seen.text().replace(directory.toRealPath().toString(), "").lines().toList();
        String node = "@/a place/bin/../lib/kvs/node.options|-XX:SharedArchiveFile=/a place/bin/../lib/kvs/"
                + "node.jsa|-Xlog:disable|-Xlog:all=error:stderr|-Xmx1g|-Dx=y|-jar|/a place/bin/../lib/kvs/"
                + "kvs.jar|";
        assertEquals(node, lines.get(0));
        assertEquals(node + "/etc/kvs.yaml|--force-degraded|", lines.get(1));
        assertTrue(lines.get(2).startsWith("-Xmx1g|-Dx=y|-jar|"), lines.get(2));
        assertTrue(lines.get(3).contains("-XX:TieredStopAtLevel=1") && !lines.get(3).contains("node."),
                lines.get(3));
    }

    /** Java refuses a file with an option that it does not know. */
    @Test
    void javaTakesThem() throws IOException {
        Jar.Printed version = Shell.run(directory, "\"$JAVA_HOME/bin/java\" @'" + OPTIONS
                + "' -version 2>&1");
        assertEquals(0, version.status(), version.text());
    }
}
