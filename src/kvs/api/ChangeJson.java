package kvs.api;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import kvs.documents.Changes;
import kvs.documents.ClientPosition;
import kvs.documents.Documents;
import kvs.documents.RangePage;
import kvs.http.Response;
import kvs.json.JsonWriter;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.streams.EventEncoder;
import kvs.tree.Entry;

/**
 * The JSON of changes, as elements of a page, and as server-sent events (WHATWG HTML, 9.2).
 *
 * @param documents the source of the documents
 * @param nodes the id of the node that writes with an origin; empty when it is unknown
 */
public record ChangeJson(Documents documents, Function<UUID, Optional<String>> nodes)
        implements EventEncoder {

    private static final int PATH_SKIP = "\0meta/".length();
    private static final byte[] DATA = bytes("data: ");
    private static final byte[] EVENT_END = bytes("\n\n");

    /** Writes a change as an element of a page. */
    void write(JsonWriter json, Changes.Change change, boolean values) {
        write(json, change, new Form(values, false));
    }

    /** The form of a document in a change: included or not, with or without its line breaks. */
    private record Form(boolean values, boolean oneLine) { }

    private void write(JsonWriter json, Changes.Change change, Form form) {
        Entry entry = change.entry();
        if (change.kind() == Changes.Kind.RIGHTS) {
            json.object().field("path", pathOfRights(entry.key())).field("access", true).end();
        } else if (form.values && change.kind() == Changes.Kind.LIVES) {
            VersionJson.item(json, documents, entry, form.oneLine, nodes);
        } else {
            json.object().field("path", RangePage.path(entry));
            try {
                Version version = documents.read(entry);
                VersionJson.author(json, version);
                VersionJson.node(json, version, nodes);
            } catch (Refusal unreadable) {
                VersionJson.problem(json, unreadable);
            }
            if (change.kind() != Changes.Kind.LIVES) {
                json.field(change.kind() == Changes.Kind.DELETED ? "deleted" : "expired", true);
            }
            json.end();
        }
    }

    /** The path of a record of metadata; after it, and a zero, the key may name the user who set it. */
    private static String pathOfRights(byte[] key) {
        int end = PATH_SKIP;
        while (end < key.length && key[end] != 0) {
            end++;
        }
        return new String(key, PATH_SKIP, end - PATH_SKIP, StandardCharsets.UTF_8);
    }

    @Override
    public byte[] change(Changes.Change change, boolean values) {
        JsonWriter json = new JsonWriter();
        write(json, change, new Form(values, true));
        return event(json);
    }

    @Override
    public byte[] position(ClientPosition position) {
        return bytes("id: " + position.text() + "\n");
    }

    @Override
    public byte[] end(Refusal refusal) {
        byte[] data = event(new JsonWriter().object().field("reason", refusal.reason().text())
                .field("detail", refusal.detail()).end());
        return joined(bytes("event: end\n"), data);
    }

    private static byte[] event(JsonWriter json) {
        return joined(DATA, json.toBytes(), EVENT_END);
    }

    private static byte[] joined(byte[]... parts) {
        return new Response.FullBody(parts).bytes();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
