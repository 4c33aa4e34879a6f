package kvs.tree;

import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * The totals of a range, computed without reading its entries.
 *
 * @param count number of entries, dead ones too
 * @param live number of entries that are not tombstones; expired ones count
 * @param bytes of the keys and documents of the live entries
 * @param sum of the hashes of all entries
 */
public record RangeTotals(long count, long live, long bytes, HashSum sum) {

    /** The summary of an empty range. */
    public static final RangeTotals EMPTY = new RangeTotals(0, 0, 0, HashSum.ZERO);

    /** SHA-256 of the sum and the count: equal on two nodes when their entries are the same set. 32 bytes. */
    public byte[] digest() {
        MessageDigest sha256 = EntryHasher.sha256();
        sha256.update(sum.toBytes());
        return sha256.digest(ByteBuffer.allocate(Long.BYTES).putLong(count).array());
    }

    /** The summary without {@code part}. */
    RangeTotals minus(RangeTotals part) {
        return new RangeTotals(count - part.count, live - part.live, bytes - part.bytes,
                sum.minus(part.sum));
    }
}
