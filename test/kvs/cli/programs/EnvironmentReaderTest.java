package kvs.cli.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.command.CommandException;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import org.junit.jupiter.api.Test;

/** The reader with a script in the place of a node. */
class EnvironmentReaderTest {

    private final Deque<DocumentFeed.Page> script = new ArrayDeque<>();
    private final List<String> asked = new ArrayList<>();
    private final EnvironmentReader reader = new EnvironmentReader((since, waitMs) -> {
        asked.add(since);
        return script.remove();
    }, "p/", "");

    /** A page with so many documents, from a number on. */
    private static DocumentFeed.Page page(String next, boolean more, int first, int count, String document)
            throws JsonException {
        List<DocumentFeed.Item> items = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            items.add(new DocumentFeed.Item("k" + i, document.isEmpty() ? Optional.empty()
                    : Optional.of(JsonValue.parse(document.getBytes(StandardCharsets.UTF_8)))));
        }
        return new DocumentFeed.Page(items, next, more, false);
    }

    private void refuses() {
        CommandException refused = assertThrows(CommandException.class, () -> reader.read(0));
        assertEquals("no environment was made: more than 10000 documents or 2097152 bytes are below 'p/'."
                + " Name a longer prefix, or give them as files with 'kvs mirror'", refused.getMessage());
        assertTrue(reader.isEmpty(), "nothing of it is kept");
    }

    @Test
    void readsPagesUpToThePresent() throws Exception {
        script.add(page("A", true, 0, 2, "1"));
        script.add(page("B", false, 1, 2, "2"));
        assertEquals(Map.of("K0", "1", "K1", "2", "K2", "2"), reader.read(0));
        script.add(page("C", false, 0, 2, ""));
        assertEquals(Map.of("K2", "2"), reader.read(0));
        script.add(new DocumentFeed.Page(List.of(), DocumentFeed.START, true, true));
        script.add(page("D", false, 7, 1, "3"));
        assertEquals(Map.of("K7", "3"), reader.read(0));
        assertEquals(List.of("0", "A", "B", "C", "0"), asked);
    }

    /** After a refusal it begins anew, so that it sees when enough was deleted. */
    @Test
    void refusesTooManyDocuments() throws Exception {
        script.add(page("A", false, 0, 10_000, "1"));
        assertEquals(10_000, reader.read(0).size());
        script.add(page("B", false, 10_000, 1, "1"));
        refuses();
        script.add(page("C", false, 0, 3, "1"));
        assertEquals(3, reader.read(0).size());
        assertEquals(List.of("0", "A", "0"), asked);
    }

    @Test
    void refusesTooManyBytes() throws Exception {
        String large = "[" + " ".repeat(100_000) + "]";
        script.add(page("A", false, 0, 10, large));
        assertEquals(10, reader.read(0).size());
        script.add(page("B", false, 0, 10, large));
        assertEquals(10, reader.read(0).size(), "a document in the place of another");
        script.add(page("C", false, 10, 11, large));
        refuses();
    }
}
