package kvs.store;

import java.util.function.Consumer;
import kvs.model.Refusal;
import kvs.world.Task;

/** The write that changes nothing, but makes durable what was written before it. */
final class FlushWrite implements Write {

    private static final long PERIOD_MS = 1_000;

    /** With {@code durability: os}, makes durable once a second what was written, so that others may be told of it. */
    static Task duty(Writer writer, Consumer<Write> submit) {
        return () -> {
            if (writer.durable() != writer.covered()) {
                submit.accept(new FlushWrite());
            }
            return PERIOD_MS;
        };
    }

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
