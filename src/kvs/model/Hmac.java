package kvs.model;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * HMAC-SHA256 (RFC 2104) with one key. In place of {@code javax.crypto.Mac}, whose first use looks through
 * all providers of the JDK, makes an object of each and reads its policy of export: 60 ms of CPU, a twentieth
 * of a start. SHA-256 itself comes from the first provider. The block that the key makes for each of the two
 * hashes is hashed once; {@code Mac} hashes both again for each text. Immutable.
 */
public final class Hmac {

    private static final int BLOCK_BYTES = 64;
    private static final byte INNER = 0x36;
    private static final byte OUTER = 0x5c;

    /** SHA-256 after the first block of each kind; only copies go on from there. */
    private final MessageDigest inner;
    private final MessageDigest outer;

    /** Seals with that key; one that is longer than a block of SHA-256 is hashed first. */
    public Hmac(byte[] key) {
        try {
            inner = MessageDigest.getInstance("SHA-256");
            outer = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
        byte[] used = key.length > BLOCK_BYTES ? inner.digest(key) : key;
        inner.update(padded(used, INNER));
        outer.update(padded(used, OUTER));
    }

    /** The seal of a text, 32 bytes. */
    public byte[] seal(byte[] text) {
        return copy(outer).digest(copy(inner).digest(text));
    }

    private static MessageDigest copy(MessageDigest begun) {
        try {
            return (MessageDigest) begun.clone();
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("SHA-256 of the JDK can be copied", e);
        }
    }

    private static byte[] padded(byte[] key, byte pad) {
        byte[] block = new byte[BLOCK_BYTES];
        for (int i = 0; i < BLOCK_BYTES; i++) {
            block[i] = (byte) (pad ^ (i < key.length ? key[i] : 0));
        }
        return block;
    }
}
