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
import kvs.store.Draft;
import kvs.store.Receipt;
import kvs.store.Store;
import kvs.store.TimelyWrite;
import kvs.store.Transaction;
import kvs.store.View;
import kvs.world.Clock;
import kvs.world.Dice;

/** Where accounts are written: one transaction of the store for each change, decided on what is there at that moment. Thread-safe. */
final class Ledger {

    /** The record of a key that says something by being there. */
    static final byte[] NOTHING = {'{', '}'};

    private final Store store;
    private final Clock clock;
    private final Dice dice;
    private final Permissions permissions;

    Ledger(Store store, Clock clock, Dice dice, Permissions permissions) {
        this.store = store;
        this.clock = clock;
        this.dice = dice;
        this.permissions = permissions;
    }

    /** The present state. */
    View view() {
        return store.root();
    }

    long now() {
        return clock.wallMs();
    }

    UUID id() {
        return Ids.random(dice);
    }

    /** Runs a decision in the writer's step; all of its writes are made or none. */
    <T> CompletableFuture<T> change(Function<Transaction, T> decision) {
        Change<T> change = new Change<>(decision);
        store.submit(new TimelyWrite(change, clock));
        return change.done();
    }

    /**
     * The same for a caller, who is handed on as they are at that moment: between the head of a request and its end a token may have been
     * revoked, or its user be no administrator any more.
     *
     * @throws Refusal {@code UNAUTHORIZED}
     */
    <T> CompletableFuture<T> change(Caller caller, BiFunction<Transaction, Caller, T> decision) {
        return change(tx -> decision.apply(tx, permissions.of(caller, tx).caller()));
    }

    /** The same for a caller who must still be an administrator: {@code ADMIN_SCOPE_NEEDED}. */
    <T> CompletableFuture<T> administer(Caller caller, Function<Transaction, T> decision) {
        return change(caller, (tx, now) -> {
            if (!now.admin()) {
                throw new Refusal(Reason.ADMIN_SCOPE_NEEDED, "this is for administrators, and the token is none of one any more");
            }
            return decision.apply(tx);
        });
    }

    /** Writes a record; an empty one when it is only its key that says something. */
    Receipt put(Transaction tx, Key key, byte[] json, Caller author) {
        return put(tx, key, json, author, Version.FOREVER);
    }

    /** A record that ends. */
    Receipt put(Transaction tx, Key key, byte[] json, Caller author, long expires) {
        return tx.put(new Draft(key, Optional.of(store.packer().pack(json)), expires, author.user()));
    }

    /** Writes a key that says something by being there. */
    Receipt mark(Transaction tx, Key key, Caller author, long expires) {
        return put(tx, key, NOTHING, author, expires);
    }

    /** Removes a record. */
    Receipt remove(Transaction tx, Key key, Caller author) {
        return tx.put(new Draft(key, Optional.empty(), Version.FOREVER, author.user()));
    }
}
