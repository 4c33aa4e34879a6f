package kvs.bundle;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.recovery.StoreNotes;
import kvs.store.Transaction;

/**
 * A bundle that a directory made: its number and what it covered, so that a new bundle can begin there. The
 * last {@value #KEPT} of each partner are kept as notes of the directory, each in the place of the one
 * {@value #KEPT} numbers before it. Immutable.
 *
 * <pre>
 *   made/LINK/PLACE   PLACE = number mod 32: u64 number, u64 made (Unix ms), for each zone
 *                     id(16), u32 n, coverage(n); without zones when they are longer than a note
 * </pre>
 * Never change these names.
 *
 * @param number its number
 * @param madeMs time of its state, Unix ms
 * @param coverages what it covered, by the id of the zone; empty when that was too long to keep
 */
public record MadeBundle(long number, long madeMs, Map<UUID, Coverage> coverages) {

    /** The most of a partner that are kept. */
    public static final int KEPT = 32;
    /** The start of the names of the notes. */
    static final String NOTES = "made/";
    private static final int BYTES_MAX = 60_000;
    private static final int FIXED_BYTES = 2 * Long.BYTES;
    private static final int ZONE_BYTES = 2 * Long.BYTES + Integer.BYTES;

    /** A bundle whose map is not changed afterwards. */
    public MadeBundle {
        coverages = Map.copyOf(coverages);
    }

    /** Notes a bundle that was made, and can be read. */
    public static boolean note(Transaction tx, Partner partner, BundleHead head) {
        List<byte[]> encoded = new ArrayList<>();
        int bytes = FIXED_BYTES;
        for (BundleHead.ZoneState state : head.zones()) {
            encoded.add(state.coverage().encode());
            bytes += ZONE_BYTES + encoded.get(encoded.size() - 1).length;
        }
        boolean fits = bytes <= BYTES_MAX;
        ByteBuffer out = ByteBuffer.allocate(fits ? bytes : FIXED_BYTES).putLong(head.number())
                .putLong(head.madeMs());
        for (int i = 0; i < head.zones().size() && fits; i++) {
            UUID id = head.zones().get(i).zone().id();
            out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits())
                    .putInt(encoded.get(i).length).put(encoded.get(i));
        }
        tx.note(name(partner, head.number()), out.array());
        return true;
    }

    /** The bundle of that number for a partner, if this directory made it and still knows it. */
    public static Optional<MadeBundle> find(StoreNotes notes, Partner partner, long number) {
        return notes.find(name(partner, number)).flatMap(MadeBundle::decode)
                .filter(made -> made.number == number);
    }

    /** The bundles of a partner that are kept, the oldest first. */
    public static List<MadeBundle> all(StoreNotes notes, Partner partner) {
        List<MadeBundle> kept = new ArrayList<>();
        long last = SiteRecords.lastNumber(notes, partner);
        for (long number = Math.max(1, last - KEPT + 1); number <= last; number++) {
            find(notes, partner, number).ifPresent(kept::add);
        }
        return kept;
    }

    private static Optional<MadeBundle> decode(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        Map<UUID, Coverage> coverages = new TreeMap<>();
        try {
            long number = in.getLong();
            long madeMs = in.getLong();
            while (in.hasRemaining()) {
                UUID zone = new UUID(in.getLong(), in.getLong());
                int length = in.getInt();
                if (length < 0 || length > in.remaining()) {
                    return Optional.empty();
                }
                byte[] coverage = new byte[length];
                in.get(coverage);
                Coverage.decode(coverage).ifPresent(known -> coverages.put(zone, known));
            }
            return Optional.of(new MadeBundle(number, madeMs, coverages));
        } catch (BufferUnderflowException cut) {
            return Optional.empty();
        }
    }

    private static String name(Partner partner, long number) {
        return NOTES + partner.link() + "/" + number % KEPT;
    }
}
