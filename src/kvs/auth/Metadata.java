package kvs.auth;

import java.util.UUID;
import kvs.model.Version;

/**
 * Permissions that are set on a path; they hold there and below, down to the next metadata of the same kind.
 *
 * @param owner the user to whom the subtree was given, or whose keys are meant; {@link Version#NOBODY} for
 *     nobody
 * @param group the group with the rights of the class GROUP, {@link Version#NOBODY} for none
 * @param bits the permissions
 * @param createdAt Unix ms
 * @param updatedAt Unix ms
 */
public record Metadata(UUID owner, UUID group, PermissionBits bits, long createdAt, long updatedAt) {

    /** The default of the root. */
    static Metadata standard(PermissionBits bits) {
        return new Metadata(Version.NOBODY, Version.NOBODY, bits, 0, 0);
    }

    /** The same without any right that {@code above} does not give to all callers of its class. */
    Metadata within(Metadata above) {
        return new Metadata(owner, group, bits.within(above.bits, group.equals(above.group),
                above.group.equals(Version.NOBODY)), createdAt, updatedAt);
    }

    static Metadata decode(RecordFields fields) {
        return new Metadata(fields.id("owner"), fields.id("group"),
                new PermissionBits((int) fields.number("permissions") & PermissionBits.MAX),
                fields.number("created_at"), fields.number("updated_at"));
    }
}
