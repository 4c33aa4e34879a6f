package kvs.bundle;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import kvs.model.Hkdf;

/**
 * The keys of one file, which its link secret and its salt give (HKDF-SHA256): one signs the head, one signs
 * the trailer, and one encrypts the frames (AES-256-GCM, NIST SP 800-38D). No nonce is used twice with a key:
 * it is the number of the frame, and the salt is new in each file. Constant after construction.
 */
final class BundleKeys {

    /** Bytes that the encryption adds to a frame. */
    static final int TAG_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final String CIPHER = "AES/GCM/NoPadding";

    private final byte[] head;
    private final byte[] trailer;
    private final SecretKeySpec body;

    BundleKeys(byte[] secret, byte[] salt) {
        this.head = Hkdf.key(secret, salt, "kvs bundle head 1");
        this.trailer = Hkdf.key(secret, salt, "kvs bundle trailer 1");
        this.body = new SecretKeySpec(Hkdf.key(secret, salt, "kvs bundle body 1"), "AES");
    }

    byte[] headMac(byte[] bytes) {
        return Hkdf.hmac(head, bytes);
    }

    byte[] trailerMac(byte[] bytes) {
        return Hkdf.hmac(trailer, bytes);
    }

    /** The encrypted frame of that number. */
    byte[] seal(long number, boolean last, byte[] plain, int length) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, number, last).doFinal(plain, 0, length);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has " + CIPHER, e);
        }
    }

    /** The content of an encrypted frame; empty when it is not that frame of this file. */
    Optional<byte[]> open(long number, boolean last, byte[] sealed) {
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, number, last).doFinal(sealed));
        } catch (AEADBadTagException changed) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has " + CIPHER, e);
        }
    }

    private Cipher cipher(int mode, long number, boolean last) throws GeneralSecurityException {
        byte[] nonce = ByteBuffer.allocate(NONCE_BYTES).putInt(0).putLong(number).array();
        Cipher cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, body, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(new byte[] {(byte) (last ? 1 : 0)});
        return cipher;
    }
}
