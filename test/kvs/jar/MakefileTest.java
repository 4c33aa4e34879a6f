package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The targets of the Makefile that put the program in its place and start it. */
class MakefileTest {

    /** Not the settings of the make that runs the tests. */
    private static final String MAKE = "env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -C '"
            + System.getProperty("kvs.root") + "' JAVA_HOME='" + System.getProperty("java.home") + "' ";

    @TempDir
    private Path directory;

    /** Nothing may be built here while other tests run. */
    @BeforeEach
    void needsMakeWithNothingToBuild() throws IOException {
        assumeTrue(Shell.has("make"), "no make here");
        Path jar = Path.of(System.getProperty("kvs.root")).relativize(Jar.ours());
        assumeTrue(Shell.run(directory, MAKE + "-q " + jar).status() == 0,
                "the jar is older than the sources");
    }

    private List<String> files() throws IOException {
        Path root = directory.resolve("a root");
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).map(file -> root.relativize(file).toString())
                    .sorted().toList();
        }
    }

    @Test
    void installsAProgramThatRunsAndRemovesIt() throws IOException {
        String into = " DESTDIR='" + directory.resolve("a root") + "' PREFIX=/usr";
        Jar.Printed installed = Shell.run(directory, MAKE + "install" + into);
        assertEquals(0, installed.status(), installed.text());
        assertEquals(List.of("etc/kvs/kvs.yaml", "usr/bin/kvs", "usr/lib/kvs/installed",
                "usr/lib/kvs/kvs.jar", "usr/lib/kvs/node.options",
                "usr/lib/systemd/system/kvs.service",
                "usr/share/bash-completion/completions/kvs", "usr/share/fish/vendor_completions.d/kvs.fish",
                "usr/share/man/man1/kvs.1", "usr/share/zsh/site-functions/_kvs"), files());
        assertTrue(Files.readString(directory.resolve("a root/usr/share/bash-completion/completions/kvs"))
                .endsWith("complete -F _kvs kvs\n"));
        Jar.Printed version = Shell.run(directory,
                "JAVA_HOME='" + System.getProperty("java.home") + "' 'a root/usr/bin/kvs' --version");
        assertTrue(version.status() == 0 && version.text().startsWith("kvs "), version.text());
        String unit = Files.readString(directory.resolve("a root/usr/lib/systemd/system/kvs.service"));
        assertTrue(unit.contains("ExecStart=/usr/bin/kvs /etc/kvs/kvs.yaml\n")
                && unit.contains("ExecStartPost=-/usr/bin/kvs health --live --wait "), unit);
        Files.writeString(directory.resolve("a root/etc/kvs/kvs.yaml"), "port: 8090\n");
        assertEquals(0, Shell.run(directory, MAKE + "install" + into).status(), "again");
        Jar.Printed removed = Shell.run(directory, MAKE + "uninstall" + into);
        assertEquals(0, removed.status(), removed.text());
        assertEquals(List.of("etc/kvs/kvs.yaml"), files());
        assertEquals("port: 8090\n", Files.readString(directory.resolve("a root/etc/kvs/kvs.yaml")),
                "settings stay");
        assertEquals(2, Shell.run(directory, MAKE + "uninstall" + into).status(),
                "nothing is installed any more");
    }

    /**
     * As on a terminal, where the signal goes to make, its shell and the node alike. A script that runs the
     * tests in the background has them ignore the interrupt; {@code env} undoes that.
     */
    @Test
    void anInterruptEndsARunWithoutAComplaint() throws IOException {
        String heeds = "env --default-signal=INT ";
        assumeTrue(Shell.run(directory, heeds + "true").status() == 0, "no env that resets signals here");
        Files.writeString(directory.resolve("node.yaml"),
                "port: 0\ndata_dir: " + directory.resolve("data") + "\n");
        Jar.Printed run = Shell.run(directory, "set -m; (" + heeds + MAKE + "run ARGS='"
                + directory.resolve("node.yaml") + "') > out 2>&1 & make=$!\n"
                + "for i in $(seq 1200); do grep -q '\"started\"' out && break; sleep 0.1; done\n"
                + "kill -INT -- -$make; wait $make; echo \"status $?\"; cat out");
        assertTrue(run.text().contains("\"started\""), run.text());
        assertTrue(run.text().contains("status 0\n") || run.text().contains("status 130\n"), run.text());
        assertTrue(run.text().contains("\"stopped\""), run.text());
        assertFalse(run.text().contains("***"), run.text());
    }
}
