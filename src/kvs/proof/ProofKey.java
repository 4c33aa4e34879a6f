package kvs.proof;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;

/**
 * The key with which a node signs proofs: an Ed25519 pair of its own. It is not the secret of the cluster,
 * which every member has, and with which whoever checks a signature could make one. Immutable.
 *
 * <pre>
 *   proof.key   {"kvs_proof_key":1,"private":base64(PKCS #8),"public":base64(X.509)}, mode 0600
 * </pre>
 * Never change these names.
 */
public final class ProofKey {

    /** The name of its file, in the data directory. */
    public static final String FILE = "proof.key";
    private static final String ALGORITHM = "Ed25519";
    private static final long FORMAT = 1;

    private final PrivateKey secret;
    private final byte[] open;

    private ProofKey(PrivateKey secret, byte[] open) {
        this.secret = secret;
        this.open = open;
    }

    /** A new key. */
    public static ProofKey generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            return new ProofKey(pair.getPrivate(), pair.getPublic().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has " + ALGORITHM, e);
        }
    }

    /**
     * The key in the text of its file.
     *
     * @throws IllegalArgumentException when it is none; the message does not show it
     */
    public static ProofKey decode(String text) {
        try {
            JsonValue json = JsonValue.parse(text.getBytes(StandardCharsets.UTF_8));
            if (Proof.member(json, "kvs_proof_key").asLong() != FORMAT) {
                throw new IllegalArgumentException("it was made by a newer version of KVS");
            }
            PrivateKey secret = KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(
                    Base64.getDecoder().decode(Proof.member(json, "private").string())));
            ProofKey key = new ProofKey(secret,
                    Base64.getDecoder().decode(Proof.member(json, "public").string()));
            byte[] trial = {1};
            if (!isSigned(key.open, trial, key.sign(trial))) {
                throw new IllegalArgumentException("its two parts do not belong together");
            }
            return key;
        } catch (JsonException | GeneralSecurityException e) {
            throw new IllegalArgumentException("it is malformed");
        }
    }

    /** The text of its file, which is secret. */
    public String encode() {
        return new String(new JsonWriter().object().field("kvs_proof_key", FORMAT)
                .field("private", Base64.getEncoder().encodeToString(secret.getEncoded()))
                .field("public", Base64.getEncoder().encodeToString(open)).end().toBytes(),
                StandardCharsets.UTF_8) + "\n";
    }

    /** The public part, X.509. */
    public byte[] open() {
        return open.clone();
    }

    byte[] sign(byte[] bytes) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(secret);
            signature.update(bytes);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the proof could not be signed", e);
        }
    }

    /** Whether a signature of some bytes is that of a public key. */
    static boolean isSigned(byte[] open, byte[] bytes, byte[] signed) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(KeyFactory.getInstance(ALGORITHM)
                    .generatePublic(new X509EncodedKeySpec(open)));
            signature.update(bytes);
            return signature.verify(signed);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }

    /** The SHA-256 of a public key: people compare it, or its words. */
    public static byte[] fingerprint(byte[] open) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(open);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    /** Without the secret, so that no log shows it. */
    @Override
    public String toString() {
        return "proof key";
    }
}
