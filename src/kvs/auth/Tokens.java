package kvs.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import kvs.log.EncodedDocument;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.ReplicationRules;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.store.Transaction;
import kvs.store.UnstampedVersion;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/**
 * Creates tokens, authenticates their bearers, revokes them. A token is valid while its signature is ours,
 * its record is present with its hash, it is not revoked, and its user is present. Thread-safe.
 */
public final class Tokens {

    /** Highest number of live tokens of a user. */
    public static final int USER_MAX = 1_000;
    /** Default lifetime. */
    public static final long LIFE_MS = TimeUnit.HOURS.toMillis(24);
    /** Longest lifetime. */
    public static final long LIFE_MS_MAX = TimeUnit.SECONDS.toMillis(Jwt.LIFE_SECONDS_MAX);
    /**
     * Cached claims by the hash of a token, so that its signature is not verified again; its rights are
     * looked up each time all the same.
     */
    private static final int VERIFIED_MAX = 10_000;
    /** Drafts that {@link #voids} makes for each token. */
    public static final int VOIDS_EACH = 2;
    private static final long YOUNG_MS = TimeUnit.SECONDS.toMillis(10);
    private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);

    private final AccountTransactions transactions;
    private final AccountCache records;
    private final Jwt jwt;
    private final Map<String, Jwt.Claims> verified = new ConcurrentHashMap<>();

    /**
     * The options of a new token.
     *
     * @param user its user
     * @param scopes not empty
     * @param lifeMs a second at least
     */
    public record TokenOptions(UUID user, Set<TokenScope> scopes, long lifeMs) { }

    /**
     * A new token; the only moment at which its text is known.
     *
     * @param text the credential of its bearer
     * @param record the stored record
     */
    public record IssuedToken(String text, Token record) { }

    Tokens(AccountTransactions transactions, AccountCache records, Jwt jwt) {
        this.transactions = transactions;
        this.records = records;
        this.jwt = jwt;
    }

    /**
     * The bearer of a token.
     *
     * @throws Refusal {@code UNAUTHORIZED}, without any part of the token
     */
    public Principal bearer(String text) {
        if (text.length() > Jwt.LENGTH_MAX) {
            throw PermissionEvaluator.unauthorized("the credential is longer than any token");
        }
        String hash = hash(text);
        Jwt.Claims claims = Optional.ofNullable(verified.get(hash)).or(() -> verify(text, hash)).orElseThrow(
                () -> PermissionEvaluator.unauthorized("the credential is not a token of this cluster"));
        StoreView view = transactions.view();
        long now = transactions.now();
        if (now >= claims.expiresAt() * 1_000) {
            throw PermissionEvaluator.unauthorized("the token has expired");
        }
        if (ReplicationRules.early(claims.issuedAt() * 1_000, now, 0)) {
            throw PermissionEvaluator.unauthorized("the clock was wrong when the token was made,"
                    + " more than a day ahead: make another one");
        }
        Token token = records.good(view, claims.user(), claims.id(), now)
                .filter(record -> record.hash().equals(hash))
                .orElseThrow(() -> PermissionEvaluator.unauthorized("the token was revoked"));
        User user = records.user(view, claims.user(), now)
                .orElseThrow(() -> PermissionEvaluator.unauthorized("the user of the token is gone"));
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
                        && view.find(AccountKeys.token(claims.user(), claims.id())).isEmpty()
                        && !AccountCache.has(view, AccountKeys.revoked(claims.id()), now)).isPresent();
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

    /**
     * Creates a token. One that is not made by an administrator ends with the token that its maker presents,
     * and no later than that one expires.
     *
     * @throws Refusal {@code FORBIDDEN} unless it is the caller's own and within the caller's scopes, or the
     *     caller is an administrator; {@code NOT_FOUND} for an unknown user; {@code LIMIT_REACHED};
     *     {@code BAD_REQUEST} for the scope admin of a user who is no administrator
     */
    public CompletionStage<IssuedToken> make(TokenOptions options, Principal caller) {
        checkMaker(options, caller);
        IssuedToken issued = sign(options, caller);
        return transactions.change(caller, (tx, now) -> {
            checkMaker(options, now);
            if (now.admin() != caller.admin()) {
                throw new Refusal(Reason.BUSY, "the rights of the maker changed meanwhile; try again");
            }
            return store(tx, issued, now);
        });
    }

    /** The text and record of a new token, not stored yet. */
    IssuedToken sign(TokenOptions options, Principal caller) {
        Optional<UUID> maker = caller.admin() ? Optional.empty() : caller.token();
        long issued = TimeUnit.MILLISECONDS.toSeconds(transactions.now());
        long life = Math.max(1, TimeUnit.MILLISECONDS.toSeconds(options.lifeMs));
        long expires = maker.isEmpty() ? issued + life
                : Math.min(issued + life, TimeUnit.MILLISECONDS.toSeconds(caller.expires()));
        if (expires <= issued) {
            throw new Refusal(Reason.FORBIDDEN,
                    "this token is about to expire, and one that it makes would live no longer");
        }
        UUID id = transactions.id();
        String text = jwt.sign(new Jwt.Claims(options.user, id, issued, expires,
                Token.texts(options.scopes)));
        return new IssuedToken(text,
                new Token(id, options.user, hash(text), options.scopes,
                new Token.Validity(issued * 1_000, expires * 1_000), maker));
    }

    /** Stores a signed token; in the writer's step. */
    IssuedToken store(Transaction tx, IssuedToken issued, Principal caller) {
        Token token = issued.record;
        User user = records.user(tx, token.user(), tx.wallMs())
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "there is no user " + token.user()));
        if (token.scopes().contains(TokenScope.ADMIN) && !user.admin()) {
            throw new Refusal(Reason.BAD_REQUEST,
                    "the user is no administrator, so the scope 'admin' would give nothing");
        }
        if (makers(tx, token).size() > Token.MAKERS_MAX) {
            throw new Refusal(Reason.LIMIT_REACHED, "at most " + Token.MAKERS_MAX
                    + " tokens make one another in a row: use an earlier one");
        }
        KeyRange mine = AccountKeys.tokens(token.user());
        if (tx.tree().count(mine) >= USER_MAX && AccountCache.ids(tx, mine, Optional.empty(),
                new AccountCache.CountLimit(tx.wallMs(), USER_MAX)).size() >= USER_MAX) {
            throw new Refusal(Reason.LIMIT_REACHED,
                    "a user has at most " + USER_MAX + " live tokens: revoke some");
        }
        transactions.put(tx, AccountKeys.token(token.user(), token.id()), token.encode(), caller,
                token.expiresAt());
        return issued;
    }

    /** The chain of tokens that made a token, the nearest first; at most one more than its limit. */
    private List<UUID> makers(StoreView view, Token token) {
        List<UUID> makers = new ArrayList<>();
        Optional<Token> next = Optional.of(token);
        while (next.flatMap(Token::maker).isPresent() && makers.size() <= Token.MAKERS_MAX) {
            makers.add(next.flatMap(Token::maker).get());
            next = records.token(view, token.user(), makers.get(makers.size() - 1), transactions.now());
        }
        return makers;
    }

    private static void checkMaker(TokenOptions options, Principal caller) {
        if (!caller.admin() && !(caller.user().equals(options.user)
                && TokenScope.within(options.scopes, caller.scopes()))) {
            throw new Refusal(Reason.FORBIDDEN, "one makes tokens for oneself, with scopes that one's own"
                    + " token has; for others an administrator does");
        }
    }

    /** The position of a token in the order of all. */
    public record TokenCursor(UUID user, UUID id) { }

    /** Live tokens, of one user or of all, in the order of user and id, after a cursor. */
    public List<Token> list(Optional<UUID> user, Optional<TokenCursor> after, int limit) {
        StoreView view = transactions.view();
        long now = transactions.now();
        TreeCursor scan = view.tree().scan(user.map(AccountKeys::tokens).orElse(AccountKeys.TOKENS));
        after.ifPresent(last -> scan.seek(AccountKeys.behind(AccountKeys.tokens(last.user), last.id)));
        List<Token> tokens = new ArrayList<>();
        while (tokens.size() < limit && scan.next()) {
            AccountKeys.token(scan.entry().key()).flatMap(at -> records.good(view, at.user, at.id, now))
                    .filter(token -> records.user(view, token.user(), now).isPresent())
                    .ifPresent(tokens::add);
        }
        return tokens;
    }

    /** The live token with that id, of one user or of any. */
    public Optional<Token> find(UUID id, Optional<UUID> user) {
        StoreView view = transactions.view();
        long now = transactions.now();
        if (user.isPresent()) {
            return found(view, new TokenCursor(user.get(), id), now);
        }
        TreeCursor scan = view.tree().scan(AccountKeys.TOKENS);
        while (scan.next()) {
            Optional<TokenCursor> at = AccountKeys.token(scan.entry().key())
                    .filter(cursor -> cursor.id.equals(id));
            if (at.isPresent()) {
                return found(view, at.get(), now);
            }
        }
        return Optional.empty();
    }

    /** A token with an unreadable record can be revoked too. */
    private Optional<Token> found(StoreView view, TokenCursor at, long now) {
        if (AccountCache.barred(view, AccountKeys.revoked(at.id), now)) {
            return Optional.empty();
        }
        Optional<Token> token = records.token(view, at.user, at.id, now);
        return token.isPresent() ? token : view.tree().get(AccountKeys.token(at.user, at.id).bytes())
                .filter(entry -> !entry.deadAt(now))
                .map(entry -> new Token(at.id, at.user, "", Set.of(),
                new Token.Validity(0, Math.min(entry.expires(), now + LIFE_MS_MAX)),
                        Optional.empty()));
    }

    /**
     * Revokes a token: it is refused here from the moment that the stage completes, and elsewhere when that
     * has replicated.
     */
    public CompletionStage<Void> revoke(Token token, Principal caller) {
        return transactions.change(caller, (tx, now) -> {
            if (!now.admin() && !now.user().equals(token.user())) {
                throw new Refusal(Reason.FORBIDDEN,
                        "one revokes one's own tokens, an administrator those of all");
            }
            revoke(tx, token, now);
            made(tx, token).forEach(one -> revoke(tx, one, now));
            return null;
        });
    }

    /**
     * The tokens that were made with a token, directly or not. They end with it even when they are not found
     * here.
     */
    private List<Token> made(Transaction tx, Token maker) {
        List<Token> made = new ArrayList<>();
        TreeCursor scan = tx.tree().scan(AccountKeys.tokens(maker.user()));
        while (scan.next()) {
            AccountKeys.token(scan.entry().key())
                    .flatMap(at -> records.token(tx, at.user, at.id, tx.wallMs()))
                    .filter(one -> makers(tx, one).contains(maker.id())).ifPresent(made::add);
        }
        return made;
    }

    /**
     * Revokes a token in the writer's step. The mark outlives the token, whose record may still be on its way
     * from another node.
     */
    void revoke(Transaction tx, Token token, Principal caller) {
        transactions.mark(tx, AccountKeys.revoked(token.id()), caller, token.expiresAt() + DAY_MS);
        transactions.remove(tx, AccountKeys.token(token.user(), token.id()), caller);
    }

    /**
     * The drafts that revoke every token that is live in a store at that time, as {@link #revoke} does; for a
     * store that was restored from a backup.
     */
    public static List<UnstampedVersion> voids(StoreView view, long nowMs) {
        List<UnstampedVersion> unstamped = new ArrayList<>();
        TreeCursor scan = view.tree().scan(AccountKeys.TOKENS);
        while (scan.next()) {
            Optional<TokenCursor> at = AccountKeys.token(scan.entry().key());
            if (!scan.entry().deadAt(nowMs) && at.isPresent()
                    && !AccountCache.has(view, AccountKeys.revoked(at.get().id), nowMs)) {
                UUID id = at.get().id;
                long until = scan.entry().expires() == Version.FOREVER ? Version.FOREVER
                        : scan.entry().expires() + DAY_MS;
                unstamped.add(new UnstampedVersion(AccountKeys.revoked(id),
                        Optional.of(EncodedDocument.plain(AccountTransactions.NOTHING)), until,
                        Principal.OPERATOR_ID));
                unstamped.add(new UnstampedVersion(Key.ofBytes(scan.entry().key()), Optional.empty(),
                        Version.FOREVER, Principal.OPERATOR_ID));
            }
        }
        return unstamped;
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
