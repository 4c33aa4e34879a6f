package kvs.auth;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.store.DeadlineWrite;
import kvs.store.Store;
import kvs.store.StoreView;
import kvs.store.Transaction;
import kvs.store.TransactionWrite;
import kvs.store.UnstampedVersion;
import kvs.store.WriteReceipt;
import kvs.world.Clock;
import kvs.world.Dice;

/**
 * Writes accounts: one transaction of the store for each change, decided on the state at that moment.
 * Thread-safe.
 */
final class AccountTransactions {

    /** The record of a key whose presence alone counts. */
    static final byte[] NOTHING = {'{', '}'};

    /** Estimated size of a change: an account record is a few hundred bytes; ten of them. */
    private static final int BYTES = 4_096;

    private final Store store;
    private final Clock clock;
    private final Dice dice;
    private final RightsResolver permissions;

    AccountTransactions(Store store, Clock clock, Dice dice, RightsResolver permissions) {
        this.store = store;
        this.clock = clock;
        this.dice = dice;
        this.permissions = permissions;
    }

    /** The current state. */
    StoreView view() {
        return store.root();
    }

    long now() {
        return clock.wallMs();
    }

    UUID id() {
        return RandomIds.random(dice);
    }

    /** Runs a decision in the writer's step; either all of its writes are made or none. */
    <T> CompletableFuture<T> change(Function<Transaction, T> decision) {
        TransactionWrite<T> change = new TransactionWrite<>(BYTES, decision);
        store.submit(new DeadlineWrite(change, clock));
        return change.done();
    }

    /**
     * The same for a caller, who is evaluated anew at that moment: between the head of a request and its end
     * a token may have been revoked, or its user be no administrator any more.
     *
     * @throws Refusal {@code UNAUTHORIZED}
     */
    <T> CompletableFuture<T> change(Principal caller, BiFunction<Transaction, Principal, T> decision) {
        return change(tx -> decision.apply(tx, permissions.of(caller, tx).caller()));
    }

    /** The same for a caller who must still be an administrator: {@code ADMIN_SCOPE_NEEDED}. */
    <T> CompletableFuture<T> administer(Principal caller, Function<Transaction, T> decision) {
        return change(caller, (tx, now) -> {
            if (!now.admin()) {
                throw new Refusal(Reason.ADMIN_SCOPE_NEEDED,
                        "only an administrator may do this, and the token's user is not one any more");
            }
            return decision.apply(tx);
        });
    }

    /** Writes a record without an expiry. */
    WriteReceipt put(Transaction tx, Key key, byte[] json, Principal author) {
        return put(tx, key, json, author, Version.FOREVER);
    }

    /** Writes a record with an expiry. */
    WriteReceipt put(Transaction tx, Key key, byte[] json, Principal author, long expires) {
        return tx.put(new UnstampedVersion(key, Optional.of(store.codec().pack(json)), expires,
                author.user()));
    }

    /** Writes a key whose presence alone counts. */
    WriteReceipt mark(Transaction tx, Key key, Principal author, long expires) {
        return put(tx, key, NOTHING, author, expires);
    }

    /** Removes a record. */
    WriteReceipt remove(Transaction tx, Key key, Principal author) {
        return tx.put(new UnstampedVersion(key, Optional.empty(), Version.FOREVER, author.user()));
    }
}
