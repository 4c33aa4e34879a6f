package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import kvs.model.Refusal;
import kvs.model.ReplicationRules;
import kvs.store.StoreView;

/**
 * Authenticates the bearers of tokens. A token is valid while its signature is ours, its record is present
 * with its hash, it is not revoked, and its user is present. Thread-safe.
 */
public final class TokenVerifier {

    /**
     * Cached claims by the hash of a token, so that its signature is not verified again; its rights are
     * looked up each time all the same.
     */
    private static final int VERIFIED_MAX = 10_000;
    private static final long YOUNG_MS = TimeUnit.MINUTES.toMillis(1);

    private final AccountTransactions transactions;
    private final AccountReader records;
    private final Jwt jwt;
    private final Map<String, Jwt.Claims> verified = new ConcurrentHashMap<>();

    TokenVerifier(AccountTransactions transactions, AccountReader records, Jwt jwt) {
        this.transactions = transactions;
        this.records = records;
        this.jwt = jwt;
    }

    /**
     * The bearer of a token.
     *
     * @throws Refusal {@code UNAUTHORIZED}, without any part of the token
     */
    Principal bearer(String text) {
        if (text.length() > Jwt.LENGTH_MAX) {
            throw RightsResolver.unauthorized("the credential is longer than any token");
        }
        String hash = hash(text);
        Jwt.Claims claims = Optional.ofNullable(verified.get(hash)).or(() -> verify(text, hash)).orElseThrow(
                () -> RightsResolver.unauthorized("the credential is not a token of this cluster"));
        StoreView view = transactions.view();
        long now = transactions.now();
        if (now >= claims.expiresAt() * 1_000) {
            throw RightsResolver.unauthorized("the token has expired");
        }
        if (ReplicationRules.early(claims.issuedAt() * 1_000, now, 0)) {
            throw RightsResolver.unauthorized("the clock was wrong when the token was created,"
                    + " more than a day ahead: create another one");
        }
        Token token = records.good(view, claims.user(), claims.id(), now)
                .filter(record -> record.hash().equals(hash))
                .orElseThrow(() -> RightsResolver.unauthorized(isAbsent(view, claims, now)
                        ? "the token was revoked, or has not reached this node yet: try again soon"
                        : "the token was revoked"));
        User user = records.user(view, claims.user(), now)
                .orElseThrow(() -> RightsResolver.unauthorized("the user of the token was deleted"));
        return new Principal(Principal.Kind.USER, user.id(), Optional.of(token.id()), token.scopes(),
                user.admin() && token.scopes().contains(TokenScope.ADMIN), token.expiresAt());
    }

    /**
     * Whether a token is ours and so young that its record may still be on its way from the node that created
     * it.
     */
    public boolean mayArrive(String text) {
        StoreView view = transactions.view();
        long now = transactions.now();
        return text.length() <= Jwt.LENGTH_MAX
                && jwt.verify(text).filter(claims -> Math.abs(now - claims.issuedAt() * 1_000) < YOUNG_MS
                        && isAbsent(view, claims, now)).isPresent();
    }

    /** Whether this node has neither the record of the token nor its revocation. */
    private static boolean isAbsent(StoreView view, Jwt.Claims claims, long now) {
        return view.find(AccountKeys.token(claims.user(), claims.id())).isEmpty()
                && !AccountReader.has(view, AccountKeys.revoked(claims.id()), now);
    }

    private Optional<Jwt.Claims> verify(String text, String hash) {
        Optional<Jwt.Claims> claims = jwt.verify(text);
        claims.ifPresent(good -> {
            if (verified.size() >= VERIFIED_MAX) {
                verified.clear();
            }
            verified.put(hash, good);
        });
        return claims;
    }

    /** SHA-256, in hex. */
    static String hash(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
