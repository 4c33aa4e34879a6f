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
 * A record without {@code by} is of the previous version, which kept one for each path whoever set it; its
 * writers decide for whom it counts. A record with {@code "void":true} withdraws metadata that its user had
 * set by that version, and has no force.
 *
 * @param metadata owner, group and bits
 * @param older writers of a record of the previous version, empty for all others
 * @param taken whether it has no force
 */
record StoredMetadata(Metadata metadata, Optional<FirstAndLastWriter> older, boolean taken) {

    /**
     * The writers of a record.
     *
     * @param first writer of the first version
     * @param last writer of the current version
     */
    record FirstAndLastWriter(UUID first, UUID last) { }

    /** The metadata of an unreadable record: only administrators have rights. */
    static final StoredMetadata DENIED = new StoredMetadata(Metadata.standard(new PermissionBits(0)),
            Optional.empty(), false);

    static StoredMetadata decode(FirstAndLastWriter writers, RecordFields fields) {
        Optional<FirstAndLastWriter> older = fields.names().contains("by") ? Optional.empty()
                : Optional.of(writers);
        return new StoredMetadata(Metadata.decode(fields), older, fields.flag("void"));
    }

    /** The record of metadata of that kind. */
    static byte[] encode(Metadata metadata, MetadataKey.Kind kind, boolean taken) {
        JsonWriter json = new JsonWriter().object().field("owner", metadata.owner().toString())
                .field("group", metadata.group().toString())
                .field("permissions", metadata.bits().word()).field("created_at", metadata.createdAt())
                .field("updated_at", metadata.updatedAt())
                .field("by", kind == MetadataKey.Kind.ADMINISTRATORS ? "administrators" : "user");
        return (taken ? json.field("void", true) : json).end().toBytes();
    }

    /**
     * Whether a user who is no administrator set it by the previous version, so that it is that user's own.
     */
    boolean ownOf(UUID user) {
        return older.filter(writers -> writers.last.equals(user)).isPresent() && metadata.owner().equals(user)
                && !user.equals(Version.NOBODY);
    }
}
