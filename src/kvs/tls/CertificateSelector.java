package kvs.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** Selects the pair that a server presents to its clients, and can change it. Thread-safe. */
final class CertificateSelector extends X509ExtendedKeyManager {

    private final AtomicReference<KeyPairs> pairs;

    /** A selector of {@code first}. */
    CertificateSelector(CertificateKeyPair first) {
        pairs = new AtomicReference<>(new KeyPairs(0, first, first));
    }

    /**
     * The pair in use, its number, and the one before: a handshake fetches the chain and the key one after
     * the other.
     */
    private record KeyPairs(long number, CertificateKeyPair current, CertificateKeyPair previous) {

        String alias() {
            return Long.toString(number);
        }

        CertificateKeyPair of(String alias) {
            return alias.equals(alias()) ? current : previous;
        }
    }

    /** Presents {@code next} from now on. */
    void present(CertificateKeyPair next) {
        pairs.updateAndGet(before -> new KeyPairs(before.number + 1, next, before.current));
    }

    CertificateKeyPair current() {
        return pairs.get().current;
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
        return chooseServerAlias(keyType, issuers, null);
    }

    /**
     * The alias for a kind of key; the JDK tries one kind after the other; {@code null} is its value for
     * none.
     */
    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        KeyPairs now = pairs.get();
        return keyType.equals(now.current.leaf().getPublicKey().getAlgorithm()) ? now.alias() : null;
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return new String[] {pairs.get().alias()};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return pairs.get().of(alias).chain().toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return pairs.get().of(alias).key();
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return new String[0];
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
        return null;
    }
}
