package kvs.bundle;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import kvs.log.HighWatermarks;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Zone;
import kvs.recovery.LogPosition;
import kvs.recovery.LogState;
import kvs.recovery.StoreNotes;
import kvs.store.Transaction;

/**
 * The place in the log from which a delta is read: a partner that covers {@code reached} lacks nothing of the
 * zone that precedes it. Each bundle notes the place where the log ended when it was made, with the dots of
 * the zones up to there; the next delta whose base covers these dots begins there. Without a note it begins
 * at the start of the log, which costs time and changes nothing. Immutable.
 *
 * <pre>
 *   scanned/LINK/PLACE   PLACE = 0 to 15: u64 number of the last record before it in the log, u32 segment,
 *                        u32 offset, for each zone id(16), u32 n, coverage(n): for each origin the highest
 *                        number among the present versions of the zone before it, or more
 * </pre>
 * When all are in use, the new one takes the place of that without which a delta from there would read the
 * least more, in proportion: the older, the fewer are kept. The notes stay in their directory: a restored one
 * has another log. Never change these names.
 *
 * @param seq number of the last record before the place
 * @param position the place
 * @param reached for each origin, the highest number among the present versions of the zone before it, or
 *     more
 */
record DeltaStart(long seq, LogPosition position, Coverage reached) {

    private static final DeltaStart OF_LOG = new DeltaStart(0, LogPosition.START, Coverage.NONE);
    /** The start of the names of the notes. */
    static final String NOTES = "scanned/";
    private static final int PLACES = 16;
    /** Less than a coverage that had to leave out origins: a place may say too much, and never too little. */
    private static final int BYTES_MAX = 24 * Coverage.ORIGINS_MAX;
    private static final int PLACE_BYTES = Long.BYTES + 2 * Integer.BYTES;
    private static final int ZONE_BYTES = 2 * Long.BYTES + Integer.BYTES;

    /** The last known place for a partner that covers {@code base} of the zone. */
    static DeltaStart find(StoreNotes notes, Partner partner, Zone zone, Coverage base) {
        DeltaStart best = OF_LOG;
        for (int place = 0; place < PLACES; place++) {
            Optional<DeltaStart> known = notes.find(name(partner, place))
                    .flatMap(note -> decode(note, zone.id()))
                    .filter(start -> base.covers(start.reached));
            if (known.isPresent() && known.get().seq > best.seq) {
                best = known.get();
            }
        }
        return best;
    }

    private static Optional<DeltaStart> decode(byte[] note, UUID zone) {
        ByteBuffer in = ByteBuffer.wrap(note);
        try {
            long seq = in.getLong();
            LogPosition position = new LogPosition(in.getInt(), in.getInt());
            while (in.hasRemaining()) {
                UUID id = new UUID(in.getLong(), in.getLong());
                int length = in.getInt();
                if (length < 0 || length > in.remaining()) {
                    return Optional.empty();
                }
                byte[] reached = new byte[length];
                in.get(reached);
                if (id.equals(zone)) {
                    return Coverage.decode(reached).map(known -> new DeltaStart(seq, position, known));
                }
            }
        } catch (BufferUnderflowException cut) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static String name(Partner partner, int place) {
        return NOTES + partner.link() + "/" + place;
    }

    /** The place that a note behind all others takes, at that number of the log. */
    private static int free(StoreNotes notes, Partner partner, long end) {
        TreeMap<Long, Integer> used = new TreeMap<>();
        for (int place = 0; place < PLACES; place++) {
            Optional<byte[]> note = notes.find(name(partner, place));
            if (note.isEmpty()) {
                return place;
            }
            used.put(ByteBuffer.wrap(note.get()).getLong(), place);
        }
        int least = 0;
        double leastMore = Double.MAX_VALUE;
        long before = 0;
        for (Map.Entry<Long, Integer> each : used.entrySet()) {
            double more = (double) (end - before) / Math.max(1, end - each.getKey());
            least = more < leastMore ? each.getValue() : least;
            leastMore = Math.min(leastMore, more);
            before = each.getKey();
        }
        return least;
    }

    /** The scan for one bundle. One thread. */
    static final class Scan {

        private final Partner partner;
        private final LogState end;
        private final Map<UUID, HighWatermarks> zones = new TreeMap<>();
        private HighWatermarks reached = new HighWatermarks(Coverage.NONE);
        private long versions;

        /**
         * A scan for a bundle of a partner.
         *
         * @param end the state that is scanned, or an earlier one
         */
        Scan(Partner partner, LogState end) {
            this.partner = partner;
            this.end = end;
        }

        /** Begins a zone: all its entries behind the returned place must be added. */
        LogPosition begin(Zone zone, Coverage base) {
            DeltaStart start = find(end.notes(), partner, zone, base);
            reached = new HighWatermarks(start.reached);
            zones.put(zone.id(), reached);
            return start.position;
        }

        /** Adds a version of the zone that was begun last; the number of those that were added. */
        long add(Dot dot) {
            reached.raise(dot);
            return ++versions;
        }

        /** Notes the scan, when all zones were scanned to their ends. */
        void note(Transaction tx) {
            Map<UUID, byte[]> encoded = new TreeMap<>();
            zones.forEach((zone, dots) -> encoded.put(zone, dots.coverage().encode()));
            int bytes = PLACE_BYTES + encoded.values().stream()
                    .mapToInt(dots -> ZONE_BYTES + dots.length).sum();
            if (bytes <= BYTES_MAX) {
                ByteBuffer out = ByteBuffer.allocate(bytes).putLong(end.head().seq()).putInt(end.segment())
                        .putInt(end.end());
                encoded.forEach((zone, dots) -> out.putLong(zone.getMostSignificantBits())
                        .putLong(zone.getLeastSignificantBits()).putInt(dots.length).put(dots));
                tx.note(name(partner, free(tx.notes(), partner, end.head().seq())), out.array());
            }
        }
    }
}
