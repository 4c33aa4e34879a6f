package kvs.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Derives keys for different purposes from one secret (HKDF with SHA-256, RFC 5869). Pure functions. */
public final class Hkdf {

    private static final int HASH_BYTES = 32;

    private Hkdf() { }

    /** 32 bytes for {@code purpose}; without salt, so one block: the secret is long and random already. */
    public static byte[] key(byte[] secret, String purpose) {
        return key(secret, new byte[HASH_BYTES], purpose);
    }

    /** 32 bytes for {@code purpose}, other ones with each {@code salt}. */
    public static byte[] key(byte[] secret, byte[] salt, String purpose) {
        byte[] extracted = hmac(salt, secret);
        byte[] label = purpose.getBytes(StandardCharsets.UTF_8);
        byte[] block = Arrays.copyOf(label, label.length + 1);
        block[label.length] = 1;
        return hmac(extracted, block);
    }

    /** HMAC-SHA256 (RFC 2104). */
    public static byte[] hmac(byte[] key, byte[] text) {
        return new Hmac(key).seal(text);
    }
}
