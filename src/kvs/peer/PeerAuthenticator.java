package kvs.peer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import kvs.world.Clock;

/**
 * Admits requests of nodes of the same cluster that are addressed to this run of this node, are recent, and
 * arrive for the first time. In two steps: {@link #known} costs a hash of the head and runs before a body is
 * read; {@link #admit} takes the complete request. Thread-safe.
 */
public final class PeerAuthenticator {

    /**
     * Maximal difference of a request's time from this node's clock; skew does not matter, senders use the
     * receiver's clock.
     */
    static final long WINDOW_MS = TimeUnit.SECONDS.toMillis(60);

    private final Keyring ring;
    private final Supplier<PeerSignature.NodeRun> self;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}. */
    private final NonceCache nonces;
    /** The last one that was right: each request is checked before its body is read, and again with it. */
    private volatile Optional<KnownHead> last = Optional.empty();

    /** A head whose signature is right. */
    private record KnownHead(String header, PeerSignature.RequestLine line, PeerSignature signature) { }

    /** The outcome for a request. */
    public enum Verdict {
        /** The request is served. */
        ADMITTED,
        /**
         * It is addressed to another run, or has another time: the sender receives the right ones, and may
         * send it again.
         */
        MISADDRESSED,
        /** Its body is not the one that was signed, or it arrived before. */
        REFUSED,
        /** There are too many requests: later. */
        BUSY
    }

    /** An authenticator for the run {@code self}; a directory may get another id while the node runs. */
    public PeerAuthenticator(Keyring ring, Supplier<PeerSignature.NodeRun> self, Clock clock) {
        this.ring = ring;
        this.self = self;
        this.clock = clock;
        this.nonces = new NonceCache(clock);
    }

    /**
     * The signature of a request, if a key of the cluster made it for this method and raw target; empty
     * otherwise.
     */
    public Optional<PeerSignature> known(List<String> headers, String method, String target) {
        if (headers.size() != 1) {
            return Optional.empty();
        }
        String header = headers.get(0);
        PeerSignature.RequestLine line = new PeerSignature.RequestLine(method, target);
        Optional<KnownHead> known = last.filter(head -> head.header.equals(header) && head.line.equals(line))
                .or(() -> PeerSignature.decode(header).filter(signature -> ring.find(signature.key())
                        .filter(key -> signature.madeBy(key, line)).isPresent())
                        .map(signature -> new KnownHead(header, line, signature)));
        if (known.isPresent()) {
            last = known;
        }
        return known.map(KnownHead::signature);
    }

    /**
     * The id of the key that signed a request, if it is no key of this cluster; empty for an unsigned request
     * and for a key of the cluster.
     */
    public Optional<String> foreignKey(List<String> headers) {
        return headers.size() != 1 ? Optional.empty() : PeerSignature.decode(headers.get(0))
                .map(PeerSignature::key).filter(key -> ring.find(key).isEmpty());
    }

    /** Decides on a request of a {@link #known} node with its body. */
    public Verdict admit(PeerSignature signature, byte[] body) {
        if (!signature.body().equals(PeerSignature.hash(body))) {
            return Verdict.REFUSED;
        }
        if (!signature.to().equals(self.get()) || Math.abs(signature.time() - clock.wallMs()) > WINDOW_MS) {
            return Verdict.MISADDRESSED;
        }
        lock.lock();
        try {
            return switch (nonces.take(signature.nonce())) {
                case FRESH -> Verdict.ADMITTED;
                case SEEN -> Verdict.REFUSED;
                case FULL -> Verdict.BUSY;
            };
        } finally {
            lock.unlock();
        }
    }

    /**
     * The data that the sender of a {@link Verdict#MISADDRESSED} request needs: the present run, and the time
     * here.
     */
    public byte[] hint() {
        PeerSignature.NodeRun now = self.get();
        return (now.origin() + " " + now.boot() + " " + clock.wallMs()).getBytes(StandardCharsets.US_ASCII);
    }

    /** The value of the header {@link PeerSignature#HEADER} of a response. */
    public String sign(PeerSignature signature, int status, byte[] body) {
        return signature.answer(ring, status, body);
    }
}
