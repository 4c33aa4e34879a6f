package kvs.auth;

import java.util.UUID;
import kvs.json.JsonWriter;

/**
 * A group of users with common permissions. Its members are stored in keys of their own, so that two nodes
 * can add members at the same time.
 *
 * @param id never used again for another group
 * @param name for people, not unique
 * @param createdAt Unix ms
 */
public record UserGroup(UUID id, String name, long createdAt) {

    /**
     * A group whose record is unreadable: nobody has rights by it, and an administrator replaces it or
     * removes it.
     */
    static UserGroup unreadable(UUID id) {
        return new UserGroup(id, "(unreadable)", 0);
    }

    static UserGroup decode(UUID id, RecordFields fields) {
        return new UserGroup(id, fields.text("name"), fields.number("created_at"));
    }

    byte[] encode() {
        return new JsonWriter().object().field("name", name).field("created_at", createdAt).end().toBytes();
    }
}
