package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import kvs.json.JsonWriter;
import kvs.model.Version;

/**
 * A record of metadata as it is stored.
 * <pre>
 *   {"owner":id,"group":id,"permissions":n,"created_at":ms,"updated_at":ms,"by":"administrators"|"user"}
 * </pre>
 * A record without {@code by} is of the previous version, which kept one for each path whoever set it; who
 * that was tells whose word it is. A record with {@code "void":true} takes back what its user had set by
 * that version, and holds for nothing.
 *
 * @param metadata owner, group and bits
 * @param older who wrote a record of the previous version, empty for all others
 * @param taken whether it holds for nothing
 */
record StoredMetadata(Metadata metadata, Optional<Writers> older, boolean taken) {

    /**
     * The writers of a record.
     *
     * @param first who made it where none was
     * @param last who wrote it as it is
     */
    record Writers(UUID first, UUID last) { }

    /** The word of a record that cannot be read: nobody but an administrator may do anything. */
    static final StoredMetadata DENIED = new StoredMetadata(Metadata.standard(new PermissionBits(0)), Optional.empty(), false);

    static StoredMetadata decode(Writers writers, RecordFields fields) {
        Optional<Writers> older = fields.names().contains("by") ? Optional.empty() : Optional.of(writers);
        return new StoredMetadata(Metadata.decode(fields), older, fields.flag("void"));
    }

    /** The record of what {@code kind} says. */
    static byte[] encode(Metadata metadata, MetadataSlot.Kind kind, boolean taken) {
        JsonWriter json = new JsonWriter().object().field("owner", metadata.owner().toString())
                .field("group", metadata.group().toString())
                .field("permissions", metadata.bits().word()).field("created_at", metadata.createdAt())
                .field("updated_at", metadata.updatedAt())
                .field("by", kind == MetadataSlot.Kind.ADMINISTRATORS ? "administrators" : "user");
        return (taken ? json.field("void", true) : json).end().toBytes();
    }

    /** Whether a user who is no administrator set it by the previous version: it is that user's own. */
    boolean ownOf(UUID user) {
        return older.filter(writers -> writers.last.equals(user)).isPresent() && metadata.owner().equals(user)
                && !user.equals(Version.NOBODY);
    }
}
