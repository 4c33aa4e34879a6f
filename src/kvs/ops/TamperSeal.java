package kvs.ops;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The arithmetic of the tamper log: SHA-256 chains, HMAC-SHA256 (RFC 2104) seals what only the holder of the key may have written. The seal of
 * a line is cut to 128 bits, the least that RFC 2104 advises: nobody finds a second text for a given seal by trying 2^128 of them, birthdays do
 * not help without the key, and a line is a tenth shorter. One thread.
 */
final class TamperSeal {

    static final int HASH_BYTES = 32;
    static final int LINE_SEAL_BYTES = 16;
    private static final String HMAC = "HmacSHA256";

    private final MessageDigest sha;
    private final Optional<Mac> mac;

    /** Without a key nothing can be sealed, and every seal passes. */
    TamperSeal(Optional<byte[]> key) {
        try {
            sha = MessageDigest.getInstance("SHA-256");
            mac = key.isEmpty() ? Optional.empty() : Optional.of(Mac.getInstance(HMAC));
            if (mac.isPresent()) {
                mac.get().init(new SecretKeySpec(key.get(), HMAC));
            }
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has SHA-256 and " + HMAC, e);
        }
    }

    /** The hash of a line: of the hash before it and of the first {@code length} bytes of its text. */
    byte[] chain(byte[] before, byte[] text, int length) {
        sha.update(before);
        sha.update(text, 0, length);
        return sha.digest();
    }

    /** The seal of a line with that hash. */
    byte[] line(byte[] hash) {
        return Arrays.copyOf(mac.orElseThrow().doFinal(hash), LINE_SEAL_BYTES);
    }

    /** The seal of the text of a head file, which is longer than any hash, so that neither seal is ever one of the other kind. */
    byte[] text(String text) {
        return mac.orElseThrow().doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    boolean isLine(byte[] hash, byte[] seal) {
        return mac.isEmpty() || MessageDigest.isEqual(line(hash), seal);
    }

    boolean isText(String text, byte[] seal) {
        return mac.isEmpty() || MessageDigest.isEqual(text(text), seal);
    }
}
