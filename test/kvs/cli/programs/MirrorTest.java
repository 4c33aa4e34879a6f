package kvs.cli.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
        try (MirrorFiles files = MirrorFiles.open(RealFileTree.open(directory.toString()), "p/", false)) {
            Mirror mirror = new Mirror(new Mirror.Parts(this::next, files,
                    new TemplateOutputs(List.of()), surroundings), new Mirror.Settings("p/", false, false));
            assertEquals(ExitStatus.FORBIDDEN, assertThrows(CommandException.class, mirror::run).status());
        }
        return List.copyOf(seen);
    }

    @Test
    void pagesUpToThePresentAreOneStep() throws Exception {
        assertEquals(List.of("0", "A", "run a=1 b=1", "B+", "C", "run a=2 b=2", "D+", "D+"),
                run(page("A", true, "a=1", "b=1"), page("B", false), page("C", true, "a=2"),
                        page("D", false, "b=2"), page("D", false)));
    }

    @Test
    void nextRunGoesOnWhereTheLastOneWas() throws Exception {
        run(page("A", false, "a=1", "b=1"));
        assertEquals(List.of("A", "run b=1 c=2", "B+"), run(page("B", false, "a=", "c=2")));
        Files.writeString(directory.resolve("b"), "x");
        assertEquals(List.of("0", "run b=1", "C+"), run(page("C", false, "b=1")), "somebody changed a file");
    }

    @Test
    void lostPositionComparesEverything() throws Exception {
        run(page("A", false, "a=1", "b=1"));
        DocumentFeed.Page lost = new DocumentFeed.Page(List.of(), DocumentFeed.START, true, true);
        assertEquals(List.of("A", "0", "run b=2", "C+"), run(lost, page("C", false, "b=2")));
    }

    @Test
    void silentNodesAreWaitedForAndToldOnce() throws Exception {
        CommandException silent = new CommandException(ExitStatus.UNREACHABLE, "all are silent");
        assertEquals(List.of("0", "waits for a node: all are silent", "pause", "0", "pause", "0", "run a=1",
                "A+"), run(silent, silent, page("A", false, "a=1")));
    }

    @Test
    void commandThatFailedRunsAgain() throws Exception {
        status = 1;
        run(page("A", false, "a=1"));
        status = 0;
        assertEquals(List.of("A", "run a=1", "B+", "B+"), run(page("B", false), page("B", false)));
        assertEquals(List.of("A", "A+"), run(page("A", false)), "it has run");
    }
}
