package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import kvs.json.JsonWriter;
import kvs.model.Hmac;

/**
 * Signs and verifies tokens: JWT (RFC 7519) in compact form (RFC 7515) with HMAC-SHA256 and nothing else. The
 * header must equal ours byte for byte, so no {@code alg}, {@code kid}, {@code jku} or {@code crit} has to be
 * trusted (RFC 8725). Thread-safe.
 */
final class Jwt {

    /** Longest token, in characters: ours have about 500. */
    static final int LENGTH_MAX = 8_192;
    /** Longest life of a token, seconds: 366 days. */
    static final long LIFE_SECONDS_MAX = 366L * 86_400;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();
    private static final String HEADER = ENCODER.encodeToString(
            "{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.US_ASCII));
    private static final List<String> NAMES = List.of("iss", "sub", "jti", "iat", "exp", "scopes");
    /** Largest time in seconds that fits a time in ms. */
    private static final long SECONDS_MAX = Long.MAX_VALUE / 1_000;

    private final String issuer;
    private final List<Hmac> keys;

    /**
     * The claims of a token.
     *
     * @param user {@code sub}
     * @param id {@code jti}
     * @param issuedAt {@code iat}, seconds
     * @param expiresAt {@code exp}, seconds
     * @param scopes names
     */
    record Claims(UUID user, UUID id, long issuedAt, long expiresAt, List<String> scopes) { }

    /** Signs with the first of {@code keys}, verifies with any. */
    Jwt(String issuer, List<byte[]> keys) {
        this.issuer = issuer;
        this.keys = keys.stream().map(Hmac::new).toList();
    }

    /** The text of a token. */
    String sign(Claims claims) {
        JsonWriter json = new JsonWriter().object().field("iss", issuer).field("sub", claims.user.toString());
        json.field("jti", claims.id.toString()).field("iat", claims.issuedAt).field("exp", claims.expiresAt)
                .name("scopes").array();
        claims.scopes.forEach(json::value);
        String signed = HEADER + "." + ENCODER.encodeToString(json.end().end().toBytes());
        return signed + "."
                + ENCODER.encodeToString(keys.get(0).seal(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    /**
     * The claims of a token with a valid signature; empty for any other text. Expiry and revocation are
     * checked elsewhere.
     */
    Optional<Claims> verify(String text) {
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        if (text.length() > LENGTH_MAX || first < 0 || second < 0 || text.indexOf('.', second + 1) >= 0
                || !text.substring(0, first).equals(HEADER)) {
            return Optional.empty();
        }
        byte[] signed = text.substring(0, second).getBytes(StandardCharsets.UTF_8);
        Optional<byte[]> signature = decode(text.substring(second + 1));
        if (signature.isEmpty() || keys.stream()
                .noneMatch(key -> MessageDigest.isEqual(key.seal(signed), signature.get()))) {
            return Optional.empty();
        }
        return decode(text.substring(first + 1, second)).flatMap(this::claims);
    }

    private Optional<Claims> claims(byte[] json) {
        try {
            RecordFields fields = RecordFields.of(json);
            if (!fields.names().equals(NAMES) || !fields.text("iss").equals(issuer)) {
                return Optional.empty();
            }
            Claims claims = new Claims(RecordFields.uuid(fields.text("sub")),
                    RecordFields.uuid(fields.text("jti")), fields.number("iat"),
                    fields.number("exp"), fields.texts("scopes"));
            boolean possible = claims.issuedAt >= 0 && claims.expiresAt > claims.issuedAt
                    && claims.expiresAt <= SECONDS_MAX
                    && claims.expiresAt - claims.issuedAt <= LIFE_SECONDS_MAX;
            return possible ? Optional.of(claims) : Optional.empty();
        } catch (RecordFields.MalformedException no) {
            return Optional.empty();
        }
    }

    /**
     * Decodes strictly: one text for each byte sequence, because Java's decoder accepts padding and leftover
     * bits.
     */
    private static Optional<byte[]> decode(String text) {
        try {
            byte[] bytes = DECODER.decode(text);
            return ENCODER.encodeToString(bytes).equals(text) ? Optional.of(bytes) : Optional.empty();
        } catch (IllegalArgumentException no) {
            return Optional.empty();
        }
    }
}
