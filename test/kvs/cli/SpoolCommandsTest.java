package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two sites with a directory between them, which one fills and the other one empties. */
class SpoolCommandsTest {

    @TempDir
    private Path home;

    private String at(String name) {
        return home.resolve(name).toString();
    }

    private CommandRun.Result run(ExitStatus expected, String... args) {
        CommandRun.Result result = new CommandRun(home).run(args);
        assertEquals(expected, result.status(), String.join(" ", args) + "\n" + result.out() + result.err());
        return result;
    }

    private void load(String site, String path) throws IOException {
        Files.createDirectories(home.resolve(site));
        byte[] line = ("{\"path\":\"" + path + "\",\"data\":1}\n").getBytes(StandardCharsets.UTF_8);
        assertEquals(ExitStatus.DONE, new CommandRun(home).run(line, "import", "-", at(site)).status());
    }

    private List<String> files(String directory) throws IOException {
        try (Stream<Path> all = Files.list(home.resolve(directory))) {
            return all.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).sorted()
                    .toList();
        }
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + 60_000_000_000L;
        while (!condition.call()) {
            assertTrue(System.nanoTime() < end, "it did not happen");
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void directoryIsFilledAndEmptied() throws Exception {
        load("a", "docs/one");
        load("b", "private");
        run(ExitStatus.DONE, "partner", "add", "b", at("a"), "--zone", "docs", "--send", "--write-link",
                at("link"));
        run(ExitStatus.DONE, "partner", "add", "a", at("b"), "--link", at("link"));
        String made = run(ExitStatus.DONE, "bundle", "b", at("a"), "--spool", at("way")).out();
        assertTrue(made.matches("b-\\d{8}T\\d{6}\\.\\d{3}Z-[0-9a-f]{8}\\.bundle: bundle 1, 1 versions, \\d+"
                + " bytes\n"), made);
        CommandRun.Running fills = new CommandRun(home).start("bundle", "b", at("a"), "--spool", at("way"),
                "--every", "20ms", "--keep", "4");
        until(() -> fills.out().contains("nothing was made"));
        assertEquals(4, files("way").size());
        Files.writeString(home.resolve("way/x.bundle"), "no bundle");
        CommandRun.Running empties = new CommandRun(home).start("merge", at("b"), "--watch", at("way"),
                "--every", "20ms");
        until(() -> fills.out().contains("bundle 7,") && empties.out().contains("x.bundle is refused"));
        assertEquals(ExitStatus.DONE, fills.stop(), fills.err());
        until(() -> files("way").isEmpty());
        assertEquals(ExitStatus.DONE, empties.stop(), empties.err());
        assertEquals(List.of("x.bundle", "x.bundle.txt"), files("way/refused"));
        assertTrue(empties.out().contains(": merged: 1 of 1 versions of a"), empties.out());
        assertTrue(empties.out().contains(": merged: 0 of 0 versions of a"), empties.out());
        long taken = empties.out().lines()
                .filter(line -> line.contains(": merged: ") || line.contains(": nothing new: ")).count();
        assertEquals(files("way/done").size(), taken, "each file once");
        assertFalse((fills.err() + empties.err()).contains("kvs:"), fills.err() + empties.err());
        String head = run(ExitStatus.DONE, "receipt", "a", at("back"), at("b")).out();
        assertTrue(head.contains("of 1 keys"), head);
        // A life for each round would make the head of the statement longer: 24 bytes a life and zone.
        long size = Files.size(home.resolve("back"));
        assertTrue(size < 530, "the life of a directory goes on over the rounds: " + size);
    }

    @Test
    void wrongUseIsRefusedAtOnce() throws IOException {
        load("c", "x");
        run(ExitStatus.ABSENT, "bundle", "b", at("c"), "--spool", at("way"), "--every", "1h");
        run(ExitStatus.MISUSED, "bundle", "b", at("c"), "--spool", at("way"), "--full");
        run(ExitStatus.MISUSED, "bundle", "b", at("c"));
        run(ExitStatus.MISUSED, "bundle", "b", at("f"), at("c"), "--every", "1h");
        run(ExitStatus.MISUSED, "bundle", "b", at("c"), "--spool", at("way"), "--keep", "0");
        run(ExitStatus.MISUSED, "merge", at("none"), "--watch", at("way"));
        assertFalse(Files.exists(home.resolve("none")));
    }
}
