package kvs.server;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import kvs.model.HealthProblem;
import kvs.world.Clock;
import kvs.world.FailureText;
import kvs.world.Logger;

/**
 * The TLS of a server, 1.3 and 1.2 with the ciphers of the JDK: a certificate chain with its private key, both PEM, that are read again
 * every {@value #WATCH_MS} ms and swapped while connections go on; and the contexts of clients that trust few.
 *
 * <p>What cannot be used is never loaded: the pair before it stays, and {@link #problems} says why until a good one comes. Thread-safe.
 */
public final class TlsContexts {

    /** How often the texts are read, ms. */
    public static final long WATCH_MS = 10_000;
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    /** A client that resumes a session is not shown the certificate again: so it may not do that for ever. */
    private static final int SESSION_SECONDS = 600;
    /** So long before its end a certificate is a problem. */
    private static final Duration SOON = Duration.ofDays(14);

    private final PemSource certificates;
    private final PemSource key;
    private final Clock clock;
    private final Logger log;
    private final CertificateSelector presenter;
    private final SSLContext context;
    /** Why the last texts are not in use; empty when they are. */
    private volatile List<String> refused = List.of();
    /** What the log has been told; belongs to {@link #watch}. */
    private List<String> warned = List.of();
    /** What was tried last; belongs to {@link #watch}. */
    private List<String> seen;

    /** Where a text comes from, a file for example. */
    @FunctionalInterface
    public interface PemSource {

        /** The whole text as it is now. */
        String text() throws IOException;
    }

    /** A certificate or key that cannot be used; its message says why and what to do, nothing of a key. */
    public static final class TlsException extends Exception {

        private static final long serialVersionUID = 1L;

        TlsException(String message) {
            super(message);
        }
    }

    /** The TLS of the texts as they are now: the certificate chain, the server's own first, and the private key of that, in PKCS#8. */
    public TlsContexts(PemSource certificates, PemSource key, Clock clock, Logger log) throws IOException, TlsException {
        this.certificates = certificates;
        this.key = key;
        this.clock = clock;
        this.log = log;
        this.seen = List.of(certificates.text(), key.text());
        this.presenter = new CertificateSelector(CertificateKeyPair.of(seen.get(0), seen.get(1)));
        this.context = context(new KeyManager[] {presenter}, null);
        context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
    }

    /** What a server of the JDK needs. */
    public HttpsConfigurator configurator() {
        return new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                SSLParameters tls = context.getDefaultSSLParameters();
                tls.setProtocols(PROTOCOLS.clone());
                parameters.setSSLParameters(tls);
            }
        };
    }

    /**
     * Uses another pair for new connections; those that are open go on.
     *
     * @return false when it cannot be used: then everything stays, and {@link #problems} tells
     */
    public boolean reload(String certPem, String keyPem) {
        try {
            CertificateKeyPair next = CertificateKeyPair.of(certPem, keyPem);
            presenter.present(next);
            refused = List.of();
            log.info("new TLS certificate in use", "subject", next.leaf().getSubjectX500Principal(), "until", next.leaf().getNotAfter().toInstant());
            return true;
        } catch (TlsException e) {
            refuse(FailureText.text(e));
            return false;
        }
    }

    private void refuse(String why) {
        List<String> now = List.of("the TLS certificate and key are not the ones last put there but those before: " + why);
        if (!now.equals(refused)) {
            log.warn("TLS certificate or key not used", "why", why);
        }
        refused = now;
    }

    /** Reads the texts and uses them when they have changed: a {@link kvs.world.Task}. */
    public long watch() {
        try {
            List<String> now = List.of(certificates.text(), key.text());
            if (!now.equals(seen)) {
                reload(now.get(0), now.get(1));
            }
            seen = now;
        } catch (IOException e) {
            seen = List.of();
            refuse(FailureText.text(e));
        }
        warn();
        return WATCH_MS;
    }

    /** Says in the log what is new of a certificate whose time is over, or soon is. */
    private void warn() {
        List<String> now = problems().stream().filter(problem -> problem.kind() != HealthProblem.Kind.TLS_PAIR_REFUSED).map(HealthProblem::detail).toList();
        now.stream().filter(what -> !warned.contains(what)).forEach(what -> log.warn("a TLS certificate wants attention", "what", what));
        warned = now;
    }

    /** What an operator should mend, in sentences: texts that cannot be used, certificates in use whose time is over or has not come. */
    public List<HealthProblem> problems() {
        List<HealthProblem> problems = new ArrayList<>();
        refused.forEach(what -> problems.add(new HealthProblem(HealthProblem.Kind.TLS_PAIR_REFUSED, what)));
        Instant now = Instant.ofEpochMilli(clock.wallMs());
        for (X509Certificate one : presenter.current().chain()) {
            Instant from = one.getNotBefore().toInstant();
            Instant until = one.getNotAfter().toInstant();
            if (now.isAfter(until)) {
                problems.add(new HealthProblem(HealthProblem.Kind.TLS_EXPIRED, "the TLS certificate of " + one.getSubjectX500Principal() + " ended at " + until
                        + ", clients refuse it: put a new one and its key there, they are used " + TimeUnit.MILLISECONDS.toSeconds(WATCH_MS)
                        + " s later"));
            } else if (now.isAfter(until.minus(SOON))) {
                problems.add(new HealthProblem(HealthProblem.Kind.TLS_ENDS_SOON, "the TLS certificate of " + one.getSubjectX500Principal() + " ends at "
                        + until + ": put a new one and its key there in time"));
            } else if (now.isBefore(from)) {
                problems.add(new HealthProblem(HealthProblem.Kind.TLS_EXPIRED, "the TLS certificate of " + one.getSubjectX500Principal() + " begins at " + from
                        + " only: is the clock right?"));
            }
        }
        return List.copyOf(problems);
    }

    /** For clients that trust the authorities of these certificates and nobody else; names of hosts are checked as usual. */
    public static SSLContext trusting(String caPem) throws TlsException {
        List<X509Certificate> authorities = PemParser.certificates(caPem);
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry(Integer.toString(i), authorities.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return context(null, new TrustManager[] {new ValidityPeriodTrust((X509ExtendedTrustManager) factory.getTrustManagers()[0])});
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError("a JDK that cannot hold " + authorities.size() + " certificates in memory", e);
        }
    }

    /** For clients that trust the authorities that come with the JDK. */
    public static SSLContext usual() {
        return context(null, null);
    }

    /** For a client on the same machine: accepts exactly the first of these certificates, whatever its names, dates and authority. */
    public static SSLContext pinned(String certPem) throws TlsException {
        return context(null, new TrustManager[] {new PinnedCertificateTrust(PemParser.certificates(certPem).get(0))});
    }

    private static SSLContext context(KeyManager[] keys, TrustManager[] trusted) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trusted, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("a JDK without TLS", e);
        }
    }
}
