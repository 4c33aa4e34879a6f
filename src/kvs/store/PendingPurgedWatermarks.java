package kvs.store;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.recovery.StoreNotes;

/**
 * The floor of the purges in the present write: the highest numbers by origin and the latest expiry, as
 * {@link StoreNotes} keep them. Confined to the writer's thread.
 */
final class PendingPurgedWatermarks {

    private final Map<UUID, Long> highest = new TreeMap<>();
    private final Map<Zone, Coverage> ofZones = new LinkedHashMap<>();
    private long expiredMs;

    void clear() {
        highest.clear();
        ofZones.clear();
        expiredMs = 0;
    }

    /**
     * Records the purge of a version. The floor of one that is covered only as one of its zone is noted under
     * the origin that stands for it in the coverage, so that a position that covers it stays above the floor.
     */
    void purged(Version dead, long wallMs, StoreNotes notes, Coverage covered) {
        UUID origin = dead.dot().origin();
        long seq = dead.dot().seq();
        UUID known = origin;
        for (Zone zone : notes.zones().all()) {
            if (zone.contains(dead.key().bytes())) {
                ofZones.merge(zone, Coverage.NONE.with(origin, seq), Coverage::and);
                known = covered.of(origin) >= seq ? known : zone.derived(origin);
            }
        }
        highest.merge(known, seq, Math::max);
        expiredMs = Math.max(expiredMs, dead.deadAt(wallMs) && !dead.deleted() ? dead.expires() : 0);
    }

    /** Raises the noted floor. */
    void note(Transaction tx) {
        highest.forEach((origin, seq) -> {
            if (tx.notes().floor().of(origin) < seq) {
                tx.note(StoreNotes.FLOOR + origin, StoreNotes.number(seq));
            }
        });
        ofZones.forEach((zone, purged) -> NoteWrites.raiseZone(tx, zone, purged));
        if (expiredMs > 0 && expiredMs > tx.notes().floorMs()) {
            tx.note(StoreNotes.FLOOR_TIME, StoreNotes.number(expiredMs));
        }
    }
}
