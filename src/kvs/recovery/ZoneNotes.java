package kvs.recovery;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Zone;
import kvs.model.ZoneReport;

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
    static final ZoneNotes NONE = new ZoneNotes(Map.of(), Map.of(), Set.of(),
            new DerivedOrigins(Set.of(), Set.of()));
    public static final String ZONE = "zone/";
    public static final String FLOOR = "zone-floor/";
    /** The start of the name of a note of an origin. */
    public static final String ORIGIN = "zone-origin/";
    private static final int ID_LENGTH = 36;

    private final Map<UUID, Zone> zones;
    private final Map<UUID, Coverage> floors;
    private final Set<UUID> origins;
    private final DerivedOrigins derived;

    private record ZoneOrigin(UUID zone, UUID origin) { }

    /**
     * For each origin under which coverage of a zone is kept, the zone and the origin that it stands for: a
     * hash for each zone and origin, which is made when it is first needed.
     */
    private static final class DerivedOrigins {

        private final Collection<Zone> zones;
        private final Set<UUID> origins;
        private volatile Map<UUID, ZoneOrigin> made = Map.of();

        private DerivedOrigins(Collection<Zone> zones, Set<UUID> origins) {
            this.zones = zones;
            this.origins = origins;
        }

        private Map<UUID, ZoneOrigin> map() {
            if (made.isEmpty() && !zones.isEmpty() && !origins.isEmpty()) {
                Map<UUID, ZoneOrigin> all = new HashMap<>();
                for (Zone zone : zones) {
                    UUID id = zone.id();
                    origins.forEach(origin -> all.put(zone.derived(origin), new ZoneOrigin(id, origin)));
                }
                made = all;
            }
            return made;
        }
    }

    private ZoneNotes(Map<UUID, Zone> zones, Map<UUID, Coverage> floors, Set<UUID> origins,
            DerivedOrigins derived) {
        this.origins = Collections.unmodifiableSet(origins);
        this.zones = Collections.unmodifiableMap(zones);
        this.floors = Collections.unmodifiableMap(floors);
        this.derived = derived;
    }

    /** The zones. */
    public Collection<Zone> all() {
        return zones.values();
    }

    /** The highest numbers that were purged in a zone, by origin, or higher ones. */
    public Coverage floor(Zone zone) {
        return floor(zone.id());
    }

    /** The same of the zone with that id, whose definition need not be noted. */
    public Coverage floor(UUID zone) {
        return floors.getOrDefault(zone, Coverage.NONE);
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
        lives.removeAll(derived.map().keySet());
        lives.addAll(origins);
        return zone.coverage(vector, lives);
    }

    /** The same after a note; other notes change nothing. */
    ZoneNotes with(String name, byte[] body) {
        if (name.startsWith(ZONE)) {
            Map<UUID, Zone> next = new TreeMap<>(zones);
            Zone.decode(body).ifPresent(zone -> next.put(zone.id(), zone));
            return new ZoneNotes(next, floors, origins, new DerivedOrigins(next.values(), origins));
        }
        if (name.startsWith(ORIGIN)) {
            Set<UUID> next = new TreeSet<>(origins);
            next.add(UUID.fromString(name.substring(ORIGIN.length())));
            return new ZoneNotes(zones, floors, next, new DerivedOrigins(zones.values(), next));
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
        return new ZoneNotes(zones, next, origins, derived);
    }

    /** Whether an origin of another site is noted as one of which a zone is covered. */
    public boolean hasOrigin(UUID origin) {
        return origins.contains(origin);
    }

    /** The part of a floor of all keys that may be about a zone. */
    public Coverage part(UUID zone, Coverage floor) {
        Coverage part = Coverage.NONE;
        Map<UUID, ZoneOrigin> stands = derived.map();
        for (Map.Entry<UUID, Long> each : floor.numbers().entrySet()) {
            ZoneOrigin about = stands.getOrDefault(each.getKey(), new ZoneOrigin(zone, each.getKey()));
            part = about.zone.equals(zone) ? part.with(about.origin, each.getValue()) : part;
        }
        return part;
    }

    /** The report of this node for its members; empty when it knows of no zones. */
    public Optional<ZoneReport> report() {
        return zones.isEmpty() && floors.isEmpty() && origins.isEmpty() ? Optional.empty()
                : Optional.of(ZoneReport.of(zones.values(), floors, origins));
    }

    /**
     * Whether nothing in a report of a member is new here.
     *
     * @param floor what the member purged of all keys; it counts for the zones that are not in the report
     */
    public boolean covers(ZoneReport theirs, Coverage floor) {
        return origins.containsAll(theirs.origins()) && theirs.floors().entrySet().stream()
                .allMatch(each -> floor(each.getKey()).covers(each.getValue()))
                && zones.keySet().stream().filter(zone -> !theirs.floors().containsKey(zone))
                        .allMatch(zone -> floor(zone).covers(part(zone, floor)));
    }
}
