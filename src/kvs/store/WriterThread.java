package kvs.store;

import java.util.List;
import java.util.Optional;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.Threads;

/**
 * The thread that steps the {@link Writer}, and the door of its queue, which closes before the thread ends.
 * Without a thread the owner calls {@link #step}. {@link #submit} is thread-safe; the rest belongs to the
 * owner.
 */
final class WriterThread {

    private static final long STEP_WAIT_MS = 200;

    private final Writer writer;
    private Optional<Thread> thread = Optional.empty();
    private volatile boolean closing;

    WriterThread(Writer writer) {
        this.writer = writer;
    }

    /** Gives the writer a thread of its own. Call once. */
    void start(Threads threads) {
        thread = Optional.of(threads.thread("kvs-writer", false, this::loop));
        thread.get().start();
    }

    /** Queues writes, or refuses them at once. */
    void submit(List<Write> writes) {
        if (closing) {
            writes.forEach(write -> write.refused(stopping()));
        } else {
            writer.submit(writes);
        }
    }

    /** Does the work of one group without a thread; whether there was any. */
    boolean step() {
        return writer.step(0);
    }

    /** Refuses new writes, finishes those in the queue, and ends the thread. */
    void close() {
        closing = true;
        writer.endCommits();
        if (thread.isPresent()) {
            Threads.join(thread.get());
        } else {
            drain();
        }
    }

    private void loop() {
        while (!closing) {
            writer.step(STEP_WAIT_MS);
        }
        drain();
    }

    /** Finishes the writes in the queue. */
    void drain() {
        boolean more = true;
        while (more) {
            more = writer.step(0);
        }
    }

    /** The refusal of writes in a stop. */
    static Refusal stopping() {
        return new Refusal(Reason.BUSY,
                "this node is stopping; use another node, or try again in a few seconds");
    }
}
