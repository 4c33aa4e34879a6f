package kvs.audit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import kvs.model.Hmac;

/**
 * The cryptography of the audit log: SHA-256 chains, HMAC-SHA256 (RFC 2104) seals lines that only the holder
 * of the key may have written. The seal of a line is truncated to 128 bits, the least that RFC 2104 advises:
 * a second text for a given seal takes 2^128 tries, a birthday attack does not help without the key, and a
 * line is a tenth shorter. One thread.
 */
final class AuditSealer {

    static final int HASH_BYTES = 32;
    static final int LINE_SEAL_BYTES = 16;

    private final MessageDigest sha;
    private final List<Hmac> macs = new ArrayList<>();

    /**
     * Seals with the first key, accepts a seal of any. Without a key nothing can be sealed, and every seal
     * passes.
     */
    AuditSealer(List<byte[]> keys) {
        try {
            sha = MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
        keys.forEach(key -> macs.add(new Hmac(key)));
    }

    /** The hash of a line: of the hash before it and of the first {@code length} bytes of its text. */
    byte[] chain(byte[] before, byte[] text, int length) {
        sha.update(before);
        sha.update(text, 0, length);
        return sha.digest();
    }

    /** The seal of a line with that hash. */
    byte[] line(byte[] hash) {
        return line(macs.get(0), hash);
    }

    /**
     * The seal of the text of a head file, which is longer than any hash, so that a seal of one kind never
     * fits the other.
     */
    byte[] text(String text) {
        return text(macs.get(0), text);
    }

    boolean isLine(byte[] hash, byte[] seal) {
        return macs.isEmpty() || macs.stream().anyMatch(mac -> MessageDigest.isEqual(line(mac, hash), seal));
    }

    boolean isText(String text, byte[] seal) {
        return macs.isEmpty() || macs.stream().anyMatch(mac -> MessageDigest.isEqual(text(mac, text), seal));
    }

    private static byte[] line(Hmac mac, byte[] hash) {
        return Arrays.copyOf(mac.seal(hash), LINE_SEAL_BYTES);
    }

    private static byte[] text(Hmac mac, String text) {
        return mac.seal(text.getBytes(StandardCharsets.UTF_8));
    }
}
