package kvs.cli.keys;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import kvs.command.CommandException;
import kvs.command.HumanReadable;
import kvs.command.Invocation;
import kvs.command.Row;
import kvs.command.TimeText;
import kvs.json.JsonException;
import kvs.json.JsonValue;

/**
 * A line of a listing: a key, or a prefix, which ends with a slash.
 *
 * @param path the key or prefix
 * @param detail the details of a key; empty when they were not asked for, and for a prefix
 * @param detailed whether they were asked for
 */
record ListedKey(String path, Optional<Detail> detail, boolean detailed) {

    /**
     * The details of a key.
     *
     * @param bytes the size of the document
     * @param timeMs the time of the version, Unix ms
     * @param author the id of the user who wrote it
     * @param uuid the id of the version
     * @param expiresMs when it expires, Unix ms; 0 for never
     */
    record Detail(long bytes, long timeMs, String author, String uuid, long expiresMs) { }

    /** The lines of a page, in order. */
    static List<ListedKey> of(JsonValue page, boolean detailed) throws JsonException {
        List<ListedKey> lines = new ArrayList<>();
        List<JsonValue> keys = elements(page, detailed ? "items" : "keys");
        for (JsonValue key : keys) {
            lines.add(detailed ? item(key) : new ListedKey(key.string(), Optional.empty(), false));
        }
        for (JsonValue prefix : elements(page, "prefixes")) {
            lines.add(new ListedKey(prefix.string(), Optional.empty(), detailed));
        }
        lines.sort(Comparator.comparing(ListedKey::path));
        return lines;
    }

    private static List<JsonValue> elements(JsonValue page, String name) throws JsonException {
        return page.field(name).orElseThrow(() -> page.wrong("no field " + name)).elements();
    }

    /** The line of a key by its document; who wrote it is not known there. */
    static ListedKey alone(KeyPath key, JsonValue document, boolean detailed) throws JsonException {
        return new ListedKey(key.text(), detailed ? Optional.of(detail(document)) : Optional.empty(),
                detailed);
    }

    private static ListedKey item(JsonValue item) throws JsonException {
        return new ListedKey(member(item, "path").string(), Optional.of(detail(item)), true);
    }

    private static Detail detail(JsonValue item) throws JsonException {
        Optional<JsonValue> expires = item.field("expires_at");
        Optional<JsonValue> data = item.field("data");
        return new Detail(data.isEmpty() ? 0 : data.get().length(), member(item,
                "timestamp").asLong(),
                author(item), member(item, "uuid").string(), expires.isEmpty() ? 0 : expires.get().asLong());
    }

    private static String author(JsonValue item) throws JsonException {
        Optional<JsonValue> author = item.field("author");
        return author.isEmpty() || author.get().kind() != JsonValue.Kind.STRING ? "" : author.get().string();
    }

    /** A member that an object must have. */
    static JsonValue member(JsonValue object, String name) throws JsonException {
        return object.field(name).orElseThrow(() -> object.wrong("no field " + name));
    }

    long bytes() {
        return detail.map(Detail::bytes).orElse(-1L);
    }

    long timeMs() {
        return detail.map(Detail::timeMs).orElse(-1L);
    }

    /** The record of the result. */
    Row row(Invocation invocation, UserNames users) throws CommandException {
        Row row = new Row().text("path", path);
        if (!detailed) {
            return row;
        }
        if (detail.isEmpty()) {
            return row.none("bytes").none("time").none("author").none("ttl").none("uuid");
        }
        Detail known = detail.get();
        String time = TimeText.text(known.timeMs, false);
        row.number("bytes", known.bytes, invocation.isTerminal() ? HumanReadable.bytes(known.bytes)
                : Long.toString(known.bytes));
        row.text("time", time, TimeText.text(known.timeMs, invocation.isTerminal()));
        row.text("author", users.of(known.author));
        if (known.expiresMs == 0) {
            row.none("ttl");
        } else {
            long left = known.expiresMs - invocation.clock().wallMs();
            row.text("expires", TimeText.text(known.expiresMs, false), HumanReadable.age(left));
        }
        return row.text("uuid", known.uuid, shortId(invocation, known.uuid));
    }

    private static String shortId(Invocation invocation, String id) {
        return invocation.isTerminal() ? RevisionName.shortened(id) : id;
    }
}
