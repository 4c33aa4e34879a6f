package kvs.auth;

import java.util.UUID;
import kvs.model.Version;

/**
 * Permissions that somebody set on a path; they hold there and below, down to the next metadata of the same
 * kind.
 *
 * @param owner to whom the subtree was given, or whose keys it is about; {@link Version#NOBODY} for nobody
 * @param group whose members have the rights of the group, {@link Version#NOBODY} for none
 * @param bits the permissions
 * @param createdAt Unix ms
 * @param updatedAt Unix ms
 */
public record Metadata(UUID owner, UUID group, PermissionBits bits, long createdAt, long updatedAt) {

    /** What holds at the root where nobody has set anything. */
    static Metadata standard(PermissionBits bits) {
        return new Metadata(Version.NOBODY, Version.NOBODY, bits, 0, 0);
    }

    /** The same without any right that {@code above} does not give to all who are meant. */
    Metadata within(Metadata above) {
        return new Metadata(owner, group, bits.within(above.bits, group.equals(above.group),
                above.group.equals(Version.NOBODY)), createdAt, updatedAt);
    }

    static Metadata decode(RecordFields fields) {
        return new Metadata(fields.id("owner"), fields.id("group"), new PermissionBits((int) fields.number("permissions") & PermissionBits.MAX),
                fields.number("created_at"), fields.number("updated_at"));
    }
}
