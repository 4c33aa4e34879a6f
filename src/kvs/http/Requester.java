package kvs.http;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import kvs.auth.EffectiveRights;
import kvs.auth.Principal;
import kvs.documents.AccessContext;
import kvs.documents.Operation;
import kvs.documents.OperationOutcome;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.store.StoreView;
import kvs.tree.Entry;

/**
 * The sender of a request: their account, and the access context that the documents need. Immutable.
 *
 * @param principal the authenticated principal
 * @param client their address, as far as it can be believed
 * @param grants their rights in a state of the store
 * @param observer the observer of their operations
 */
public record Requester(Principal principal, String client, Function<StoreView, AccessContext.Grants> grants,
        OperationObserver observer) implements AccessContext {

    /** Observes the outcomes of operations; called on the writer's thread, so it must be quick. */
    @FunctionalInterface
    public interface OperationObserver {

        /** Observes that {@code op} of {@code requester} had {@code outcome}. */
        void observe(Requester requester, Operation op, OperationOutcome outcome);
    }

    /** An observer that does nothing. */
    public static final OperationObserver DEAF = (requester, op, outcome) -> { };

    /** A requester with all rights. */
    public static Requester everybody(String client) {
        return new Requester(Principal.EVERYBODY, client, view -> AccessContext.ALL.on(view), DEAF);
    }

    /** The name under which their requests are counted: one for all requests of a user, from any address. */
    public String name() {
        return principal.proven() ? principal.user().toString() : client;
    }

    @Override
    public UUID author() {
        return principal.user();
    }

    @Override
    public Grants on(StoreView view) {
        return grants.apply(view);
    }

    @Override
    public void observe(Operation op, OperationOutcome outcome) {
        observer.observe(this, op, outcome);
    }

    /** Rights, in the form that the documents need. */
    public record AccountGrants(EffectiveRights rights) implements Grants {

        @Override
        public Optional<Entry> see(Key key, Optional<Entry> living) {
            return rights.see(key, living);
        }

        @Override
        public void write(Key key, Optional<Entry> living) {
            rights.write(key, living);
        }

        @Override
        public UUID heir(Key key, UUID former) {
            return rights.heir(key, former);
        }

        @Override
        public boolean ends(Entry living, long next) {
            return rights.ends(living, next);
        }

        @Override
        public Refusal shortened(Key key) {
            return rights.shortened(key);
        }

        @Override
        public void delete(Key key, Optional<Entry> living) {
            rights.delete(key, living);
        }

        @Override
        public boolean shows(Entry living) {
            return rights.shows(living);
        }

        @Override
        public boolean showsOld(Optional<UUID> owner, Optional<UUID> living) {
            return rights.showsOld(owner, living);
        }

        @Override
        public boolean showsAll(byte[] prefix) {
            return rights.showsAll(prefix);
        }

        @Override
        public Optional<byte[]> opened(Entry reserved) {
            return rights.opened(reserved);
        }

        @Override
        public String mark() {
            return rights.mark();
        }
    }
}
