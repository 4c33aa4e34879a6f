package kvs.transfer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.Durations;

/**
 * A line that {@code redis-cli --json} writes for a key with the script of the manual: its name, its type,
 * the rest of its life in ms (-1 when it has no end), and the value:
 * <pre>
 *   ["a","string",-1,"text"]
 *   ["a","hash",-1,["field","value",…]]            {"field":"value",…}
 *   ["a","list",-1,["x","y",…]]                    ["x","y",…]
 *   ["a","set",-1,["x","y",…]]                     ["x","y",…], sorted
 *   ["a","zset",-1,["x","1.5",…]]                  [{"member":"x","score":1.5},…]
 *   ["a","stream",-1,[["1-0",["f","v",…]],…]]      [{"id":"1-0","fields":["f","v",…]},…]
 * </pre>
 * redis-cli puts bytes above 0x7f into a string as they are, so a line need not be UTF-8. The line is
 * therefore read as Latin-1, in which each character is a byte of the value; its only escapes are those of
 * ASCII.
 *
 * @param renames the renames of keys
 */
record RedisParser(PathRenames renames) implements EntryParser {

    private static final int PARTS = 4;
    private static final int BYTE_MAX = 0xff;

    @Override
    public ParsedEntry parse(byte[] line) {
        String text = new String(line, StandardCharsets.ISO_8859_1);
        if (!text.startsWith("[")) {
            throw JsonMembers.bad("this is no line of the script in the manual: "
                    + text.substring(0, Math.min(text.length(), BYTE_MAX)));
        }
        try {
            List<JsonValue> parts = JsonValue.parse(text.getBytes(StandardCharsets.UTF_8)).elements();
            if (parts.size() != PARTS) {
                throw JsonMembers.bad("a line has the key, the type, the rest of the life, and the value");
            }
            String path = ForeignValue.text(bytes(parts.get(0)))
                    .orElseThrow(() -> JsonMembers.bad("the key is not UTF-8: " + raw(parts.get(0))));
            long life = parts.get(2).asLong();
            return entry(path, parts.get(1).string(), life, parts.get(3));
        } catch (JsonException e) {
            throw JsonMembers.refusal(e);
        }
    }

    private ParsedEntry entry(String path, String type, long life, JsonValue value) throws JsonException {
        // With 0 ms left, a document would have no end.
        if (type.equals("none") || life != -1 && life <= 0) {
            return ParsedEntry.leftOut(path, EntryNote.GONE);
        }
        List<EntryNote> notes = new ArrayList<>();
        byte[] json = switch (type) {
            case "string" -> {
                ForeignValue document = ForeignValue.decode(bytes(value));
                document.note().ifPresent(notes::add);
                yield document.json();
            }
            case "hash" -> hash(value, notes);
            case "list" -> list(all(value), notes).toBytes();
            case "set" -> {
                List<byte[]> members = all(value);
                members.sort(Arrays::compareUnsigned);
                yield list(members, notes).toBytes();
            }
            case "zset" -> sorted(value, notes);
            case "stream" -> {
                notes.add(EntryNote.GROUPS);
                yield stream(value, notes);
            }
            default -> throw JsonMembers.bad("key '" + path + "': values of type " + type
                    + " are not imported");
        };
        return new ParsedEntry(path, Optional.of(new TransferItem.DocumentItem(renames.key(path), json,
                Math.min(Durations.MAX_MS, Math.max(0, life)))), notes, false);
    }

    private static byte[] hash(JsonValue value, List<EntryNote> notes) throws JsonException {
        List<byte[]> pairs = pairs(value);
        JsonWriter json = new JsonWriter().object();
        for (int i = 0; i < pairs.size(); i += 2) {
            json.name(ForeignValue.text(pairs.get(i)).orElseThrow(
                    () -> JsonMembers.bad("the hash has the name of a field that is not UTF-8")));
            string(json, pairs.get(i + 1), notes);
        }
        return json.end().toBytes();
    }

    private static byte[] sorted(JsonValue value, List<EntryNote> notes) throws JsonException {
        List<byte[]> pairs = pairs(value);
        JsonWriter json = new JsonWriter().array();
        for (int i = 0; i < pairs.size(); i += 2) {
            string(json.object().name("member"), pairs.get(i), notes);
            json.name("score").raw(score(pairs.get(i + 1))).end();
        }
        return json.end().toBytes();
    }

    /** The score as a number; {@code inf} as a string. */
    private static byte[] score(byte[] text) {
        try {
            return JsonValue.parse(text).raw();
        } catch (JsonException e) {
            return ForeignValue.string(text);
        }
    }

    private static byte[] stream(JsonValue value, List<EntryNote> notes) throws JsonException {
        JsonWriter json = new JsonWriter().array();
        for (JsonValue entry : value.elements(value.length())) {
            List<JsonValue> parts = entry.elements();
            if (parts.size() != 2) {
                throw entry.wrong("expected an id and fields");
            }
            json.object().name("id");
            string(json, bytes(parts.get(0)), notes);
            json.name("fields").raw(list(all(parts.get(1)), notes).toBytes()).end();
        }
        return json.end().toBytes();
    }

    private static JsonWriter list(List<byte[]> values, List<EntryNote> notes) {
        JsonWriter json = new JsonWriter().array();
        values.forEach(value -> string(json, value, notes));
        return json.end();
    }

    /** Writes a value inside a collection, which is always a string, never JSON. */
    private static void string(JsonWriter json, byte[] value, List<EntryNote> notes) {
        json.raw(ForeignValue.string(value));
        if (!notes.contains(EntryNote.BINARY) && ForeignValue.text(value).isEmpty()) {
            notes.add(EntryNote.BINARY);
        }
    }

    private static List<byte[]> pairs(JsonValue value) throws JsonException {
        List<byte[]> pairs = all(value);
        if (pairs.size() % 2 != 0) {
            throw value.wrong("expected pairs");
        }
        return pairs;
    }

    private static List<byte[]> all(JsonValue value) throws JsonException {
        List<byte[]> all = new ArrayList<>();
        for (JsonValue element : value.elements(value.length())) {
            all.add(bytes(element));
        }
        return all;
    }

    private static byte[] bytes(JsonValue string) throws JsonException {
        String text = string.string(string.length());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > BYTE_MAX) {
                throw string.wrong("this string is not from redis-cli --json");
            }
            bytes.write(text.charAt(i));
        }
        return bytes.toByteArray();
    }

    private static String raw(JsonValue value) {
        return new String(value.raw(), StandardCharsets.UTF_8);
    }
}
