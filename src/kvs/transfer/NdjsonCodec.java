package kvs.transfer;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.auth.MetadataAdmin;
import kvs.auth.MetadataScope;
import kvs.auth.PermissionBits;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.model.Durations;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.world.FailureText;

/**
 * The codec of one line of a file (NDJSON, UTF-8):
 * <pre>
 *   {"path":"a/b","data":&lt;any JSON&gt;}              one that never expires, whatever default_ttl is
 *   {"path":"a/b","data":&lt;any JSON&gt;,"ttl":"90s"}  one that expires that long after the import
 *   {"path":"a/b","metadata":{"owner_uuid":…,"group_uuid":…,
 *       "permissions":n,"permissions_text":"cdwr,c-wr,c--r"}}
 *       metadata of a path, "" for the root; null is nobody; any of the members
 *   {"path":"a/b","metadata":{"applies_to":"own_keys","owner_uuid":…,…}}
 *       metadata that the owner of a key has set for own keys; the key becomes theirs
 * </pre>
 * A line is valid if it is one JSON object with no other members, the path can be stored and the ttl is a
 * duration. A document is read byte for byte. It is written without the white space around it, and its line
 * breaks, which can only stand between values, become spaces. Never change this format: people keep such
 * files.
 */
final class NdjsonCodec {

    /** Bytes of a line beyond its document and the escaped path: names, a ttl, white space. */
    private static final int ROOM = 1_024;
    /** Bytes of a character of a path that is written as {@code \\u0041}. */
    private static final int ESCAPED = 6;
    private static final List<String> METADATA =
            List.of("owner_uuid", "group_uuid", "permissions", "permissions_text", "applies_to",
            "user_uuid", "older_version", "inherited_from", "created_at", "updated_at");
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private NdjsonCodec() { }

    /** Maximum bytes of a line with a document of that size; a longer one is not read into memory. */
    static int bytesMax(int documentBytesMax) {
        return documentBytesMax + ESCAPED * Key.BYTES_MAX + ROOM;
    }

    /**
     * Parses a line.
     *
     * @throws Refusal with the reason why the line is invalid
     */
    static TransferItem parse(byte[] line, PathRenames renames) {
        try {
            Map<String, JsonValue> members = members(JsonValue.parse(line, JsonValue.DEPTH_MAX + 1),
                    List.of("path", "data", "ttl", "metadata"));
            String path = renames.apply(Optional.ofNullable(members.get("path"))
                    .orElseThrow(() -> bad("the field 'path' is missing")).string());
            boolean document = members.containsKey("data");
            if (document == members.containsKey("metadata")) {
                throw bad(document ? "a line must have either 'data' or 'metadata'"
                        : "the field 'data' is missing");
            }
            if (document) {
                return new TransferItem.DocumentItem(Key.of(path).storable(), members.get("data").raw(),
                        ttl(Optional.ofNullable(members.get("ttl"))));
            }
            if (members.containsKey("ttl")) {
                throw bad("metadata cannot have 'ttl'");
            }
            return metadata(path, members.get("metadata"));
        } catch (JsonException e) {
            throw bad(e.problem() + " (column " + e.column() + ")");
        }
    }

    private static Map<String, JsonValue> members(JsonValue object, List<String> known) throws JsonException {
        Map<String, JsonValue> members = new HashMap<>();
        for (JsonValue.Field member : object.fields()) {
            if (!known.contains(member.name())) {
                throw bad("unknown field '" + AsciiParsers.shown(member.name()) + "'; accepted: "
                        + String.join(", ", known));
            }
            members.put(member.name(), member.value());
        }
        return members;
    }

    private static long ttl(Optional<JsonValue> text) throws JsonException {
        try {
            return text.isEmpty() ? 0 : Durations.parse(text.get().string());
        } catch (IllegalArgumentException e) {
            throw bad("ttl: " + FailureText.text(e));
        }
    }

    private static TransferItem metadata(String path, JsonValue object) throws JsonException {
        if (!path.isEmpty() && Key.of(path).reserved()) {
            throw bad("names that start with '_' are reserved");
        }
        return metadata(path, members(object, METADATA));
    }

    /** Parses the members of metadata; those that cannot be set are ignored. */
    static TransferItem.MetadataItem metadata(String path, Map<String, JsonValue> members)
            throws JsonException {
        Optional<PermissionBits> bits = bits(members);
        MetadataAdmin.MetadataUpdate update = new MetadataAdmin.MetadataUpdate(id(members, "owner_uuid"),
                id(members, "group_uuid"), bits);
        if (update.owner().isEmpty() && update.group().isEmpty() && bits.isEmpty()) {
            throw bad("metadata needs at least one of owner_uuid, group_uuid and permissions");
        }
        return new TransferItem.MetadataItem(path,
                appliesTo(members).filter(MetadataScope.OWN_KEYS::equals), update);
    }

    private static Optional<MetadataScope> appliesTo(Map<String, JsonValue> members) throws JsonException {
        JsonValue text = members.get("applies_to");
        if (text == null) {
            return Optional.empty();
        }
        return Optional.of(MetadataScope.parse(text.string())
                .orElseThrow(() -> bad("applies_to must be subtree or own_keys")));
    }

    private static Optional<UUID> id(Map<String, JsonValue> members, String name) throws JsonException {
        JsonValue id = members.get(name);
        if (id == null) {
            return Optional.empty();
        }
        if (id.kind() == JsonValue.Kind.NULL) {
            return Optional.of(Version.NOBODY);
        }
        return Optional.of(AsciiParsers.uuid(id.string()).orElseThrow(() -> bad(name + " is not a UUID")));
    }

    private static Optional<PermissionBits> bits(Map<String, JsonValue> members) throws JsonException {
        Optional<PermissionBits> text = Optional.empty();
        if (members.containsKey("permissions_text")) {
            text = Optional.of(PermissionBits.parse(members.get("permissions_text").string()).orElseThrow(
                    () -> bad("permissions_text must look like cdwr,c-wr,c--r: owner, group, others")));
        }
        if (!members.containsKey("permissions")) {
            return text;
        }
        long word = members.get("permissions").asLong();
        if (word < 0 || word > PermissionBits.MAX) {
            throw bad("permissions must be twelve bits, 0 to " + PermissionBits.MAX);
        }
        PermissionBits bits = new PermissionBits((int) word);
        if (text.filter(other -> !other.equals(bits)).isPresent()) {
            throw bad("permissions and permissions_text differ: send one of them");
        }
        return Optional.of(bits);
    }

    /** The line of an item of a source, with its line break. */
    static byte[] encode(TransferItem item) {
        JsonWriter json = new JsonWriter().object();
        if (item instanceof TransferItem.DocumentItem document) {
            json.field("path", document.key().text()).name("data").rawOneLine(bare(document.json()));
            if (document.ttlMs() > 0) {
                json.field("ttl", Durations.text(document.ttlMs()));
            }
        } else if (item instanceof TransferItem.MetadataItem metadata) {
            json.field("path", metadata.path()).name("metadata");
            members(json.object(), metadata).end();
        }
        byte[] text = json.end().toBytes();
        byte[] line = Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        return line;
    }

    /** The document without the white space around it, which is not part of it. */
    static byte[] bare(byte[] json) {
        int from = 0;
        int to = json.length;
        while (from < to && blank(json[from])) {
            from++;
        }
        while (to > from && blank(json[to - 1])) {
            to--;
        }
        return to - from == json.length ? json : Arrays.copyOfRange(json, from, to);
    }

    private static boolean blank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /** Writes the metadata of an item into an open object. */
    static JsonWriter members(JsonWriter json, TransferItem.MetadataItem metadata) {
        metadata.appliesTo().ifPresent(kind -> json.field("applies_to", kind.text()));
        metadata.update().owner().ifPresent(owner -> id(json, "owner_uuid", owner));
        metadata.update().group().ifPresent(group -> id(json, "group_uuid", group));
        metadata.update().bits().ifPresent(bits -> json.field("permissions", bits.word())
                .field("permissions_text", bits.text()));
        return json;
    }

    private static void id(JsonWriter json, String name, UUID id) {
        json.name(name);
        if (id.equals(Version.NOBODY)) {
            json.raw(NULL);
        } else {
            json.value(id.toString());
        }
    }

    private static Refusal bad(String detail) {
        return new Refusal(Reason.BAD_JSON, detail);
    }
}
