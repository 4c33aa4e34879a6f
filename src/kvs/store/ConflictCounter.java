package kvs.store;

import java.util.concurrent.atomic.AtomicLong;
import kvs.model.Key;
import kvs.world.Logger;

/** Counts and logs the versions that lost against one that was written concurrently. Thread-safe. */
final class ConflictCounter {

    private final Logger log;
    private final AtomicLong count = new AtomicLong();

    ConflictCounter(Logger log) {
        this.log = log;
    }

    void record(Key key) {
        count.incrementAndGet();
        log.info("two versions were written concurrently: the greater one won,"
                + " the other one is in the history", "key", key.text());
    }

    /** The number of conflicts since the start. */
    long count() {
        return count.get();
    }
}
