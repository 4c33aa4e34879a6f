package kvs.auth;

import java.util.UUID;
import kvs.json.JsonWriter;

/**
 * Users with common permissions. Who is in it stands in keys of its own, so that two nodes can add members at the same time.
 *
 * @param id never used again for another
 * @param name for people, not unique
 * @param createdAt Unix ms
 */
public record UserGroup(UUID id, String name, long createdAt) {

    /**
     * A group whose record cannot be read: nobody has rights by it, and an administrator gives it another or
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
