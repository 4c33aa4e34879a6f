package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import kvs.json.JsonWriter;

/**
 * An account that may have tokens.
 *
 * @param id never used again for another user
 * @param nickname for people, not unique
 * @param admin whether tokens with the scope {@code admin} have it
 * @param former whether the user was an administrator before: metadata that they set for others by an older
 *     version stays as they set it; empty when unknown, because an older version changed the record, which
 *     does not keep that
 * @param createdAt Unix ms
 */
public record User(UUID id, String nickname, boolean admin, Optional<Boolean> former, long createdAt) {

    /** A user of this version of the record. */
    public User(UUID id, String nickname, boolean admin, long createdAt) {
        this(id, nickname, admin, Optional.of(false), createdAt);
    }

    /** A user whose record is unreadable: an administrator replaces it or removes it. */
    static User unreadable(UUID id) {
        return new User(id, "(unreadable)", false, Optional.empty(), 0);
    }

    /** Decodes a record; {@code first}: it is the first one of the user. */
    static User decode(UUID id, RecordFields fields, boolean first) {
        boolean known = first || fields.names().contains("former_admin");
        return new User(id, fields.text("nickname"), fields.flag("admin"),
                known ? Optional.of(fields.flag("former_admin")) : Optional.empty(),
                fields.number("created_at"));
    }

    /** Whether the user is or ever was an administrator, empty when unknown. */
    Optional<Boolean> everAdmin() {
        return admin ? Optional.of(true) : former;
    }

    byte[] encode() {
        JsonWriter json = new JsonWriter().object().field("nickname", nickname).field("admin", admin);
        former.ifPresent(known -> json.field("former_admin", known));
        return json.field("created_at", createdAt).end().toBytes();
    }
}
