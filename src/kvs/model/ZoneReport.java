package kvs.model;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * The report of a node on the zones of its site, which is a field of its heartbeats: a node that takes over
 * its coverage takes over what was purged of each zone, and learns of which origins zones are covered.
 *
 * <pre>
 *   field 4   u16 number of origins, each 16 bytes; then to the end, for each zone:
 *             id(16), u16 n, floor(n) as {@link Coverage}
 * </pre>
 * At most {@value #BYTES_MAX} bytes: a zone that does not fit is left out, and a reader takes everything that
 * the node purged for a purge in that zone. Never change these numbers. Immutable.
 *
 * @param floors of each zone the highest numbers that the node purged, by origin, or higher ones
 * @param origins the origins of other sites of which zones are covered
 */
public record ZoneReport(Map<UUID, Coverage> floors, Set<UUID> origins) {

    /** The tag among the fields of a heartbeat. */
    public static final int TAG = 4;
    /** The report of a node that knows of no zones. */
    public static final ZoneReport NONE = new ZoneReport(Map.of(), Set.of());
    private static final int BYTES_MAX = 0xffff;
    private static final int ID_BYTES = 16;

    /** A report; the collections must not change any more. */
    public ZoneReport {
        floors = Collections.unmodifiableMap(floors);
        origins = Collections.unmodifiableSet(origins);
    }

    /** A report with a floor for each of these zones, of which some may have none. */
    public static ZoneReport of(Collection<Zone> zones, Map<UUID, Coverage> floors, Set<UUID> origins) {
        Map<UUID, Coverage> all = new TreeMap<>(floors);
        zones.forEach(zone -> all.putIfAbsent(zone.id(), Coverage.NONE));
        return new ZoneReport(all, origins);
    }

    /** The field. */
    public byte[] encode() {
        ByteBuffer out = ByteBuffer.allocate(BYTES_MAX);
        int told = Math.min(origins.size(), Coverage.ORIGINS_MAX);
        out.putShort((short) told);
        origins.stream().limit(told).forEach(origin -> id(out, origin));
        floors.forEach((zone, floor) -> {
            byte[] encoded = floor.encode();
            if (out.remaining() >= ID_BYTES + Short.BYTES + encoded.length) {
                id(out, zone).putShort((short) encoded.length).put(encoded);
            }
        });
        byte[] field = new byte[out.position()];
        out.flip().get(field);
        return field;
    }

    /** The report in these bytes; empty when they are malformed. */
    public static Optional<ZoneReport> decode(byte[] field) {
        ByteBuffer in = ByteBuffer.wrap(field);
        Map<UUID, Coverage> floors = new TreeMap<>();
        Set<UUID> origins = new TreeSet<>();
        try {
            for (int left = Short.toUnsignedInt(in.getShort()); left > 0; left--) {
                origins.add(new UUID(in.getLong(), in.getLong()));
            }
            while (in.hasRemaining()) {
                UUID zone = new UUID(in.getLong(), in.getLong());
                byte[] floor = new byte[Math.min(Short.toUnsignedInt(in.getShort()), field.length)];
                in.get(floor);
                Optional<Coverage> numbers = Coverage.decode(floor);
                if (numbers.isEmpty()) {
                    return Optional.empty();
                }
                floors.put(zone, numbers.get());
            }
            return origins.size() > Coverage.ORIGINS_MAX ? Optional.empty()
                    : Optional.of(new ZoneReport(floors, origins));
        } catch (BufferUnderflowException tooShort) {
            return Optional.empty();
        }
    }

    private static ByteBuffer id(ByteBuffer out, UUID id) {
        return out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }
}
