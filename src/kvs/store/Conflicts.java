package kvs.store;

import java.util.concurrent.atomic.AtomicLong;
import kvs.model.Key;
import kvs.world.Log;

/** Counts and logs the versions that lost against one that was written side by side with them. Thread-safe. */
final class Conflicts {

    private final Log log;
    private final AtomicLong count = new AtomicLong();

    Conflicts(Log log) {
        this.log = log;
    }

    void met(Key key) {
        count.incrementAndGet();
        log.info("two versions were written side by side: the greater one won, the other one is in the history", "key", key.text());
    }

    /** Since the start. */
    long count() {
        return count.get();
    }
}
