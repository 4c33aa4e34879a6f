package kvs.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.sim.SimDice;
import kvs.world.Dice;
import org.junit.jupiter.api.Test;

class ForeignValueTest {

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void goesIn(String value, String document, Optional<EntryNote> note) {
        ForeignValue made = ForeignValue.decode(bytes(value));
        assertEquals(document, new String(made.json(), StandardCharsets.UTF_8));
        assertEquals(note, made.note());
    }

    @Test
    void takesJsonAsItIsAndTextAsAString() {
        goesIn("5432", "5432", Optional.empty());
        goesIn(" {\"a\" : 1.50}\n", "{\"a\" : 1.50}", Optional.empty());
        goesIn("\"quoted\"", "\"quoted\"", Optional.empty());
        goesIn("null", "null", Optional.empty());
        goesIn("postgres://db", "\"postgres://db\"", Optional.of(EntryNote.TEXT));
        goesIn("", "\"\"", Optional.of(EntryNote.TEXT));
        goesIn("{\"a\":1,\"a\":2}", "\"{\\\"a\\\":1,\\\"a\\\":2}\"", Optional.of(EntryNote.TEXT));
        goesIn("007", "\"007\"", Optional.of(EntryNote.TEXT));
        assertEquals("{\"base64\":\"//4=\"}", new String(ForeignValue.decode(new byte[] {-1, -2}).json(),
                StandardCharsets.UTF_8));
    }

    private static void goesOut(String document, String value) {
        assertEquals(value, new String(ForeignValue.encode(bytes(document)), StandardCharsets.UTF_8));
    }

    @Test
    void givesTextWithoutQuotesUnlessItWouldBecomeSomethingElse() {
        goesOut("\"postgres:\\/\\/d\\u0062\"", "postgres://db");
        goesOut("\"5432\"", "\"5432\"");
        goesOut("\"null\"", "\"null\"");
        goesOut("\"\"", "");
        goesOut("{\"a\" : 1.50}", "{\"a\" : 1.50}");
        assertArrayEquals(new byte[] {-1, -2}, ForeignValue.encode(bytes("{\"base64\":\"//4=\"}")));
        goesOut("{\"base64\":\"aGVsbG8=\"}", "{\"base64\":\"aGVsbG8=\"}");
        goesOut("{\"base64\":\"//4=\",\"x\":1}", "{\"base64\":\"//4=\",\"x\":1}");
        goesOut("{\"base64\":\"?\"}", "{\"base64\":\"?\"}");
        goesOut("{\"base64\":7}", "{\"base64\":7}");
    }

    /** Any bytes come back as they were, but for JSON strings; any document comes back as the same value. */
    @Test
    void comesBack() throws JsonException {
        Dice dice = new SimDice(5);
        List<String> parts = List.of("\"", "a", "\\", "1", "{", "}", "\u00e4", "\u0000", "base64", ":",
                "//4=", " ");
        for (int i = 0; i < 3_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = dice.below(6); n > 0; n--) {
                text.append(parts.get(dice.below(parts.size())));
            }
            byte[] value = text.toString().getBytes(
                    i % 4 == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
            byte[] document = ForeignValue.decode(value).json();
            byte[] back = ForeignValue.encode(document);
            byte[] again = ForeignValue.decode(back).json();
            boolean string = JsonValue.parse(document).kind() == JsonValue.Kind.STRING;
            if (string) {
                assertEquals(JsonValue.parse(document).string(), JsonValue.parse(again).string());
            } else {
                assertArrayEquals(document, again);
                assertEquals(new String(value, StandardCharsets.ISO_8859_1).strip(),
                        new String(back, StandardCharsets.ISO_8859_1).strip());
            }
        }
    }
}
