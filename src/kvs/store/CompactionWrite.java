package kvs.store;

import java.util.function.Consumer;
import kvs.model.Refusal;

/** A write of a compaction, done on the writer's thread. */
final class CompactionWrite implements Write {

    private final Consumer<Transaction> act;
    private volatile State state = State.SUBMITTED;

    /** The state of the write. */
    enum State { SUBMITTED, WRITTEN, REFUSED }

    CompactionWrite(Consumer<Transaction> act) {
        this.act = act;
    }

    State state() {
        return state;
    }

    /** The same write, to be submitted again. */
    CompactionWrite again() {
        return new CompactionWrite(act);
    }

    @Override
    public void decide(Transaction transaction) {
        act.accept(transaction);
    }

    @Override
    public void written() {
        state = State.WRITTEN;
    }

    @Override
    public void refused(Refusal refusal) {
        state = State.REFUSED;
    }
}
