package kvs.store;

import kvs.model.Refusal;

/** The write that changes nothing, but makes durable what was written before it. */
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
        // The next one comes in a second.
    }

    @Override
    public int bytes() {
        return 0;
    }
}
