package kvs.auth;

import java.util.UUID;
import kvs.json.JsonWriter;

/**
 * Somebody who may have tokens.
 *
 * @param id never used again for another
 * @param nickname for people, not unique
 * @param admin whether tokens with the scope {@code admin} have it
 * @param createdAt Unix ms
 */
public record User(UUID id, String nickname, boolean admin, long createdAt) {

    static User decode(UUID id, Fields fields) {
        return new User(id, fields.text("nickname"), fields.flag("admin"), fields.number("created_at"));
    }

    byte[] encode() {
        return new JsonWriter().object().field("nickname", nickname).field("admin", admin).field("created_at", createdAt).end().toBytes();
    }
}
