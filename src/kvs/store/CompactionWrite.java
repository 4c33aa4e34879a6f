package kvs.store;

import java.util.function.Consumer;
import kvs.model.Refusal;

/** What the writer does for a compaction. */
final class CompactionWrite implements Write {

    private final Consumer<Transaction> act;
    private volatile State state = State.SUBMITTED;

    /** What became of it. */
    enum State { SUBMITTED, WRITTEN, REFUSED }

    CompactionWrite(Consumer<Transaction> act) {
        this.act = act;
    }

    State state() {
        return state;
    }

    /** The same, to be submitted again. */
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
    public void refused(Refusal why) {
        state = State.REFUSED;
    }

    @Override
    public int bytes() {
        return 0;
    }
}
