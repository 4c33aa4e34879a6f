package kvs.store;

import kvs.model.Refusal;

/** A write that ends a segment, if that is still the active one. */
final class RollSegmentWrite implements Write {

    private final int segment;

    RollSegmentWrite(int segment) {
        this.segment = segment;
    }

    @Override
    public void decide(Transaction transaction) {
        if (transaction.group().journal().segment() == segment) {
            transaction.group().journal().roll();
        }
    }

    @Override
    public void written() {
        // The next group begins a new segment.
    }

    @Override
    public void refused(Refusal why) {
        // Maintenance submits another one.
    }

    @Override
    public int bytes() {
        return 0;
    }
}
