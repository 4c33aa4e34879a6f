package kvs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonElementsTest {

    private static final JsonElements.Shape ROWS = new JsonElements.Shape("rows", false, "",
            (members, hasArray) -> hasArray ? Optional.empty() : Optional.of("no rows: " + members));
    private static final JsonElements.Shape LINES = new JsonElements.Shape("rows", true, "#resumed",
            (members, hasArray) -> Optional.empty());

    /** A stream that brings a few bytes at a time. */
    private static InputStream drops(String text, int bytes) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public int read(byte[] into, int from, int length) {
                return super.read(into, from, Math.min(bytes, length));
            }
        };
    }

    private static String entry(JsonElements in) {
        return in.where() + ": "
                + in.fault().orElseGet(() -> new String(in.bytes(), StandardCharsets.UTF_8));
    }

    private static List<String> entries(JsonElements in) throws IOException {
        List<String> entries = new ArrayList<>();
        while (in.next()) {
            entries.add(entry(in));
        }
        return entries;
    }

    private static List<String> entries(String text, JsonElements.Shape shape) throws IOException {
        List<String> once = entries(new JsonElements(drops(text, 1), 30, shape));
        for (int bytes = 2; bytes < 40; bytes++) {
            assertEquals(once, entries(new JsonElements(drops(text, bytes), 30, shape)), "drops of " + bytes);
        }
        return once;
    }

    @Test
    void findsTheElementsOfLists() throws IOException {
        assertEquals(List.of("line 1, entry 1: 1", "line 1, entry 2: \"]\\\"\\\\\"",
                "line 2, entry 3: {\"a\":[1,{}]}", "line 3, entry 4: true", "line 4, entry 5: [ ]"),
                entries("\ufeff [1 ,\"]\\\"\\\\\",\n{\"a\":[1,{}]},\r\n\ttrue]\n[ [ ] ]\n[]", ROWS));
    }

    @Test
    void findsTheListInAnObject() throws IOException {
        assertEquals(List.of("line 1, entry 1: 1", "line 2, entry 2: 2", "line 4, entry 3: 3"),
                entries("{\"x\":{\"rows\":[7]},\"rows\":[1,\n2],\"y\":[8]}\n\n{\"rows\" : [3] }", ROWS));
        assertEquals(List.of("line 1, entry 1: no rows: {rows=null}"), entries("{\"rows\":null}", ROWS));
        assertEquals(List.of("line 1, entry 1: 1"), entries("{\"a\":1}{\"rows\":[1]}", ROWS),
                "only the last text counts");
    }

    @Test
    void stopsAtTheFirstFault() throws IOException {
        assertEquals(List.of("line 1, entry 1: 1", "line 2, entry 2: the file is cut off"),
                entries("[1,\n", ROWS));
        assertEquals(List.of("line 1, entry 1: 1",
                "line 1, entry 2: expected a comma or the end of the list"), entries("[1 2]", ROWS));
        assertEquals(List.of("line 1, entry 1: 1", "line 1, entry 2: expected a value"),
                entries("[1,]", ROWS));
        assertEquals(List.of("line 2, entry 1: the file is cut off"), entries("[\"a\n]", ROWS));
        assertEquals(List.of("line 1, entry 1: expected the name of a member in double quotes"),
                entries("{rows:[]}", ROWS));
        assertEquals(List.of("line 1, entry 1: expected a colon"), entries("{\"rows\"[]}", ROWS));
        assertEquals(List.of("line 1, entry 1: expected an object or an array"), entries("7", ROWS));
        assertEquals(List.of("line 1, entry 1: the file is empty"), entries("", ROWS));
    }

    @Test
    void goesOnBehindABrokenLine() throws IOException {
        assertEquals(List.of("line 1, entry 1: 1", "line 1, entry 2: the line is cut off",
                "line 2, entry 3: 2", "line 3, entry 4: expected an object or an array", "line 4, entry 5: 4",
                "line 6, entry 6: the line is cut off"),
                entries("[1,\n[2]\n?x\n[4]\n[{\"a\"#resumed\n[\"", LINES));
        assertEquals(List.of("line 2, entry 1: 1", "line 3, entry 2: 2"),
                entries("{\"rows\":[\n1,\n2]}\n", LINES), "an object may have many lines");
    }

    /** A text of many megabytes on one line: an element too long for the memory is passed over. */
    @Test
    void holdsNoMoreThanAnElement() throws IOException {
        long[] left = {1L << 25};
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] into, int from, int length) {
                Arrays.fill(into, from, from + length, left[0] == 1L << 25 ? (byte) '[' : (byte) '"');
                left[0] -= length;
                return left[0] < 0 ? -1 : left[0] == (1L << 25) - length ? 1 : length;
            }
        };
        JsonElements in = new JsonElements(endless, 1 << 20, ROWS);
        assertTrue(in.next() && in.fault().isEmpty());
        assertEquals("\"\"", new String(in.bytes(), StandardCharsets.UTF_8));
        assertTrue(in.next() && in.fault().isPresent());
        assertEquals("expected a comma or the end of the list", in.fault().get());
        JsonElements big = new JsonElements(drops("[\"" + "x".repeat(100) + "\",2]", 7), 30, ROWS);
        assertEquals(List.of("line 1, entry 1: the entry has more than 30 bytes", "line 1, entry 2: 2"),
                entries(big));
    }

    @Test
    void goesOnBehindWhatItKnows() throws IOException {
        String text = "{\"rows\":[1,\n\"two\",3],\"x\":1}\n[4]";
        JsonElements whole = new JsonElements(drops(text, 4), 30, ROWS);
        int places = 0;
        while (whole.next()) {
            ImportProgress.FileOffset mark = new ImportProgress.FileOffset(whole.offset(), whole.number(),
                    whole.crc(), new ImportProgress.Counts(0, 0, 0));
            JsonElements again = new JsonElements(drops(text, 3), 30, ROWS);
            assertTrue(again.skip(mark));
            assertEquals(entry(whole), entry(again));
            assertEquals(4 - whole.number(), entries(again).size());
            assertFalse(new JsonElements(drops(text.replace("1", "7"), 3), 30, ROWS).skip(mark));
            places++;
        }
        assertEquals(4, places);
        assertEquals(text.length(), whole.offset());
    }
}
