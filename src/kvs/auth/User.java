package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import kvs.json.JsonWriter;

/**
 * Somebody who may have tokens.
 *
 * @param id never used again for another
 * @param nickname for people, not unique
 * @param admin whether tokens with the scope {@code admin} have it
 * @param former whether they were an administrator before: what they set for others by an older version
 *     stays as they set it; empty when nobody knows, because an older version changed the record, which does
 *     not keep that
 * @param createdAt Unix ms
 */
public record User(UUID id, String nickname, boolean admin, Optional<Boolean> former, long createdAt) {

    /** A user of this version of the record. */
    public User(UUID id, String nickname, boolean admin, long createdAt) {
        this(id, nickname, admin, Optional.of(false), createdAt);
    }

    /** A user whose record cannot be read: an administrator gives it another or removes it. */
    static User unreadable(UUID id) {
        return new User(id, "(unreadable)", false, Optional.empty(), 0);
    }

    /** {@code first} is whether the record is the first one of the user. */
    static User decode(UUID id, RecordFields fields, boolean first) {
        boolean known = first || fields.names().contains("former_admin");
        return new User(id, fields.text("nickname"), fields.flag("admin"),
                known ? Optional.of(fields.flag("former_admin")) : Optional.empty(),
                fields.number("created_at"));
    }

    /** Whether they are an administrator or were one ever, empty when nobody knows. */
    Optional<Boolean> everAdmin() {
        return admin ? Optional.of(true) : former;
    }

    byte[] encode() {
        JsonWriter json = new JsonWriter().object().field("nickname", nickname).field("admin", admin);
        former.ifPresent(known -> json.field("former_admin", known));
        return json.field("created_at", createdAt).end().toBytes();
    }
}
