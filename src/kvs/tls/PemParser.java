package kvs.tls;

import java.io.ByteArrayInputStream;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Parses certificates and private keys as text (RFC 7468): base64 between lines of {@code BEGIN} and
 * {@code END}; text outside is ignored, so one file may hold both. No message reveals anything of a key. Pure
 * functions.
 */
final class PemParser {

    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String KEY = "PRIVATE KEY";
    private static final List<String> OLD_KEYS = List.of("RSA PRIVATE KEY", "EC PRIVATE KEY",
            "DSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    private PemParser() { }

    /**
     * A block between two lines.
     *
     * @param base64 its text
     * @param end offset behind the second line
     */
    private record Block(String base64, int end) {

        /** The first complete block with that label from {@code from} on. */
        static Optional<Block> find(String pem, String label, int from) {
            String begin = "-----BEGIN " + label + "-----";
            String last = "-----END " + label + "-----";
            int at = pem.indexOf(begin, from);
            while (at >= 0) {
                int text = at + begin.length();
                int dash = pem.indexOf('-', text);
                if (dash >= 0 && pem.startsWith(last, dash)) {
                    return Optional.of(new Block(pem.substring(text, dash), dash + last.length()));
                }
                at = pem.indexOf(begin, text);
            }
            return Optional.empty();
        }
    }

    /** All certificates, at least one, in their order. */
    static List<X509Certificate> certificates(String pem) throws TlsContexts.TlsException {
        List<X509Certificate> certificates = new ArrayList<>();
        for (var block = Block.find(pem, CERTIFICATE, 0); block.isPresent();
                block = Block.find(pem, CERTIFICATE, block.get().end)) {
            certificates.add(certificate(block.get().base64)
                    .orElseThrow(() -> new TlsContexts.TlsException("certificate number "
                            + (certificates.size() + 1) + " cannot be read: copy the file again")));
        }
        if (certificates.isEmpty()) {
            throw new TlsContexts.TlsException("there is no certificate: the file must have that of the"
                    + " server, -----BEGIN CERTIFICATE-----, then its chain" + (pem.contains(
                            "PRIVATE KEY-----") ? "; it has a key, are the two files swapped?" : ""));
        }
        return List.copyOf(certificates);
    }

    private static Optional<X509Certificate> certificate(String base64) {
        try {
            byte[] der = Base64.getMimeDecoder().decode(base64);
            return Optional.of((X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(der)));
        } catch (IllegalArgumentException | CertificateException broken) {
            return Optional.empty();
        }
    }

    /** The first private key in PKCS#8: of RSA, of an elliptic curve that the JDK supports, or Ed25519. */
    static PrivateKey key(String pem) throws TlsContexts.TlsException {
        Block block = Block.find(pem, KEY, 0).orElseThrow(() -> new TlsContexts.TlsException(missing(pem)));
        byte[] der = new byte[0];
        try {
            der = Base64.getMimeDecoder().decode(block.base64);
            for (String algorithm : ALGORITHMS) {
                Optional<PrivateKey> key = key(algorithm, der);
                if (key.isPresent()) {
                    return key.get();
                }
            }
        } catch (IllegalArgumentException broken) {
            // The message of the exception would quote the text: the one below does not.
            throw new TlsContexts.TlsException("the private key cannot be read: copy the file again");
        } finally {
            Arrays.fill(der, (byte) 0);
        }
        throw new TlsContexts.TlsException("the private key cannot be read: it must be a complete key of RSA,"
                + " EC (P-256, P-384, P-521) or Ed25519");
    }

    private static Optional<PrivateKey> key(String algorithm, byte[] der) {
        try {
            return Optional.of(KeyFactory.getInstance(algorithm)
                    .generatePrivate(new PKCS8EncodedKeySpec(der)));
        } catch (InvalidKeySpecException other) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("the JDK has no " + algorithm, e);
        }
    }

    private static String missing(String pem) {
        for (String old : OLD_KEYS) {
            if (pem.contains("-----BEGIN " + old + "-----")) {
                return "the private key has another format (-----BEGIN " + old + "-----) than plain PKCS#8,"
                        + " convert it: openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW";
            }
        }
        return "there is no private key: the file must have one in PKCS#8, -----BEGIN PRIVATE KEY-----"
                + (Block.find(pem, CERTIFICATE, 0).isPresent()
                        ? "; it has a certificate, are the two files swapped?" : "");
    }
}
