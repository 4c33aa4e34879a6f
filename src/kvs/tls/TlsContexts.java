package kvs.tls;

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
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import kvs.model.HealthProblem;
import kvs.world.Clock;
import kvs.world.EventKind;
import kvs.world.FailureText;
import kvs.world.Logger;

/**
 * The TLS of a server, 1.3 and 1.2 with the ciphers of the JDK: a certificate chain with its private key,
 * both PEM, which are read again every {@value #WATCH_MS} ms and swapped while connections continue; and the
 * contexts of clients that trust few certificates.
 *
 * <p>An unusable pair is never loaded: the pair before it stays, and {@link #problems} gives the reason until
 * a good one is read. Thread-safe.
 */
public final class TlsContexts {

    /** Interval between reads of the texts, ms. */
    public static final long WATCH_MS = 10_000;
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
    /**
     * Lifetime of a session: a client that resumes one does not see the certificate again, so it may not
     * resume for ever.
     */
    private static final int SESSION_SECONDS = 600;
    /** Time before its end in which a certificate is a problem. */
    private static final Duration SOON = Duration.ofDays(14);

    private final PemSource certificates;
    private final PemSource key;
    private final Clock clock;
    private final Logger log;
    private final CertificateSelector presenter;
    private final SSLContext context;
    /** The reason why the last texts are not in use; empty when they are. */
    private volatile List<String> refused = List.of();
    /** The warnings already logged; belongs to {@link #watch}. */
    private List<String> warned = List.of();
    /** The last texts tried; belongs to {@link #watch}. */
    private List<String> seen;

    /** The source of a text, a file for example. */
    @FunctionalInterface
    public interface PemSource {

        /** The complete text as it is now. */
        String text() throws IOException;
    }

    /**
     * A certificate or key that cannot be used; its message gives the reason and the remedy, nothing of a
     * key.
     */
    public static final class TlsException extends Exception {

        private static final long serialVersionUID = 1L;

        TlsException(String message) {
            super(message);
        }
    }

    /**
     * The TLS of the texts as they are now: the certificate chain, the server's own first, and the private
     * key of that, in PKCS#8.
     */
    public TlsContexts(PemSource certificates, PemSource key, Clock clock, Logger log)
            throws IOException, TlsException {
        this.certificates = certificates;
        this.key = key;
        this.clock = clock;
        this.log = log;
        this.seen = List.of(certificates.text(), key.text());
        this.presenter = new CertificateSelector(CertificateKeyPair.of(seen.get(0), seen.get(1)));
        this.context = context(new KeyManager[] {presenter}, null);
        context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
    }

    /** The side of the server of a new connection, which speaks HTTP/1.1 only (ALPN, RFC 7301). */
    public SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters tls = engine.getSSLParameters();
        tls.setProtocols(PROTOCOLS.clone());
        tls.setApplicationProtocols(new String[] {"http/1.1"});
        engine.setSSLParameters(tls);
        return engine;
    }

    /** The configurator for a server of the JDK. */
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
     * Uses another pair for new connections; open ones continue.
     *
     * @return false when it cannot be used: then nothing changes, and {@link #problems} gives the reason
     */
    public boolean reload(String certPem, String keyPem) {
        try {
            CertificateKeyPair next = CertificateKeyPair.of(certPem, keyPem);
            presenter.present(next);
            refused = List.of();
            log.event(EventKind.CERTIFICATE_RENEWED, "subject", next.leaf().getSubjectX500Principal(),
                    "until", next.leaf().getNotAfter().toInstant());
            return true;
        } catch (TlsException e) {
            refuse(FailureText.text(e));
            return false;
        }
    }

    private void refuse(String why) {
        List<String> now = List.of("the new TLS certificate and key cannot be used, the node uses"
                + " the previous ones: " + why);
        if (!now.equals(refused)) {
            log.event(EventKind.CERTIFICATE_REFUSED, "why", why);
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

    /** Logs new warnings about certificates that have ended, or soon end. */
    private void warn() {
        List<String> now = problems().stream()
                .filter(problem -> problem.kind() != HealthProblem.Kind.TLS_PAIR_REFUSED)
                .map(HealthProblem::detail).toList();
        now.stream().filter(what -> !warned.contains(what))
                .forEach(what -> log.event(EventKind.CERTIFICATE_WARNING, "what", what));
        warned = now;
    }

    /** The time at which the first certificate in use ends, Unix ms. */
    public long endsMs() {
        return presenter.current().chain().stream().mapToLong(one -> one.getNotAfter().getTime()).min()
                .orElseThrow();
    }

    /**
     * The problems for the operator, in sentences: texts that cannot be used, certificates in use that have
     * ended or not begun.
     */
    public List<HealthProblem> problems() {
        List<HealthProblem> problems = new ArrayList<>();
        refused.forEach(what -> problems.add(new HealthProblem(HealthProblem.Kind.TLS_PAIR_REFUSED, what)));
        Instant now = Instant.ofEpochMilli(clock.wallMs());
        for (X509Certificate one : presenter.current().chain()) {
            Instant from = one.getNotBefore().toInstant();
            Instant until = one.getNotAfter().toInstant();
            if (now.isAfter(until)) {
                problems.add(new HealthProblem(HealthProblem.Kind.TLS_EXPIRED,
                        "the TLS certificate of " + one.getSubjectX500Principal() + " expired at " + until
                                + ", clients refuse it: install a new one and its key, the node uses them "
                                + TimeUnit.MILLISECONDS.toSeconds(WATCH_MS) + " s later"));
            } else if (now.isAfter(until.minus(SOON))) {
                problems.add(new HealthProblem(HealthProblem.Kind.TLS_ENDS_SOON,
                        "the TLS certificate of " + one.getSubjectX500Principal() + " expires at "
                                + until + ": install a new one and its key in time"));
            } else if (now.isBefore(from)) {
                problems.add(new HealthProblem(HealthProblem.Kind.TLS_EXPIRED,
                        "the TLS certificate of " + one.getSubjectX500Principal() + " is valid only from"
                                + " " + from
                                + ": check the clock"));
            }
        }
        return List.copyOf(problems);
    }

    /**
     * A context for clients that trust only the authorities of these certificates; names of hosts are checked
     * as usual.
     */
    public static SSLContext trusting(String caPem) throws TlsException {
        List<X509Certificate> authorities = PemParser.certificates(caPem);
        try {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (int i = 0; i < authorities.size(); i++) {
                store.setCertificateEntry(Integer.toString(i), authorities.get(i));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(
                    TrustManagerFactory.getDefaultAlgorithm());
            factory.init(store);
            return context(null, new TrustManager[] {
                new ValidityPeriodTrust((X509ExtendedTrustManager) factory.getTrustManagers()[0])});
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(
                    "a JDK that cannot hold " + authorities.size() + " certificates in memory", e);
        }
    }

    /** A context for clients that trust the authorities of the JDK. */
    public static SSLContext jdkDefault() {
        return context(null, null);
    }

    /**
     * A context for a client on the same machine: accepts exactly the first of these certificates, with any
     * names, dates and authority.
     */
    public static SSLContext pinned(String certPem) throws TlsException {
        return context(null,
                new TrustManager[] {new PinnedCertificateTrust(PemParser.certificates(certPem).get(0))});
    }

    private static SSLContext context(KeyManager[] keys, TrustManager[] trusted) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trusted, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("the JDK has no TLS", e);
        }
    }
}
