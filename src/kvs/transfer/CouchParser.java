package kvs.transfer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;

/**
 * A document of CouchDB, as a row of {@code _all_docs?include_docs=true} or an element of a line of
 * couchbackup:
 * <pre>
 *   {"id":"a","key":"a","value":{"rev":"1-ab"},"doc":{"_id":"a","_rev":"1-ab","any":"JSON"}}
 *   {"_id":"a","_rev":"1-ab","_revisions":{…},"any":"JSON"}
 * </pre>
 * The document here has no member that begins with {@code _}: CouchDB keeps these names for itself.
 * couchbackup writes all leaves of a document one after the other; the winner is imported, which is the
 * living one with the greatest revision.
 */
final class CouchParser implements EntryParser {

    /** The mark of couchbackup where it went on after an interruption, perhaps behind a part of a line. */
    private static final String RESUMED = "{\"marker\":\"@cloudant/couchbackup:resume\"}";
    private static final String RESERVED = "_";
    private static final int DIGITS_MAX = 18;
    private static final Set<String> KNOWN = Set.of("_id", "_rev", "_revisions", "_revs_info", "_local_seq",
            "_attachments", "_conflicts", "_deleted_conflicts");

    /** Rows of one text, or lines that are lists. */
    static final JsonElements.Shape SHAPE = new JsonElements.Shape("rows", true, RESUMED, CouchParser::fault);

    /**
     * A revision of a document.
     *
     * @param rev {@code generation-hash}
     * @param item whether it became an item
     */
    private record Leaf(String id, String rev, boolean deleted, boolean item) {

        boolean isBeatenBy(Leaf other) {
            if (deleted != other.deleted) {
                return deleted;
            }
            long mine = generation(rev);
            long others = generation(other.rev);
            return mine != others ? mine < others : rev.compareTo(other.rev) < 0;
        }

        private static long generation(String rev) {
            String digits = rev.substring(0, Math.max(0, rev.indexOf('-')));
            return AsciiParsers.number(digits, DIGITS_MAX).orElse(0);
        }
    }

    private final PathRenames renames;
    private Leaf last = new Leaf("", "", true, false);

    CouchParser(PathRenames renames) {
        this.renames = renames;
    }

    private static Optional<String> fault(Map<String, String> members, boolean hasArray) {
        boolean header = members.containsKey("marker") || members.containsKey("mode");
        return hasArray || header ? Optional.empty()
                : Optional.of("this is neither an answer of _all_docs nor a line of couchbackup"
                        + (members.containsKey("error") ? ": CouchDB answered " + members.get("error") + " "
                        + members.getOrDefault("reason", "") : ""));
    }

    @Override
    public ParsedEntry parse(byte[] entry) {
        JsonMembers members = JsonMembers.of(entry);
        if (members.find("_id").isPresent()) {
            return document(members);
        }
        String id = members.needed("id");
        try {
            Optional<JsonValue> doc = members.find("doc");
            if (doc.isPresent()) {
                return document(JsonMembers.of(doc.get()));
            }
            Optional<JsonValue> value = members.find("value");
            if (value.isPresent() && JsonMembers.of(value.get()).set("deleted")) {
                return ParsedEntry.leftOut(id, EntryNote.DELETED);
            }
        } catch (JsonException e) {
            throw JsonMembers.refusal(e);
        }
        throw JsonMembers.bad("'" + id + "' has no field 'doc': read _all_docs with ?include_docs=true");
    }

    private ParsedEntry document(JsonMembers members) {
        String id = members.needed("_id");
        boolean deleted = members.set("_deleted");
        boolean design = id.startsWith("_design/");
        Leaf leaf = new Leaf(id, members.text("_rev").orElse(""), deleted, !deleted && !design);
        boolean another = last.id.equals(id);
        // After an interruption couchbackup writes documents again.
        boolean again = another && last.rev.equals(leaf.rev);
        if (another && !again && !last.isBeatenBy(leaf)) {
            return ParsedEntry.leftOut(id, deleted ? EntryNote.DELETED : EntryNote.CONFLICT);
        }
        boolean replaces = another && last.item;
        last = leaf;
        if (!leaf.item) {
            return ParsedEntry.leftOut(id, deleted ? EntryNote.DELETED : EntryNote.DESIGN);
        }
        List<EntryNote> notes = new ArrayList<>();
        if (replaces && !again || members.find("_conflicts").isPresent()) {
            notes.add(EntryNote.CONFLICT);
        }
        byte[] json = bare(members, notes);
        TransferItem item = new TransferItem.DocumentItem(renames.key(id), json, 0);
        return new ParsedEntry(id, Optional.of(item), notes, replaces);
    }

    /** The document without the members of CouchDB. */
    private static byte[] bare(JsonMembers members, List<EntryNote> notes) {
        JsonWriter json = new JsonWriter().object();
        members.byName().forEach((name, value) -> {
            if (!name.startsWith(RESERVED)) {
                json.name(name).raw(value.raw());
            } else if (!KNOWN.contains(name)) {
                notes.add(EntryNote.UNDERSCORED);
            }
        });
        if (members.find("_attachments").isPresent()) {
            notes.add(EntryNote.ATTACHMENTS);
        }
        return json.end().toBytes();
    }
}
