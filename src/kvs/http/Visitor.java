package kvs.http;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import kvs.auth.Caller;
import kvs.auth.Rights;
import kvs.data.Access;
import kvs.data.Op;
import kvs.data.Outcome;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.store.View;
import kvs.tree.Entry;

/**
 * Who sends a request: what accounts know of them, and what the documents ask about them. Immutable.
 *
 * @param caller who they are
 * @param client their address, as far as it can be believed
 * @param grants what they may do in a state of the store
 * @param ear who hears of what they do
 */
public record Visitor(Caller caller, String client, Function<View, Access.Grants> grants, Ear ear) implements Access {

    /** Hears what became of operations; on the writer's thread, so it must be quick. */
    @FunctionalInterface
    public interface Ear {

        /** {@code op} of {@code visitor} came to {@code outcome}. */
        void heard(Visitor visitor, Op op, Outcome outcome);
    }

    /** Nobody listens. */
    static final Ear DEAF = (visitor, op, outcome) -> { };

    /** Somebody who may do everything. */
    static Visitor everybody(String client) {
        return new Visitor(Caller.EVERYBODY, client, view -> Access.ALL.on(view), DEAF);
    }

    /** Under which name their requests are counted: a user's together, wherever they come from. */
    public String name() {
        return caller.proven() ? caller.user().toString() : client;
    }

    @Override
    public UUID author() {
        return caller.user();
    }

    @Override
    public Grants on(View view) {
        return grants.apply(view);
    }

    @Override
    public void heard(Op op, Outcome outcome) {
        ear.heard(this, op, outcome);
    }

    /** Rights, as the documents ask for them. */
    public record Granted(Rights rights) implements Grants {

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
