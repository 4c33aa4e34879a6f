package kvs.model;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.Security;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Derives keys for different purposes from one secret (HKDF with SHA-256, RFC 5869). Pure functions. */
public final class Hkdf {

    private static final String HMAC = "HmacSHA256";
    private static final String PROVIDER = "SunJCE";
    private static final int HASH_BYTES = 32;

    private Hkdf() { }

    /** 32 bytes for {@code purpose}; without salt, so one block: the secret is long and random already. */
    public static byte[] key(byte[] secret, String purpose) {
        byte[] extracted = hmac(new byte[HASH_BYTES], secret);
        byte[] label = purpose.getBytes(StandardCharsets.UTF_8);
        byte[] block = Arrays.copyOf(label, label.length + 1);
        block[label.length] = 1;
        return hmac(extracted, block);
    }

    /** HMAC-SHA256 (RFC 2104). */
    public static byte[] hmac(byte[] key, byte[] text) {
        return mac(key).doFinal(text);
    }

    /**
     * HMAC-SHA256 with a key, for one thread. The usual provider is asked by name: a search through all of
     * them makes one object of each before it gets there, a tenth of the time that a node takes to start.
     */
    public static Mac mac(byte[] key) {
        try {
            Provider usual = Security.getProvider(PROVIDER);
            Mac mac = usual == null ? Mac.getInstance(HMAC) : Mac.getInstance(HMAC, usual);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has " + HMAC, e);
        }
    }
}
