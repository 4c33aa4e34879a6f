package kvs.store;

import kvs.model.Refusal;

/** Ends the segment that is written to. */
final class Rolling implements Write {

    @Override
    public void decide(Transaction transaction) {
        transaction.journal().roll();
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
