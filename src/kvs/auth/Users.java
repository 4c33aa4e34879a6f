package kvs.auth;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.StoreView;
import kvs.store.Transaction;

/**
 * Creates, shows, changes and removes users. The caller's rights are checked before, and for a change again
 * in its transaction. Thread-safe.
 */
public final class Users {

    private static final byte[] NOTHING = {'{', '}'};

    private final AccountTransactions transactions;
    private final AccountReader records;

    Users(AccountTransactions transactions, AccountReader records) {
        this.transactions = transactions;
        this.records = records;
    }

    /** Creates a user. After the first user, however created, nobody can create one without a credential. */
    public CompletionStage<User> create(String nickname, boolean admin, Principal caller) {
        User user = new User(transactions.id(), nickname, admin, transactions.now());
        return transactions.administer(caller, tx -> {
            if (!AccountReader.has(tx, AccountKeys.BOOTSTRAP_DONE, tx.wallMs())) {
                transactions.put(tx, AccountKeys.BOOTSTRAP_DONE, NOTHING, caller);
            }
            return store(tx, user, caller);
        });
    }

    /** Stores a user in the writer's step. */
    User store(Transaction tx, User user, Principal caller) {
        transactions.put(tx, AccountKeys.user(user.id()), user.encode(), caller);
        return user;
    }

    /** The user with that id. */
    public Optional<User> find(UUID id) {
        return shown(transactions.view(), id, transactions.now());
    }

    /** Users in the order of their ids, after {@code after}. */
    public List<User> list(Optional<UUID> after, int limit) {
        StoreView view = transactions.view();
        long now = transactions.now();
        return AccountReader.ids(view, AccountKeys.USERS, after, new AccountReader.CountLimit(now, limit))
                .stream().flatMap(id -> shown(view, id, now).stream()).toList();
    }

    private Optional<User> shown(StoreView view, UUID id, long now) {
        return AccountReader.existsOrUnreadable(view, AccountKeys.gone(id), now) ? Optional.empty()
                : records.shown(view, AccountKeys.user(id), records.user(view, id, now), () ->
                User.unreadable(id));
    }

    /** Users with that nickname, at most {@code limit}. */
    public List<User> named(String nickname, int limit) {
        return list(Optional.empty(), Integer.MAX_VALUE).stream()
                .filter(user -> user.nickname().equals(nickname)).limit(limit).toList();
    }

    /**
     * Changes the nickname of a user, or whether they are an administrator.
     *
     * @throws Refusal {@code NOT_FOUND}; {@code LAST_ADMIN}
     */
    public CompletionStage<User> change(UUID id, Optional<String> nickname, Optional<Boolean> admin,
            Principal caller) {
        return transactions.administer(caller, tx -> {
            User old = here(tx, id);
            boolean is = admin.orElse(old.admin());
            User changed = new User(id, nickname.orElse(old.nickname()), is, old.everAdmin(),
                    old.createdAt());
            if (old.admin() && !changed.admin()) {
                checkOtherAdmin(tx, id);
            }
            return store(tx, changed, caller);
        });
    }

    /**
     * Removes a user for good: all their tokens end at once, the keys that they own stay.
     *
     * @throws Refusal {@code NOT_FOUND}; {@code LAST_ADMIN}
     */
    public CompletionStage<User> remove(UUID id, Principal caller) {
        return transactions.administer(caller, tx -> {
            User old = here(tx, id);
            if (old.admin()) {
                checkOtherAdmin(tx, id);
            }
            JsonWriter gone = new JsonWriter().object();
            old.everAdmin().ifPresent(known -> gone.field("admin", known));
            transactions.put(tx, AccountKeys.gone(id), gone.end().toBytes(), caller);
            transactions.remove(tx, AccountKeys.user(id), caller);
            return old;
        });
    }

    private User here(Transaction tx, UUID id) {
        return shown(tx, id, tx.wallMs())
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "there is no user " + id));
    }

    /** Walks the users in the writer's step: rare, and about a microsecond for each. */
    private void checkOtherAdmin(Transaction tx, UUID id) {
        boolean other = AccountReader.ids(tx, AccountKeys.USERS, Optional.empty(),
                new AccountReader.CountLimit(tx.wallMs(), Integer.MAX_VALUE)).stream()
                .anyMatch(user -> !user.equals(id)
                        && records.user(tx, user, tx.wallMs()).filter(User::admin).isPresent());
        if (!other) {
            throw new Refusal(Reason.LAST_ADMIN,
                    "this is the last administrator: make another user an administrator first");
        }
    }
}
