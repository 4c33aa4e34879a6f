package kvs.store;

import java.util.function.Consumer;
import kvs.model.Refusal;

/** What the writer does for a compaction. */
final class WriterStep implements Write {

    private final Consumer<Transaction> act;
    private volatile State state = State.SUBMITTED;

    /** What became of it. */
    enum State { SUBMITTED, WRITTEN, REFUSED }

    WriterStep(Consumer<Transaction> act) {
        this.act = act;
    }

    State state() {
        return state;
    }

    /** The same, to be submitted again. */
    WriterStep again() {
        return new WriterStep(act);
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
