package kvs.auth;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import kvs.json.JsonWriter;
import kvs.model.Version;

/**
 * The record of a token: its hash, never its text.
 *
 * @param id claim {@code jti}
 * @param user claim {@code sub}
 * @param hash SHA-256 of its text, in hex
 * @param scopes its scopes
 * @param life its validity
 * @param maker the token with which its user made it and with which it ends; empty when an administrator made
 *     it
 */
public record Token(UUID id, UUID user, String hash, Set<TokenScope> scopes, Validity life,
        Optional<UUID> maker) {

    /** Highest number of makers in a chain: each request looks up all of them. */
    static final int MAKERS_MAX = 8;

    /**
     * The time in which a token is valid.
     *
     * @param from Unix ms
     * @param to Unix ms
     */
    public record Validity(long from, long to) { }

    static Token decode(UUID id, RecordFields fields) {
        UUID maker = fields.id("maker");
        return new Token(id, fields.id("user"), fields.text("hash"), TokenScope.set(fields.texts("scopes")),
                new Validity(fields.number("issued_at"),
                fields.number("expires_at")), maker.equals(Version.NOBODY) ? Optional.empty()
                : Optional.of(maker));
    }

    byte[] encode() {
        JsonWriter json = new JsonWriter().object().field("user", user.toString()).field("hash", hash)
                .name("scopes").array();
        texts(scopes).forEach(json::value);
        json.end().field("issued_at", issuedAt()).field("expires_at", expiresAt());
        maker.ifPresent(token -> json.field("maker", token.toString()));
        return json.end().toBytes();
    }

    /** Unix ms. */
    public long issuedAt() {
        return life.from;
    }

    /** Unix ms. */
    public long expiresAt() {
        return life.to;
    }

    /** The names of scopes, in their order. */
    public static List<String> texts(Set<TokenScope> scopes) {
        return scopes.stream().sorted().map(TokenScope::text).toList();
    }
}
