package kvs.documents;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import kvs.world.Dice;

/**
 * A cipher for keys in the positions of clients: a page may end at a key that its reader may not see, and a
 * position is only base64. The secret is random for each run, because no other run continues a sweep. AES-128
 * in Galois/Counter Mode (NIST SP 800-38D) with a random nonce.
 *
 * <pre>
 *   nonce (12), the key enciphered, tag (16)
 * </pre>
 * Thread-safe.
 */
final class PositionKeyCipher {

    /** Bytes beside the key. */
    static final int EXTRA_BYTES = 12 + 16;
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec secret;
    private final Dice dice;

    /** A cipher that opens only what it has sealed. */
    PositionKeyCipher(Dice dice) {
        this.secret = new SecretKeySpec(
                ByteBuffer.allocate(2 * Long.BYTES).putLong(dice.bits()).putLong(dice.bits()).array(), "AES");
        this.dice = dice;
    }

    byte[] seal(byte[] key) {
        byte[] nonce = Arrays.copyOf(ByteBuffer.allocate(2 * Long.BYTES).putLong(dice.bits())
                .putLong(dice.bits()).array(), NONCE_BYTES);
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(Cipher.ENCRYPT_MODE, secret, new GCMParameterSpec(TAG_BITS, nonce));
            byte[] sealed = Arrays.copyOf(nonce, key.length + EXTRA_BYTES);
            cipher.doFinal(key, 0, key.length, sealed, NONCE_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java has " + CIPHER, e);
        }
    }

    /** The key; empty when it was not sealed here, or was changed. */
    Optional<byte[]> open(byte[] sealed) {
        if (sealed.length < EXTRA_BYTES) {
            return Optional.empty();
        }
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(Cipher.DECRYPT_MODE, secret, new GCMParameterSpec(TAG_BITS, sealed, 0, NONCE_BYTES));
            return Optional.of(cipher.doFinal(sealed, NONCE_BYTES, sealed.length - NONCE_BYTES));
        } catch (GeneralSecurityException forged) {
            return Optional.empty();
        }
    }
}
