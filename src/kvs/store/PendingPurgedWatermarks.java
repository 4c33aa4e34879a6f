package kvs.store;

import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import kvs.model.Version;

/**
 * The floor of the purges in the present write: the highest numbers by origin and the latest expiry, as
 * {@link StoreNotes} keep them. Confined to the writer's thread.
 */
final class PendingPurgedWatermarks {

    private final Map<UUID, Long> highest = new TreeMap<>();
    private long expiredMs;

    void clear() {
        highest.clear();
        expiredMs = 0;
    }

    void purged(Version dead, long wallMs) {
        highest.merge(dead.dot().origin(), dead.dot().seq(), Math::max);
        expiredMs = Math.max(expiredMs, dead.deadAt(wallMs) && !dead.deleted() ? dead.expires() : 0);
    }

    /** Raises the noted floor. */
    void note(Transaction tx) {
        highest.forEach((origin, seq) -> {
            if (tx.notes().floor().of(origin) < seq) {
                tx.note(StoreNotes.FLOOR + origin, StoreNotes.number(seq));
            }
        });
        if (expiredMs > 0 && expiredMs > tx.notes().floorMs()) {
            tx.note(StoreNotes.FLOOR_TIME, StoreNotes.number(expiredMs));
        }
    }
}
