package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.StoreView;
import kvs.store.Transaction;
import kvs.tree.Entry;

/**
 * Creates the first user of a fresh cluster and that user's first token without a credential: once, and only
 * for a program of the node's own user on the same machine. The records written close this way in the same
 * transaction, for ever. Thread-safe.
 */
public final class FirstUserSetup {

    /** An older node was installed by a person who has been there. */
    private static final long NODE_AGE_MS_MAX = TimeUnit.MINUTES.toMillis(60);
    private static final long TOKEN_AGE_MS_MAX = TimeUnit.MINUTES.toMillis(10);

    private final AccountTransactions transactions;
    private final Tokens tokens;
    private final Users accounts;

    /**
     * The state of the node at that moment.
     *
     * @param enabled {@code bootstrap: loopback}
     * @param bound whether it listens on loopback only
     * @param ageMs time since the start of the process
     */
    public record NodeFacts(boolean enabled, boolean bound, long ageMs) { }

    /**
     * The facts about a request.
     *
     * @param loopback whether both ends of its connection are on this machine
     * @param json whether it has {@code Content-Type: application/json}, as no form of a web page has
     * @param named whether its Host is this machine
     * @param direct whether it has no field that a proxy or a browser adds
     * @param own whether the client's socket belongs to the node's own user, by the operating system
     */
    public record RequestFacts(boolean loopback, boolean json, boolean named, boolean direct, boolean own) { }

    FirstUserSetup(AccountTransactions transactions, Tokens tokens, Users accounts) {
        this.transactions = transactions;
        this.tokens = tokens;
        this.accounts = accounts;
    }

    /** Whether such a request is admitted without a credential. A pure function. */
    public static boolean admits(NodeFacts nodeFacts, RequestFacts facts) {
        return nodeFacts.enabled && nodeFacts.bound && nodeFacts.ageMs < NODE_AGE_MS_MAX && facts.loopback
                && facts.json && facts.named && facts.direct && facts.own;
    }

    /** The refusal of all other requests. */
    public static Refusal closed() {
        return new Refusal(Reason.BOOTSTRAP_CLOSED,
                "without a token you can create only the first user and its first token, on a fresh node and"
                        + " from the same machine; otherwise create a token there: java -jar kvs.jar token");
    }

    /**
     * Creates the first user, an administrator; {@code BOOTSTRAP_CLOSED} when there was one before, even if
     * removed.
     */
    public CompletionStage<User> user(String nickname) {
        User user = new User(transactions.id(), nickname, true, transactions.now());
        return transactions.change(tx -> {
            if (AccountReader.existsOrUnreadable(tx, AccountKeys.BOOTSTRAP_DONE, tx.wallMs()) || tx.tree()
                    .count(AccountKeys.USERS) > 0) {
                throw closed();
            }
            byte[] done = new JsonWriter().object().field("user", user.id().toString())
                    .field("at", tx.wallMs()).end().toBytes();
            transactions.put(tx, AccountKeys.BOOTSTRAP_DONE, done, Principal.ANONYMOUS);
            return accounts.store(tx, user, Principal.ANONYMOUS);
        });
    }

    /** Whether the first user was created, as far as this node knows. */
    public boolean begun() {
        return AccountReader.has(transactions.view(), AccountKeys.BOOTSTRAP_DONE, transactions.now());
    }

    /** Creates the first token of that user, within ten minutes; else {@code BOOTSTRAP_CLOSED}. */
    public CompletionStage<Tokens.IssuedToken> token(Tokens.TokenOptions options) {
        Tokens.IssuedToken issued = tokens.sign(options, Principal.ANONYMOUS);
        return transactions.change(tx -> {
            if (!awaits(tx, options.user())
                    || AccountReader.existsOrUnreadable(tx, AccountKeys.BOOTSTRAP_TOKEN, tx.wallMs())) {
                throw closed();
            }
            transactions.mark(tx, AccountKeys.BOOTSTRAP_TOKEN, Principal.ANONYMOUS, Version.FOREVER);
            return tokens.store(tx, issued, Principal.ANONYMOUS);
        });
    }

    private static boolean awaits(Transaction tx, UUID user) {
        return done(tx, tx.wallMs()).filter(done -> done.id("user").equals(user)
                && tx.wallMs() - done.number("at") < TOKEN_AGE_MS_MAX).isPresent();
    }

    private static Optional<RecordFields> done(StoreView view, long now) {
        Optional<Entry> entry = AccountReader.find(view, AccountKeys.BOOTSTRAP_DONE, now);
        return entry.flatMap(found -> fields(view, found)).filter(fields -> fields.names().contains("user"));
    }

    /** An unreadable record admits nobody. */
    private static Optional<RecordFields> fields(StoreView view, Entry entry) {
        try {
            return Optional.of(RecordFields.of(view.read(entry).data()));
        } catch (RecordFields.MalformedException foreign) {
            return Optional.empty();
        }
    }
}
