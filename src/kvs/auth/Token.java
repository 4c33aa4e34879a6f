package kvs.auth;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import kvs.json.JsonWriter;

/**
 * What is stored of a token: its hash, never its text.
 *
 * @param id claim {@code jti}
 * @param user claim {@code sub}
 * @param hash SHA-256 of its text, in hex
 * @param scopes what it is good for
 * @param issuedAt Unix ms
 * @param expiresAt Unix ms
 */
public record Token(UUID id, UUID user, String hash, Set<Scope> scopes, long issuedAt, long expiresAt) {

    static Token decode(UUID id, Fields fields) {
        return new Token(id, fields.id("user"), fields.text("hash"), Scope.set(fields.texts("scopes")), fields.number("issued_at"),
                fields.number("expires_at"));
    }

    byte[] encode() {
        JsonWriter json = new JsonWriter().object().field("user", user.toString()).field("hash", hash).name("scopes").array();
        texts(scopes).forEach(json::value);
        return json.end().field("issued_at", issuedAt).field("expires_at", expiresAt).end().toBytes();
    }

    /** The names of scopes, in their order. */
    public static List<String> texts(Set<Scope> scopes) {
        return scopes.stream().sorted().map(Scope::text).toList();
    }
}
