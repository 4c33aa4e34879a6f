package kvs.store;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Zone;

/**
 * The zones of this site, and the highest numbers that were purged of each: a delta for a partner must begin
 * above them. They are notes of the directory. A zone stays noted when its partner is removed. Immutable.
 *
 * <pre>
 *   zone/ZONE                the definition of the zone with that id ({@link Zone})
 *   zone-floor/ZONE/ORIGIN   u64: the highest number of that origin that was purged here in the zone, or more
 *   zone-origin/ORIGIN       1: an origin of another site, of which a zone is covered
 * </pre>
 */
public final class ZoneNotes {

    /** No zones. */
    static final ZoneNotes NONE = new ZoneNotes(Map.of(), Map.of(), Set.of());
    public static final String ZONE = "zone/";
    public static final String FLOOR = "zone-floor/";
    private static final String ORIGIN = "zone-origin/";
    private static final byte[] YES = {1};
    private static final int ID_LENGTH = 36;

    private final Map<UUID, Zone> zones;
    private final Map<UUID, Coverage> floors;
    private final Set<UUID> origins;

    private ZoneNotes(Map<UUID, Zone> zones, Map<UUID, Coverage> floors, Set<UUID> origins) {
        this.origins = Collections.unmodifiableSet(origins);
        this.zones = Collections.unmodifiableMap(zones);
        this.floors = Collections.unmodifiableMap(floors);
    }

    /** The zones. */
    public Collection<Zone> all() {
        return zones.values();
    }

    /** The highest numbers that were purged in a zone, by origin, or higher ones. */
    public Coverage floor(Zone zone) {
        return floors.getOrDefault(zone.id(), Coverage.NONE);
    }

    /**
     * Whether a version is covered: as one of all keys, or as one of its zone.
     *
     * @param vector the coverage of a node of this site
     */
    public boolean covers(Coverage vector, byte[] key, Dot dot) {
        return vector.covers(dot) || zones.values().stream()
                .anyMatch(zone -> zone.contains(key) && vector.of(zone.derived(dot.origin())) >= dot.seq());
    }

    /** The coverage of a zone: that of all keys, and that which files of other sites brought. */
    public Coverage coverage(Coverage vector, Zone zone) {
        Set<UUID> lives = new TreeSet<>(vector.numbers().keySet());
        zones.values().forEach(any -> origins.forEach(origin -> lives.remove(any.derived(origin))));
        lives.addAll(origins);
        return zone.coverage(vector, lives);
    }

    /** Notes that a zone is covered, as far as its versions of other sites go. */
    public static void cover(Transaction tx, Zone zone, Coverage covered) {
        covered.numbers().forEach((origin, seq) -> {
            if (tx.covered().of(origin) < seq) {
                if (!tx.notes().zones().origins.contains(origin)) {
                    tx.note(ORIGIN + origin, YES);
                }
                tx.cover(Coverage.NONE.with(zone.derived(origin), seq));
            }
        });
    }

    /** The same after a note; other notes change nothing. */
    ZoneNotes with(String name, byte[] body) {
        if (name.startsWith(ZONE)) {
            Map<UUID, Zone> next = new TreeMap<>(zones);
            Zone.decode(body).ifPresent(zone -> next.put(zone.id(), zone));
            return new ZoneNotes(next, floors, origins);
        }
        if (name.startsWith(ORIGIN)) {
            Set<UUID> next = new TreeSet<>(origins);
            next.add(UUID.fromString(name.substring(ORIGIN.length())));
            return new ZoneNotes(zones, floors, next);
        }
        if (!name.startsWith(FLOOR)) {
            return this;
        }
        int slash = FLOOR.length() + ID_LENGTH;
        UUID zone = UUID.fromString(name.substring(FLOOR.length(), slash));
        UUID origin = UUID.fromString(name.substring(slash + 1));
        Map<UUID, Coverage> next = new TreeMap<>(floors);
        next.put(zone, floors.getOrDefault(zone, Coverage.NONE).set(origin,
                body.length == 0 ? 0 : ByteBuffer.wrap(body).getLong()));
        return new ZoneNotes(zones, next, origins);
    }

    /**
     * Begins a new life of a directory whose numbers other sites may know, before anything is written to it:
     * nobody can tell whether it is an old copy, whose next numbers were given before. It costs an id.
     * Without zones nothing is done.
     *
     * @param own the last number of a version of the old life that was in the log when it was opened
     */
    public static void beginLife(Transaction tx, UUID next, long own) {
        if (!tx.notes().zones().all().isEmpty()) {
            tx.renew(next, own);
        }
    }

    /**
     * Notes a zone of this site. What was purged before in it is not known, so all that was purged before
     * counts.
     */
    public static void add(Transaction tx, Zone zone) {
        if (!tx.notes().zones().all().contains(zone)) {
            tx.note(ZONE + zone.id(), zone.definition());
            raise(tx, zone, tx.notes().floor());
        }
    }

    /** Notes purges in a zone, as far as they are higher. */
    public static void raise(Transaction tx, Zone zone, Coverage purged) {
        Coverage floor = tx.notes().zones().floor(zone);
        purged.numbers().forEach((origin, seq) -> {
            if (floor.of(origin) < seq) {
                tx.note(FLOOR + zone.id() + "/" + origin, StoreNotes.number(seq));
            }
        });
    }
}
