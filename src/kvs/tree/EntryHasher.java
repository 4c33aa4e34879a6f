package kvs.tree;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/**
 * Computes the hash of an entry: SHA-256 over {@code key length u32 ‖ key ‖ uuid(16)} as a number. Entries do
 * not store it: computing an old one again costs 0.1 µs, storing it 32 bytes. Not thread-safe.
 */
public final class EntryHasher {

    private final MessageDigest sha256 = sha256();
    private final byte[] hash = new byte[HashSum.BYTES];
    private ByteBuffer input = ByteBuffer.allocate(256);

    HashSum of(Entry entry) {
        return of(entry.key(), entry.uuidHigh(), entry.uuidLow());
    }

    /** The hash of the entry of a version, which may be in no index. */
    public HashSum of(byte[] key, UUID uuid) {
        return of(key, uuid.getMostSignificantBits(), uuid.getLeastSignificantBits());
    }

    private HashSum of(byte[] key, long high, long low) {
        int bytes = Integer.BYTES + key.length + 2 * Long.BYTES;
        if (input.capacity() < bytes) {
            input = ByteBuffer.allocate(2 * bytes);
        }
        input.clear().putInt(key.length).put(key).putLong(high).putLong(low);
        sha256.update(input.array(), 0, bytes);
        try {
            sha256.digest(hash, 0, hash.length);
        } catch (DigestException e) {
            throw new AssertionError("32 bytes hold a SHA-256", e);
        }
        return HashSum.ofBytes(hash);
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
