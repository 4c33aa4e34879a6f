package kvs.store;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The hooks of a store, which are called on the thread that does a group. They must be quick. Thread-safe.
 */
final class StoreHooks {

    private final List<Consumer<List<LoggedVersion>>> published = new CopyOnWriteArrayList<>();
    private final List<Runnable> completed = new CopyOnWriteArrayList<>();

    /** Adds a hook for {@link #published}. */
    void onPublish(Consumer<List<LoggedVersion>> hook) {
        published.add(hook);
    }

    /** Adds a hook for {@link #completed}. */
    void onComplete(Runnable hook) {
        completed.add(hook);
    }

    /** Reports a change, before its writes complete, with the versions that entered the log. */
    void published(List<LoggedVersion> entered) {
        published.forEach(hook -> hook.accept(entered));
    }

    /** Reports that writes were completed or refused: all those of a group, or of the queue. */
    void completed() {
        completed.forEach(Runnable::run);
    }
}
