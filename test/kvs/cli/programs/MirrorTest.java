package kvs.cli.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.world.RealFileTree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop of a mirror with a script in the place of a node. */
class MirrorTest {

    @TempDir
    private Path directory;
    @TempDir
    private Path elsewhere;
    private final List<TemplateOutputs.Output> outputs = new ArrayList<>();
    /** What the node answers in turn; after the last one the token is refused, which ends the mirror. */
    private final Deque<Object> script = new ArrayDeque<>();
    /** What happens, in order: positions that were asked for, and the files when the command runs. */
    private final List<String> seen = new ArrayList<>();
    private int status;

    private static DocumentFeed.Page page(String next, boolean more, String... items) {
        List<DocumentFeed.Item> all = new ArrayList<>();
        for (String item : items) {
            int equals = item.indexOf('=');
            all.add(new DocumentFeed.Item(item.substring(0, equals), equals == item.length() - 1
                    ? Optional.empty() : Optional.of(json(item.substring(equals + 1)))));
        }
        return new DocumentFeed.Page(all, next, more, false);
    }

    private static JsonValue json(String text) {
        try {
            return JsonValue.parse(text.getBytes(StandardCharsets.UTF_8));
        } catch (JsonException e) {
            throw new AssertionError(text, e);
        }
    }

    private DocumentFeed.Page next(String since, long waitMs) throws CommandException {
        seen.add(since + (waitMs > 0 ? "+" : ""));
        if (script.isEmpty()) {
            throw new CommandException(ExitStatus.FORBIDDEN, "no token");
        }
        Object answer = script.poll();
        if (answer instanceof CommandException failure) {
            throw failure;
        }
        return (DocumentFeed.Page) answer;
    }

    private String files() {
        try (Stream<Path> files = Files.list(directory)) {
            StringBuilder text = new StringBuilder();
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                text.append(file.getFileName()).append('=').append(Files.readString(file)).append(' ');
            }
            return text.toString().strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private final Mirror.Surroundings surroundings = new Mirror.Surroundings() {
        @Override
        public int execute() {
            seen.add("run " + files());
            return status;
        }

        @Override
        public void report(String path, boolean written) {
            assertEquals(written, Files.exists(directory.resolve(path)), path);
        }

        @Override
        public void note(String text) {
            seen.add(text);
        }

        @Override
        public void pause(long ms) {
            seen.add("pause");
        }
    };

    /** Runs the script to its end. */
    private List<String> run(Object... answers) throws Exception {
        script.addAll(List.of(answers));
        seen.clear();
        try (MirrorFiles files = MirrorFiles.open(RealFileTree.open(directory.toString()), "p/")) {
            Mirror mirror = new Mirror(new Mirror.Parts(this::next, files,
                    new TemplateOutputs(outputs), surroundings), new Mirror.Settings("p/", false, false));
            assertEquals(ExitStatus.FORBIDDEN, assertThrows(CommandException.class, mirror::run).status());
        }
        return new ArrayList<>(seen);
    }

    @Test
    void pagesUpToThePresentAreOneStep() throws Exception {
        assertEquals(List.of("0", "A", "run a=1 b=1", "B+", "C", "run a=2 b=2", "D+", "D+"),
                run(page("A", true, "a=1", "b=1"), page("B", false), page("C", true, "a=2"),
                        page("D", false, "b=2"), page("D", false)));
    }

    /** A document that may not be read any more is not in the listing, and no change tells it. */
    @Test
    void nextRunBeginsWithAllDocuments() throws Exception {
        run(page("A", false, "a=1", "b=1"));
        assertEquals(List.of("0", "run b=1 c=2", "B+"), run(page("B", false, "b=1", "c=2")));
        Files.writeString(directory.resolve("b"), "x");
        assertEquals(List.of("0", "run b=1", "C+"), run(page("C", false, "b=1")), "somebody changed a file");
    }

    @Test
    void nextRunWithoutAChangeWritesNothingAndRunsNothing() throws Exception {
        Files.writeString(directory.resolve("foreign"), "x");
        run(page("A", false, "a=1", "foreign=1"));
        FileTime written = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(directory.resolve("a"), written);
        List<String> again = run(page("B", false, "a=1", "foreign=1"));
        assertTrue(again.remove(1).startsWith("p/foreign has no file"));
        assertEquals(List.of("0", "B+"), again);
        assertEquals(written, Files.getLastModifiedTime(directory.resolve("a")));
    }

    @Test
    void lostPositionComparesEverything() throws Exception {
        run(page("A", false, "a=1", "b=1"));
        DocumentFeed.Page lost = new DocumentFeed.Page(List.of(), DocumentFeed.START, true, true);
        assertEquals(List.of("0", "0", "run b=2", "C+"), run(lost, page("C", false, "b=2")));
        assertEquals(List.of("0", "C+", "0", "run c=3", "E+"), run(page("C", false, "b=2"), lost,
                page("E", false, "c=3")));
    }

    @Test
    void silentNodesAreWaitedForAndToldOnce() throws Exception {
        CommandException silent = new CommandException(ExitStatus.UNREACHABLE, "all are silent");
        assertEquals(List.of("0", "waits for a node: all are silent", "pause", "0", "pause", "0", "run a=1",
                "A+"), run(silent, silent, page("A", false, "a=1")));
    }

    @Test
    void commandThatFailedRunsAgainAfterAStart() throws Exception {
        status = 1;
        run(page("A", false, "a=1"));
        status = 0;
        assertEquals(List.of("0", "run a=1", "B+", "B+"), run(page("B", false, "a=1"), page("B", false)));
        assertEquals(List.of("0", "A+"), run(page("A", false, "a=1")), "it has run");
    }

    @Test
    void commandThatFailedRunsAgainAfterAChangeOnly() throws Exception {
        status = 1;
        String failed = "the command ended with status 1; it runs again after the next change or start";
        assertEquals(List.of("0", "run a=1", failed, "A+", "A+", "B+", "run a=2", failed, "C+", "C+"),
                run(page("A", false, "a=1"), page("A", false), page("B", false, "a=1"),
                        page("C", false, "a=2"), page("C", false)));
    }

    @Test
    void commandDoesNotRunWhileATemplateLacksAField() throws Exception {
        outputs.add(new TemplateOutputs.Output(Template.parse("in", "{{ key \"p/a\" \"f\" }}"),
                RealFileTree.open(elsewhere.toString()), "out"));
        run(page("A", false, "a={\"f\":1}"));
        status = 1;
        run(page("B", false, "a={\"f\":2}"));
        status = 0;
        assertEquals(List.of("0", "nothing was changed: a template needs what is not there: the field f of"
                + " p/a", "C+", "run a={\"f\":3}", "D+"), run(page("C", false, "a={}"),
                        page("D", false, "a={\"f\":3}")));
        assertEquals("3", Files.readString(elsewhere.resolve("out")));
    }
}
