package kvs.bundle;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The trailer of a bundle or a receipt, drawn in {@link kvs.bundle}: its length, its totals, and the proof
 * that nothing before it was changed. Immutable.
 *
 * @param fileBytes length of the whole file
 * @param highestTimestamp highest timestamp of a version in it, Unix ms, 0 for none
 * @param totals of each zone, in the order of the head
 */
public record BundleTrailer(long fileBytes, long highestTimestamp, List<ZoneTotals> totals) {

    private static final byte[] MAGIC = {'K', 'V', 'S', 'B', 'N', 'D', 'N', 'D'};
    private static final int FIXED_BYTES = 24;
    private static final int ZONE_BYTES = 16;
    private static final int HASH_BYTES = 32;

    /**
     * The records of a zone in a file.
     *
     * @param entries number of versions
     * @param bytes of their records
     */
    public record ZoneTotals(long entries, long bytes) {

        /** No records. */
        static final ZoneTotals NONE = new ZoneTotals(0, 0);

        ZoneTotals plus(int record) {
            return new ZoneTotals(entries + 1, bytes + record);
        }
    }

    /** The number of versions in the file. */
    public long entries() {
        return totals.stream().mapToLong(ZoneTotals::entries).sum();
    }

    /** The bytes of the trailer of a file with that many zones. */
    static int bytes(int zones) {
        return FIXED_BYTES + ZONE_BYTES * zones + 2 * HASH_BYTES;
    }

    /** The encoded trailer; {@code sha256} has taken in everything before it. */
    byte[] encode(MessageDigest sha256, BundleKeys keys) {
        ByteBuffer out = fields();
        sha256.update(out.array(), 0, out.position());
        byte[] hash = sha256.digest();
        out.put(hash);
        return out.put(keys.trailerMac(Arrays.copyOf(out.array(), out.position()))).array();
    }

    private ByteBuffer fields() {
        ByteBuffer out = ByteBuffer.allocate(bytes(totals.size())).put(MAGIC).putLong(fileBytes)
                .putLong(highestTimestamp);
        totals.forEach(zone -> out.putLong(zone.entries).putLong(zone.bytes));
        return out;
    }

    /** The trailer at the end of a file of that length; its hash is not checked. */
    static BundleTrailer decode(byte[] bytes, int zones, long fileBytes) throws RejectedBundleException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)
                || in.getLong(MAGIC.length) != fileBytes) {
            throw RejectedBundleException.damaged("its end is missing");
        }
        in.position(FIXED_BYTES);
        List<ZoneTotals> totals = new ArrayList<>();
        for (int i = 0; i < zones; i++) {
            totals.add(new ZoneTotals(in.getLong(), in.getLong()));
        }
        return new BundleTrailer(fileBytes, in.getLong(16), List.copyOf(totals));
    }

    /** The SHA-256 that an encoded trailer holds. */
    static byte[] hash(byte[] bytes) {
        return Arrays.copyOfRange(bytes, bytes.length - 2 * HASH_BYTES, bytes.length - HASH_BYTES);
    }

    /** The part of an encoded trailer that the SHA-256 includes. */
    static int hashed(byte[] bytes) {
        return bytes.length - 2 * HASH_BYTES;
    }

    /** Whether an encoded trailer was made with these keys. */
    static boolean isAuthentic(byte[] bytes, BundleKeys keys) {
        return MessageDigest.isEqual(keys.trailerMac(Arrays.copyOf(bytes, bytes.length - HASH_BYTES)),
                Arrays.copyOfRange(bytes, bytes.length - HASH_BYTES, bytes.length));
    }
}
