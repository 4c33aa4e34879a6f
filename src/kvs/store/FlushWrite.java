package kvs.store;

import java.util.function.Consumer;
import kvs.world.Task;

/** A write that changes nothing, but makes all earlier writes durable. */
final class FlushWrite implements Write {

    private static final long PERIOD_MS = 1_000;

    /**
     * A task that, with {@code durability: os}, makes the writes durable once a second, so that other nodes
     * may receive them.
     */
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
}
