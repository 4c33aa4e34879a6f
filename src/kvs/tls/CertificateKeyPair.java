package kvs.tls;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * A chain of certificates and the private key of its first. No record: its text would reveal the key.
 * Immutable.
 */
final class CertificateKeyPair {

    private static final byte[] PROBE = "kvs tls pair".getBytes(StandardCharsets.US_ASCII);

    private final List<X509Certificate> chain;
    private final PrivateKey key;

    private CertificateKeyPair(List<X509Certificate> chain, PrivateKey key) {
        this.chain = chain;
        this.key = key;
    }

    /** The pair in these PEM texts, if the key belongs to the first certificate. */
    static CertificateKeyPair of(String certPem, String keyPem) throws TlsContexts.TlsException {
        CertificateKeyPair pair = new CertificateKeyPair(PemParser.certificates(certPem),
                PemParser.key(keyPem));
        if (pair.fits(pair.leaf())) {
            return pair;
        }
        Optional<X509Certificate> own = pair.chain.stream().filter(pair::fits).findFirst();
        throw new TlsContexts.TlsException(own.isPresent()
                ? "the certificate of the key, " + own.get().getSubjectX500Principal()
                        + ", must be the first in its file"
                : "the private key does not match the certificate of "
                        + pair.leaf().getSubjectX500Principal() + ": install a key and a certificate that"
                        + " match");
    }

    X509Certificate leaf() {
        return chain.get(0);
    }

    List<X509Certificate> chain() {
        return chain;
    }

    PrivateKey key() {
        return key;
    }

    /**
     * Whether a certificate verifies a signature of the key. Only its public key is used, or its permitted
     * uses would be checked too.
     */
    private boolean fits(X509Certificate one) {
        try {
            Signature signature = Signature.getInstance(switch (key.getAlgorithm()) {
                case "RSA" -> "SHA256withRSA";
                case "EC" -> "SHA256withECDSA";
                default -> "EdDSA";
            });
            signature.initSign(key);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(one.getPublicKey());
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (InvalidKeyException | SignatureException differs) {
            return false;
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("the JDK has no signatures of " + key.getAlgorithm(), e);
        }
    }
}
