package kvs.cli.programs;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import kvs.command.CommandException;
import kvs.sim.Depth;
import kvs.world.FileTree;
import kvs.world.RealFileTree;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MirrorFilesTest {

    private static final int STEP = Depth.of(8, 1);
    private static final MirrorFiles.Between NOTHING = () -> { };

    @TempDir
    private Path directory;

    private RealFileTree tree() throws IOException {
        return RealFileTree.open(directory.resolve("out").toString());
    }

    /** One run of a mirror to these documents. */
    private static MirrorFiles.Step run(FileTree tree, Map<String, String> documents)
            throws IOException, CommandException {
        try (MirrorFiles files = MirrorFiles.open(tree, "p/")) {
            NavigableMap<String, StagingArea.Content> contents = new TreeMap<>();
            for (Map.Entry<String, String> one : documents.entrySet()) {
                contents.put(one.getKey(), files.stage(one.getKey(),
                        one.getValue().getBytes(StandardCharsets.UTF_8)));
            }
            boolean due = files.differs(contents) || files.isDue();
            MirrorFiles.Step step = files.apply(contents, NOTHING);
            files.due(due);
            assertFalse(files.differs(contents), "a step leaves nothing to do");
            return step;
        }
    }

    /** All files with what they hold, and all directories with a slash, but for those of the mirror. */
    private Map<String, String> content() throws IOException {
        Path out = directory.resolve("out");
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> all = Files.walk(out)) {
            for (Path path : all.toList()) {
                String name = out.relativize(path).toString();
                if (!name.isEmpty() && !name.startsWith(".kvs-mirror")) {
                    content.put(Files.isDirectory(path) ? name + "/" : name,
                            Files.isDirectory(path) ? "" : Files.readString(path));
                }
            }
        }
        return content;
    }

    @Test
    void filesFollowTheDocumentsAndNothingIsLeftOver() throws Exception {
        run(tree(), Map.of("a", "1", "d/e/f", "2", "d/g", "3"));
        assertEquals(Map.of("a", "1", "d/", "", "d/e/", "", "d/e/f", "2", "d/g", "3"), content());
        run(tree(), Map.of("a/b", "4", "a", "1", "d", "5"));
        assertEquals(Map.of("a/", "", "a/%value", "1", "a/b", "4", "d", "5"), content());
        run(tree(), Map.of("a", "1", "d/x", "6"));
        assertEquals(Map.of("a", "1", "d/", "", "d/x", "6"), content());
        run(tree(), Map.of());
        assertEquals(Map.of(), content());
        try (Stream<Path> own = Files.list(directory.resolve("out/.kvs-mirror/new"))) {
            assertEquals(0, own.count());
        }
    }

    @Test
    void foreignFilesAreNeverTouched() throws Exception {
        Path out = Files.createDirectories(directory.resolve("out"));
        Files.writeString(out.resolve("a"), "mine");
        Files.writeString(out.resolve("f"), "mine");
        Files.createDirectories(out.resolve("dir/empty"));
        Files.createSymbolicLink(out.resolve("link"), directory);
        MirrorFiles.Step step = run(tree(), Map.of("a", "1", "b", "2", "f/g", "3", "dir", "4", "dir/h", "5",
                "link/x", "6"));
        assertEquals(Set.of("a", "f/g", "link/x"), step.refused().keySet());
        assertEquals(Map.of("a", "mine", "b", "2", "dir/", "", "dir/empty/", "", "dir/%value", "4", "dir/h",
                "5", "f", "mine", "link/", ""), content());
        assertFalse(Files.exists(directory.resolve("x")));
        run(tree(), Map.of());
        assertEquals(Map.of("a", "mine", "dir/", "", "dir/empty/", "", "f", "mine", "link/", ""), content());
        Files.delete(out.resolve("a"));
        assertEquals(Set.of(), run(tree(), Map.of("a", "1")).refused().keySet());
        assertEquals("1", content().get("a"));
    }

    /** Another program makes a file at the last moment: it is not replaced. */
    @Test
    void foreignFileThatAppearsMeanwhileStays() throws Exception {
        Path file = directory.resolve("out/a");
        FileTree tree = new FaultyFileTree(tree(), Integer.MAX_VALUE, () -> assertDoesNotThrow(
                () -> Files.writeString(file, "mine")));
        assertEquals(Set.of("a"), run(tree, Map.of("a", "1")).refused().keySet());
        assertEquals(Map.of("a", "mine"), content());
        run(tree(), Map.of());
        assertEquals(Map.of("a", "mine"), content());
    }

    @Test
    void modeOfAFileStays() throws Exception {
        run(tree(), Map.of("a", "1"));
        Path file = directory.resolve("out/a");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        run(tree(), Map.of("a", "2"));
        assertEquals("rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void filesThatSomebodyChangedAreFoundAtTheNextStart() throws Exception {
        run(tree(), Map.of("a", "1", "b", "2"));
        Files.writeString(directory.resolve("out/a"), "x");
        run(tree(), Map.of("a", "1", "b", "2"));
        assertEquals(Map.of("a", "1", "b", "2"), content());
        Files.delete(directory.resolve("out/b"));
        run(tree(), Map.of("a", "1", "b", "2"));
        assertEquals(Map.of("a", "1", "b", "2"), content());
    }

    @Test
    void directoryIsForOneMirrorOfOnePrefix() throws Exception {
        run(tree(), Map.of("a", "1"));
        assertThrows(CommandException.class, () -> MirrorFiles.open(tree(), "q/").close());
        try (MirrorFiles held = MirrorFiles.open(tree(), "p/")) {
            assertThrows(CommandException.class, () -> MirrorFiles.open(tree(), "p/").close());
            assertTrue(held.isDue(), "the command did not run yet");
        }
        Files.writeString(directory.resolve("out/.kvs-mirror/state"), "{");
        assertThrows(CommandException.class, () -> MirrorFiles.open(tree(), "p/").close());
        assertEquals(Map.of("a", "1"), content());
    }

    /** The process dies before each operation in turn: the next run ends with exactly the documents. */
    @Tag(Depth.DEEP)
    @Test
    void everyCrashIsMended() throws Exception {
        Map<String, String> before = Map.of("a", "1", "b/c", "2", "b/d", "2", "same", "s");
        Map<String, String> after = Map.of("a/x", "3", "a", "1", "b/c", "44", "e/f/g", "5", "same", "s",
                "mine", "6");
        boolean died = true;
        int operations = 0;
        for (; died; operations += STEP) {
            Files.createDirectories(directory.resolve("out"));
            Files.writeString(directory.resolve("out/mine"), "mine");
            run(tree(), before);
            try (MirrorFiles files = MirrorFiles.open(tree(), "p/")) {
                files.due(false);
            }
            died = dies(operations, after);
            Map<String, String> seen = content();
            seen.forEach((path, text) -> assertTrue(Set.of("", "1", "2", "s", "mine", "3", "44", "5")
                    .contains(text), path + " holds " + text));
            MirrorFiles.Step step = run(tree(), after);
            assertEquals(Set.of("mine"), step.refused().keySet(), "after " + operations);
            assertEquals(Map.of("a/", "", "a/x", "3", "a/%value", "1", "b/", "", "b/c", "44", "e/", "",
                    "e/f/", "", "e/f/g", "5", "same", "s", "mine", "mine"), content(), "after " + operations);
            try (MirrorFiles files = MirrorFiles.open(tree(), "p/")) {
                assertTrue(files.isDue(), "the command runs, after " + operations);
            }
            run(tree(), Map.of());
            assertEquals(Map.of("mine", "mine"), content());
        }
        assertTrue(operations > 25, "operations: " + operations);
    }

    private boolean dies(int operations, Map<String, String> documents) throws CommandException {
        try {
            run(new FaultyFileTree(tree(), operations), documents);
            return false;
        } catch (IOException killed) {
            assertEquals("the process is killed", killed.getMessage());
            return true;
        }
    }
}
