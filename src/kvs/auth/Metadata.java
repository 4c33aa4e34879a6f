package kvs.auth;

import java.util.UUID;
import kvs.json.JsonWriter;
import kvs.model.Version;

/**
 * Permissions that somebody set on a path; they hold there and below, down to the next metadata.
 *
 * @param owner to whom the path belongs while no key is there, {@link Version#NOBODY} for nobody
 * @param group whose members have the rights of the group, {@link Version#NOBODY} for none
 * @param bits the permissions
 * @param createdAt Unix ms
 * @param updatedAt Unix ms
 */
public record Metadata(UUID owner, UUID group, Bits bits, long createdAt, long updatedAt) {

    /** What holds at the root where nobody has set anything. */
    static Metadata standard(Bits bits) {
        return new Metadata(Version.NOBODY, Version.NOBODY, bits, 0, 0);
    }

    static Metadata decode(Fields fields) {
        return new Metadata(fields.id("owner"), fields.id("group"), new Bits((int) fields.number("permissions") & Bits.MAX),
                fields.number("created_at"), fields.number("updated_at"));
    }

    byte[] encode() {
        return new JsonWriter().object().field("owner", owner.toString()).field("group", group.toString()).field("permissions", bits.word())
                .field("created_at", createdAt).field("updated_at", updatedAt).end().toBytes();
    }
}
