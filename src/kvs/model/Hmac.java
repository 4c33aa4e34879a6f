package kvs.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * HMAC-SHA256 (RFC 2104) with one key. In place of {@code javax.crypto.Mac}, whose first use looks through
 * all providers of the JDK, makes an object of each and reads its policy of export: 60 ms of CPU, a twentieth
 * of a start. SHA-256 itself comes from the first provider. One thread.
 */
public final class Hmac {

    private static final int BLOCK_BYTES = 64;
    private static final byte INNER = 0x36;
    private static final byte OUTER = 0x5c;

    private final MessageDigest sha;
    private final byte[] inner;
    private final byte[] outer;

    /** Seals with that key; one that is longer than a block of SHA-256 is hashed first. */
    public Hmac(byte[] key) {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
        byte[] used = key.length > BLOCK_BYTES ? sha.digest(key) : key;
        inner = padded(used, INNER);
        outer = padded(used, OUTER);
    }

    /** The seal of a text, 32 bytes. */
    public byte[] seal(byte[] text) {
        sha.update(inner);
        byte[] hash = sha.digest(text);
        sha.update(outer);
        return sha.digest(hash);
    }

    private static byte[] padded(byte[] key, byte pad) {
        byte[] block = new byte[BLOCK_BYTES];
        for (int i = 0; i < BLOCK_BYTES; i++) {
            block[i] = (byte) (pad ^ (i < key.length ? key[i] : 0));
        }
        return block;
    }
}
