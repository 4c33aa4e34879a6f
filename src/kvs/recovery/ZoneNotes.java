package kvs.recovery;

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
    /** The start of the name of a note of an origin. */
    public static final String ORIGIN = "zone-origin/";
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

    /** Whether an origin of another site is noted as one of which a zone is covered. */
    public boolean hasOrigin(UUID origin) {
        return origins.contains(origin);
    }
}
