package kvs.store;

import kvs.model.Refusal;

/** A write of nothing, which makes durable what is there. */
final class Flush implements Write {

    @Override
    public void decide(Transaction transaction) {
        transaction.force();
    }

    @Override
    public void written() {
        // Whoever looks sees it.
    }

    @Override
    public void refused(Refusal why) {
        // The next one comes.
    }

    @Override
    public int bytes() {
        return 0;
    }
}
