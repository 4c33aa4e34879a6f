package kvs.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.StoreView;
import kvs.store.Transaction;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;

/**
 * Creates, lists and revokes tokens. Thread-safe.
 */
public final class Tokens {

    /** Highest number of live tokens of a user. */
    public static final int USER_MAX = 1_000;
    /** Default lifetime. */
    public static final long LIFE_MS = TimeUnit.HOURS.toMillis(24);
    /** Longest lifetime. */
    public static final long LIFE_MS_MAX = TimeUnit.SECONDS.toMillis(Jwt.LIFE_SECONDS_MAX);
    /** Time for which a mark outlives its token. */
    static final long DAY_MS = TimeUnit.DAYS.toMillis(1);

    private final AccountTransactions transactions;
    private final AccountReader records;
    private final Jwt jwt;

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

    Tokens(AccountTransactions transactions, AccountReader records, Jwt jwt) {
        this.transactions = transactions;
        this.records = records;
        this.jwt = jwt;
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
                throw new Refusal(Reason.BUSY, "the rights of the creator changed meanwhile; try again");
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
                    "this token is about to expire, and a token that it creates cannot outlive it");
        }
        UUID id = transactions.id();
        String text = jwt.sign(new Jwt.Claims(options.user, id, issued, expires,
                Token.texts(options.scopes)));
        return new IssuedToken(text,
                new Token(id, options.user, TokenVerifier.hash(text), options.scopes,
                new Token.Validity(issued * 1_000, expires * 1_000), maker));
    }

    /** Stores a signed token; in the writer's step. */
    IssuedToken store(Transaction tx, IssuedToken issued, Principal caller) {
        Token token = issued.record;
        User user = records.user(tx, token.user(), tx.wallMs())
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "there is no user " + token.user()));
        if (token.scopes().contains(TokenScope.ADMIN) && !user.admin()) {
            throw new Refusal(Reason.BAD_REQUEST,
                    "the user is not an administrator, so the scope 'admin' would have no effect");
        }
        if (makers(tx, token).size() > Token.MAKERS_MAX) {
            throw new Refusal(Reason.LIMIT_REACHED, "a chain of tokens has at most " + Token.MAKERS_MAX
                    + " creators: use an earlier token of the chain");
        }
        KeyRange mine = AccountKeys.tokens(token.user());
        if (tx.tree().count(mine) >= USER_MAX && AccountReader.ids(tx, mine, Optional.empty(),
                new AccountReader.CountLimit(tx.wallMs(), USER_MAX)).size() >= USER_MAX) {
            throw new Refusal(Reason.LIMIT_REACHED,
                    "a user has at most " + USER_MAX + " valid tokens: revoke some");
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
            throw new Refusal(Reason.FORBIDDEN, "you may create tokens for yourself, with the scopes of your"
                    + " own token; only an administrator may create tokens for others");
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
        if (AccountReader.existsOrUnreadable(view, AccountKeys.revoked(at.id), now)) {
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
                        "you may revoke your own tokens; only an administrator may revoke those of others");
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
}
