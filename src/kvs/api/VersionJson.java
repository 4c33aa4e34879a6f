package kvs.api;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import kvs.documents.Documents;
import kvs.documents.KeyHistory;
import kvs.documents.RangePage;
import kvs.http.Problems;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.WriteReceipt;
import kvs.tree.Entry;

/** The JSON of versions. Documents are sent byte for byte, never encoded again. */
final class VersionJson {

    private VersionJson() { }

    /** Writes the members of the result of a write. */
    static void receipt(JsonWriter json, WriteReceipt receipt) {
        stamp(json, receipt.uuid(), receipt.timestamp(), receipt.expires());
    }

    /**
     * Writes the members of a version that is read: {@code uuid}, {@code timestamp}, {@code expires_at} if it
     * has one, {@code data}.
     */
    static void version(JsonWriter json, Version version) {
        stamp(json, version.uuid(), version.timestamp(), version.expires());
        json.name("data").raw(version.data());
    }

    /**
     * Writes an item of a page. An unreadable one has a problem in place of its document: it must not hide
     * the others.
     *
     * @param oneLine whether line breaks in the document become spaces
     */
    static void item(JsonWriter json, Documents documents, Entry entry, boolean oneLine) {
        item(json, documents, entry, oneLine, origin -> Optional.empty());
    }

    /** Writes an item that names the node that wrote it, where {@code nodes} knows the one of an origin. */
    static void item(JsonWriter json, Documents documents, Entry entry, boolean oneLine,
            Function<UUID, Optional<String>> nodes) {
        json.object().field("path", RangePage.path(entry));
        try {
            Version version = documents.readListed(entry);
            stamp(json, version.uuid(), version.timestamp(), version.expires());
            author(json, version.author());
            node(json, version, nodes);
            json.name("data");
            if (oneLine) {
                json.rawOneLine(version.data());
            } else {
                json.raw(version.data());
            }
        } catch (Refusal unreadable) {
            problem(json, unreadable);
        }
        json.end();
    }

    /**
     * Writes a version of a history, without its document; {@code json} is left open. An unreadable one has a
     * problem in place of the unknown members; the index knows the id of the present one.
     */
    static void revision(JsonWriter json, Entry entry, KeyHistory.Revision revision) {
        json.object();
        if (revision.version().isPresent()) {
            Version version = revision.version().get();
            author(json, version);
            json.field("origin", version.dot().origin().toString()).field("deleted", version.deleted());
        } else {
            if (revision.current()) {
                stamp(json, new UUID(entry.uuidHigh(), entry.uuidLow()), entry.timestamp(), entry.expires());
            }
            problem(json, new Refusal(Reason.DAMAGED, "this version is unreadable on the disk of this node"));
        }
        json.field("conflict", revision.conflict());
        if (revision.current()) {
            json.field("current", true);
        }
    }

    /** Writes the members of a refusal inside another response. */
    static void problem(JsonWriter json, Refusal refusal) {
        json.field("status", Problems.status(refusal.reason())).field("reason", refusal.reason().text())
                .field("detail", refusal.detail());
        Object tag = refusal.fields().get("etag");
        if (tag != null) {
            json.field("etag", tag.toString());
        }
    }

    /** Writes the members of a version but its document. */
    static void author(JsonWriter json, Version version) {
        stamp(json, version.uuid(), version.timestamp(), version.expires());
        author(json, version.author());
    }

    /** Writes the node of a version, if it is known. */
    static void node(JsonWriter json, Version version, Function<UUID, Optional<String>> nodes) {
        nodes.apply(version.dot().origin()).ifPresent(node -> json.field("node", node));
    }

    private static void author(JsonWriter json, UUID author) {
        if (!author.equals(Version.NOBODY)) {
            json.field("author", author.toString());
        }
    }

    private static void stamp(JsonWriter json, UUID uuid, long timestamp, long expires) {
        json.field("uuid", uuid.toString()).field("timestamp", timestamp);
        if (expires != Version.FOREVER) {
            json.field("expires_at", expires);
        }
    }
}
