package kvs.json;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonValueTest {

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static JsonValue parse(String text) throws JsonException {
        return JsonValue.parse(utf8(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-0", "1", "-1", "10", "1.5", "-0.5", "0.0", "1e5", "1E5", "1e+5", "1e-5",
        "1.25e10", "123456789012345678901234567890", "1e20000000", "true", "false", "null", "\"\"", "\"a\"",
        "\"\\\"\"", "\"\\\\\"", "\"\\/\"", "\"\\b\\f\\n\\r\\t\"", "\"\\u0041\"", "\"\\uD83D\\uDE00\"",
        "\"\\ud800\\udc00\"", "\"\u00e9\"", "\"\u20ac\"", "\"\ud83d\ude00\"", "\"\\u0000\"", "\"\u007f\"",
        "\"\u2028\"", "[]", "[ ]",
        "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[[],[]]", "{}", "{ }", "{\"a\":1}", "{\"a\":1,\"b\":2}",
        "{ \"a\" : 1 , \"b\" : [ ] }", "{\"\":0}", "{\"a\":{\"a\":1}}", "[{\"a\":1},{\"a\":1}]", " 1", "1 ",
        "\n1\n", "\t{\r\n}\t", "[true,false,null]", "{\"a\":\"}\"}", "[\"]\",\"[\"]"})
    void takesWhatTheGrammarTakes(String text) throws JsonException {
        assertEquals(text.strip(), new String(parse(text).raw(), StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "-", "+1", "01", "-01", "00", "1.", ".5", "1.e5", "1e", "1e+", "1e1.5",
        "0x10", "1_000", "1a", "--1", "NaN", "Infinity", "-Infinity", "tru", "truex", "True", "nul", "nulll",
        "undefined", "'a'", "\"", "\"a", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud800\"",
        "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800x\"", "\"a\nb\"", "\"a\tb\"", "\"\u0000\"", "[", "]",
        "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1,,2]", "[1}", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1",
        "{\"a\":1,", "{\"a\":1,}", "{,\"a\":1}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\" 1}", "{\"a\"::1}",
        "{\"a\":1 \"b\":2}", "{\"a\":1]", "{null:1}", "1 2", "{} {}", "[]]", "//c\n1", "/*c*/1", "1#",
        "\ufeff1", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{\"\\u0061\":1,\"a\":2}",
        "{\"/\":1,\"\\/\":2}", "\u00a01", "\f1", "[1]\u0000", "\"\\U0041\"", "\"\\\n\""})
    void refusesEverythingElse(String text) {
        JsonException refused = assertThrows(JsonException.class, () -> parse(text));
        assertTrue(refused.line() >= 1 && refused.column() >= 1 && !refused.problem().isBlank());
    }

    /** Strings are read by eight bytes: every byte in every place among them. */
    @Test
    void findsWhatAStringMayNotHoldInEveryPlace() throws JsonException {
        for (int length = 1; length < 20; length++) {
            for (int place = 0; place < length; place++) {
                for (int c = 0; c < 256; c++) {
                    byte[] text = utf8("[\"" + "x".repeat(length) + "\"]");
                    text[2 + place] = (byte) c;
                    if (c >= ' ' && c < 0x80 && c != '"' && c != '\\') {
                        assertEquals(length + 2, JsonValue.parse(text).elements().get(0).raw().length);
                    } else {
                        JsonException bad = assertThrows(JsonException.class, () -> JsonValue.parse(text));
                        assertTrue(c >= ' ' || bad.column() == 3 + place || c == '\n',
                                bad.column() + " for place " + place);
                    }
                }
            }
        }
    }

    @Test
    void refusesMalformedUtf8() {
        int[][] bad = {{0x80}, {0xbf}, {0xc0, 0x80}, {0xc1, 0xbf}, {0xc2}, {0xc2, 0x20}, {0xe0, 0x80, 0x80},
            {0xe0, 0x9f, 0xbf}, {0xed, 0xa0, 0x80},
            {0xed, 0xbf, 0xbf}, {0xe2, 0x82}, {0xf0, 0x80, 0x80, 0x80}, {0xf0, 0x8f, 0xbf, 0xbf},
            {0xf4, 0x90, 0x80, 0x80}, {0xf5, 0x80, 0x80, 0x80}, {0xf0, 0x9f, 0x98}, {0xfe}, {0xff}};
        for (int[] bytes : bad) {
            ByteArrayOutputStream text = new ByteArrayOutputStream();
            text.write('"');
            Arrays.stream(bytes).forEach(text::write);
            text.write('"');
            assertThrows(JsonException.class, () -> JsonValue.parse(text.toByteArray()),
                    Arrays.toString(bytes));
        }
    }

    @Test
    void namesThePlace() {
        JsonException refused = assertThrows(JsonException.class,
                () -> parse("{\n  \"\u00e9\": 1,\n  \"b\": x}"));
        assertEquals("3:8", refused.line() + ":" + refused.column());
        refused = assertThrows(JsonException.class, () -> parse("{\"\u00e9\": 1, \"\u00e9\": 2}"));
        assertEquals(10, refused.column());
    }

    /**
     * Few names are compared as they come, many are sorted: the first one that stands again is named by both.
     */
    @ParameterizedTest
    @ValueSource(ints = {2, 8, 9, 10, 33, 1_000})
    void findsANameThatStandsTwiceAmongMany(int count) {
        SplittableRandom random = new SplittableRandom(count);
        for (int round = 0; round < 50; round++) {
            List<String> names = IntStream.range(0, count)
                    .mapToObj(i -> written(Integer.toString(i, 36) + "\u00e9\ud83d\ude00", random))
                    .collect(Collectors.toCollection(ArrayList::new));
            java.util.Collections.shuffle(names, new java.util.Random(round));
            String distinct = names.stream().map(name -> "\"" + name + "\":0")
                    .collect(Collectors.joining(",", "{", "}"));
            assertDoesNotThrow(() -> parse(distinct));
            int first = random.nextInt(count);
            String again = written(Integer.toString(first, 36) + "\u00e9\ud83d\ude00", random);
            names.add(random.nextInt(count + 1), again);
            String twice = names.stream().map(name -> "\"" + name + "\":0")
                    .collect(Collectors.joining(",", "{", "}"));
            JsonException refused = assertThrows(JsonException.class, () -> parse(twice), twice);
            assertTrue(
                    refused.problem().contains("\"" + Integer.toString(first, 36) + "\u00e9\ud83d\ude00\""),
                    refused.problem());
        }
    }

    /** A name with some of its characters escaped. */
    private static String written(String name, SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        for (char c : name.toCharArray()) {
            boolean half = Character.isSurrogate(c);
            text.append(half || random.nextInt(3) == 0 ? String.format("\\u%04x", (int) c)
                    : Character.toString(c));
        }
        return text.toString();
    }

    @Test
    void longNamesAreShownByTheirBeginning() {
        String name = "n".repeat(1_000_000);
        JsonException refused = assertThrows(JsonException.class,
                () -> parse("{\"" + name + "\":1,\"" + name + "\":2}"));
        assertTrue(refused.getMessage().length() < 200, refused.getMessage());
    }

    /** What is looked into is bounded before it is built; what is only stored is not. */
    @Test
    void boundsWhatIsLookedInto() throws JsonException {
        String many = IntStream.rangeClosed(0, JsonValue.ELEMENTS_MAX).mapToObj(Integer::toString)
                .collect(Collectors.joining(",", "[", "]"));
        assertThrows(JsonException.class, () -> parse(many).elements());
        assertEquals(JsonValue.ELEMENTS_MAX + 1, parse(many).elements(JsonValue.ELEMENTS_MAX + 1).size());
        String wide = IntStream.rangeClosed(0, JsonValue.MEMBERS_MAX).mapToObj(i -> "\"" + i + "\":1")
                .collect(Collectors.joining(",", "{", "}"));
        assertThrows(JsonException.class, () -> parse(wide).fields());
        assertFalse(parse(wide).exactly(List.of("0")));
        assertThrows(JsonException.class,
                () -> parse("\"" + "s".repeat(JsonValue.STRING_MAX + 1) + "\"").string());
        assertEquals(JsonValue.STRING_MAX,
                parse("\"" + "\\u0041".repeat(JsonValue.STRING_MAX) + "\"").string().length());
        assertThrows(JsonException.class, () -> parse("{\"" + "n".repeat(1_000) + "\":1}").fields());
        assertFalse(parse("{\"" + "n".repeat(1_000) + "\":1}").exactly(List.of("n")));
        assertThrows(JsonException.class, () -> parse("1".repeat(1_000_000)).asLong());
    }

    @Test
    void looksIntoValues() throws JsonException {
        JsonValue text = parse(
                " { \"a\" : [1, \"x\\u0041\\n\", {\"b\": null}], \"n\": -12, \"t\": true, \"f\":1.50 } ");
        assertEquals(List.of("a", "n", "t", "f"), text.fields().stream().map(JsonValue.Field::name).toList());
        List<JsonValue> elements = text.field("a").orElseThrow().elements();
        assertEquals(3, elements.size());
        assertEquals("xA\n", elements.get(1).string());
        assertEquals("{\"b\": null}", new String(elements.get(2).raw(), StandardCharsets.UTF_8));
        assertEquals(-12, text.field("n").orElseThrow().asLong());
        assertEquals("1.50", new String(text.field("f").orElseThrow().raw(), StandardCharsets.UTF_8));
        assertTrue(text.field("t").orElseThrow().bool());
        assertTrue(text.field("z").isEmpty());
        assertThrows(JsonException.class, () -> text.field("a").orElseThrow().string());
        for (String number : List.of("1.0", "1e3", "9223372036854775808", "1".repeat(40))) {
            assertThrows(JsonException.class, () -> parse(number).asLong(), number);
        }
        assertEquals(Long.MIN_VALUE, parse("-9223372036854775808").asLong());
    }

    @Test
    void refusesEveryTruncationAndNeverFailsOtherwise() throws JsonException {
        byte[] good = utf8("{\"name\":\"J\u00e9r\u00f4me \\u00e9 \ud83d\ude00\",\"list\":[1,-2.5e3,true,null,"
                + "{\"a\":[]}],\"o\":{\"p\":\"q\"}}");
        JsonValue.parse(good);
        for (int i = 0; i < good.length; i++) {
            byte[] cut = Arrays.copyOf(good, i);
            assertThrows(JsonException.class, () -> JsonValue.parse(cut));
        }
        int taken = 0;
        for (int i = 0; i < good.length; i++) {
            for (int b = 0; b < 256; b++) {
                byte[] changed = good.clone();
                changed[i] = (byte) b;
                try {
                    walk(JsonValue.parse(changed));
                    taken++;
                } catch (JsonException expected) {
                    assertFalse(expected.problem().isEmpty());
                }
            }
        }
        assertTrue(taken > good.length, "taken " + taken);
    }

    /** Looks at everything in a value. */
    private static String walk(JsonValue text) throws JsonException {
        StringBuilder seen = new StringBuilder();
        switch (text.kind()) {
            case OBJECT -> {
                seen.append('{');
                for (JsonValue.Field member : text.fields()) {
                    seen.append(member.name()).append('=').append(walk(member.value())).append(';');
                }
                seen.append('}');
            }
            case ARRAY -> {
                seen.append('[');
                for (JsonValue element : text.elements()) {
                    seen.append(walk(element)).append(';');
                }
                seen.append(']');
            }
            case STRING -> seen.append('s').append(text.string());
            case NUMBER -> seen.append(new String(text.raw(), StandardCharsets.UTF_8));
            case BOOLEAN -> seen.append(text.bool());
            case NULL -> seen.append("null");
        }
        return seen.toString();
    }

    @Test
    void readsWhatTheWriterWrites() throws JsonException {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 3_000; i++) {
            JsonWriter json = new JsonWriter();
            String expected = write(random, json, 4);
            assertEquals(expected, walk(JsonValue.parse(json.toBytes())), "round " + i);
        }
    }

    private static String write(SplittableRandom random, JsonWriter json, int depth) {
        switch (random.nextInt(depth > 0 ? 6 : 4)) {
            case 0:
                long number = random.nextLong();
                json.value(number);
                return Long.toString(number);
            case 1:
                json.value(true);
                return "true";
            case 2:
                json.raw(utf8("null"));
                return "null";
            case 3:
                String text = text(random);
                json.value(text);
                return "s" + text;
            case 4:
                json.array();
                StringBuilder list = new StringBuilder("[");
                for (int left = random.nextInt(4); left > 0; left--) {
                    list.append(write(random, json, depth - 1)).append(';');
                }
                json.end();
                return list.append(']').toString();
            default:
                json.object();
                StringBuilder object = new StringBuilder("{");
                for (int left = random.nextInt(12); left > 0; left--) {
                    String name = left + text(random);
                    json.name(name);
                    object.append(name).append('=').append(write(random, json, depth - 1)).append(';');
                }
                json.end();
                return object.append('}').toString();
        }
    }

    private static String text(SplittableRandom random) {
        int[] some = {'a', '"', '\\', '\n', 0, 0x7f, 0x85, 0x2028, 0xe9, 0x20ac, 0x1f600, '/'};
        return IntStream.range(0, random.nextInt(8))
                .mapToObj(i -> Character.toString(some[random.nextInt(some.length)]))
                .collect(Collectors.joining());
    }

    @Test
    void bearsBombs() throws JsonException {
        assertThrows(JsonException.class, () -> parse("[".repeat(100_000)));
        assertThrows(JsonException.class, () -> parse("{\"a\":".repeat(100_000)));
        assertThrows(JsonException.class, () -> parse("[".repeat(129) + "]".repeat(129)));
        parse("[".repeat(128) + "]".repeat(128));
        parse("9".repeat(1_000_000));
        parse("\"" + "\\u0041".repeat(200_000) + "\"");
        parse(object(IntStream.range(0, 200_000).mapToObj(i -> "n" + i).toList(), ""));
        List<String> colliding = new ArrayList<>();
        for (int i = 0; i < 1 << 16; i++) {
            StringBuilder name = new StringBuilder();
            for (int bit = 0; bit < 16; bit++) {
                name.append((i >> bit & 1) == 0 ? "Aa" : "BB");
            }
            colliding.add(name.toString());
        }
        parse(object(colliding, ""));
        assertThrows(JsonException.class, () -> parse(object(colliding, ",\"" + colliding.get(7) + "\":1")));
    }

    private static String object(List<String> names, String more) {
        return names.stream().map(name -> "\"" + name + "\":0")
                .collect(Collectors.joining(",", "{", more + "}"));
    }

    @Test
    void writerRefusesMisuse() {
        assertThrows(AssertionError.class, () -> new JsonWriter().object().value(1));
        assertThrows(AssertionError.class, () -> new JsonWriter().array().name("a"));
        assertThrows(AssertionError.class, () -> new JsonWriter().value(1).value(2));
        assertThrows(AssertionError.class, () -> new JsonWriter().end());
        assertThrows(AssertionError.class, () -> new JsonWriter().object().name("a").end());
        assertThrows(AssertionError.class, () -> new JsonWriter().object().toBytes());
        assertEquals("[1,{\"a\":[]},\"\\u2028\\u007f\"]",
                new String(new JsonWriter().array().value(1).object().name("a").array().end().end()
                        .value("\u2028\u007f").end().toBytes(), StandardCharsets.UTF_8));
        assertEquals("[{  \"a\"  :1}]",
                new String(new JsonWriter().array().rawOneLine(utf8("{\r\n\"a\"\n\n:1}")).end().toBytes(),
                        StandardCharsets.UTF_8).replace("{  \"a\"  :", "{  \"a\"  :"));
    }

    @Test
    void knowsWhetherItHasExactlyTheseMembers() throws JsonException {
        List<String> names = List.of("data", "ttl");
        for (String yes : List.of("{\"data\":{\"ttl\":[1,2]},\"ttl\":\"1h\"}",
                " { \"ttl\" : 1 , \"d\\u0061ta\" : {} } ")) {
            assertTrue(parse(yes).exactly(names), yes);
        }
        for (String no : List.of("{}", "{\"data\":1}", "{\"data\":1,\"ttl\":2,\"x\":3}",
                "{\"data\":1,\"x\":2}", "{\"DATA\":1,\"ttl\":2}")) {
            assertFalse(parse(no).exactly(names), no);
        }
    }
}
