package kvs.auth;

import java.util.UUID;
import kvs.json.JsonWriter;

/**
 * Somebody who may have tokens.
 *
 * @param id never used again for another
 * @param nickname for people, not unique
 * @param admin whether tokens with the scope {@code admin} have it
 * @param former whether they were an administrator before: what they set for others by an older version
 *     stays as they set it
 * @param createdAt Unix ms
 */
public record User(UUID id, String nickname, boolean admin, boolean former, long createdAt) {

    /** A user of this version of the record. */
    public User(UUID id, String nickname, boolean admin, long createdAt) {
        this(id, nickname, admin, false, createdAt);
    }

    /** A user whose record cannot be read: an administrator gives it another or removes it. */
    static User unreadable(UUID id) {
        return new User(id, "(unreadable)", false, 0);
    }

    static User decode(UUID id, Fields fields) {
        return new User(id, fields.text("nickname"), fields.flag("admin"), fields.flag("former_admin"),
                fields.number("created_at"));
    }

    byte[] encode() {
        JsonWriter json = new JsonWriter().object().field("nickname", nickname).field("admin", admin);
        return (former ? json.field("former_admin", true) : json).field("created_at", createdAt).end()
                .toBytes();
    }
}
