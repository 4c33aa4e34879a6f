package kvs.tree;

import java.nio.ByteBuffer;

/**
 * A 256-bit number, added and subtracted modulo 2^256: the sum of the hashes of a set of entries, whatever
 * their order (an incremental multiset hash; Bellare and Micciancio, "A New Paradigm for Collision-Free
 * Hashing", EUROCRYPT 1997). The components are the digits from the highest to the lowest.
 *
 * <p>An additive sum of this size is weaker than a chained hash against an attacker who can choose very many
 * ids (Wagner's generalised birthday attack). Ids contain the server's timestamp, and the attack could hide
 * only that the attacker's own records are missing on some node.
 */
public record HashSum(long a, long b, long c, long d) {

    /** The sum of no entries. */
    public static final HashSum ZERO = new HashSum(0, 0, 0, 0);
    /** Bytes of its encoding. */
    public static final int BYTES = 32;

    /** The sum of both. */
    public HashSum plus(HashSum other) {
        long low = d + other.d;
        long carry = Long.compareUnsigned(low, d) < 0 ? 1 : 0;
        long third = c + other.c + carry;
        carry = carry(c, other.c, third);
        long second = b + other.b + carry;
        carry = carry(b, other.b, second);
        return new HashSum(a + other.a + carry, second, third, low);
    }

    /** The difference from {@code other}. */
    public HashSum minus(HashSum other) {
        return plus(new HashSum(~other.a, ~other.b, ~other.c, ~other.d)).plus(new HashSum(0, 0, 0, 1));
    }

    /** The encoding, big-endian. */
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putLong(a).putLong(b).putLong(c).putLong(d).array();
    }

    /** The sum that {@link #toBytes} encoded. */
    public static HashSum ofBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes, 0, BYTES);
        return new HashSum(in.getLong(), in.getLong(), in.getLong(), in.getLong());
    }

    /** The bit carried out of x + y + carry-in = z (Hacker's Delight, 2-13). */
    private static long carry(long x, long y, long z) {
        return (x & y | (x | y) & ~z) >>> 63;
    }
}
