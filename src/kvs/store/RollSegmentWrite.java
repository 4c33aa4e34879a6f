package kvs.store;

import kvs.model.Refusal;

/** Ends a segment, if it is still the one that is written to. */
final class RollSegmentWrite implements Write {

    private final int segment;

    RollSegmentWrite(int segment) {
        this.segment = segment;
    }

    @Override
    public void decide(Transaction transaction) {
        if (transaction.journal().segment() == segment) {
            transaction.journal().roll();
        }
    }

    @Override
    public void written() {
        // The next group begins a new one.
    }

    @Override
    public void refused(Refusal why) {
        // Asked again.
    }

    @Override
    public int bytes() {
        return 0;
    }
}
