package kvs.cluster;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import kvs.world.Clock;

/**
 * Lets in requests of nodes of the same cluster, which are for this run of this node, of now, and came once. In two steps: {@link #known} costs a
 * hash of the head and is asked before a body is read; {@link #admit} takes the request when it is whole. Thread-safe.
 */
public final class PeerAuthenticator {

    /** How far a request's time may be from this node's clock; skew does not count, senders go by the receiver's clock. */
    static final long WINDOW_MS = TimeUnit.SECONDS.toMillis(60);

    private final Keyring ring;
    private final Supplier<PeerSignature.NodeRun> self;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}. */
    private final NonceCache nonces;

    /** What becomes of a request. */
    public enum Verdict {
        /** It is served. */
        ADMITTED,
        /** It is for another run, or of another time: the sender is told what is right, and may send anew. */
        MISADDRESSED,
        /** Its body is not the one that was signed, or it came before. */
        REFUSED,
        /** Too many come: later. */
        BUSY
    }

    /** A guard of the run {@code self}; a directory may get another id while it runs. */
    public PeerAuthenticator(Keyring ring, Supplier<PeerSignature.NodeRun> self, Clock clock) {
        this.ring = ring;
        this.self = self;
        this.clock = clock;
        this.nonces = new NonceCache(clock);
    }

    /** The stamp of a request that somebody with a key of the cluster has made for this method and raw target; empty of all others. */
    public Optional<PeerSignature> known(List<String> headers, String method, String target) {
        return headers.size() != 1 ? Optional.empty() : PeerSignature.decode(headers.get(0)).filter(stamp -> ring.find(stamp.key())
                .filter(key -> stamp.madeBy(key, new PeerSignature.RequestLine(method, target))).isPresent());
    }

    /** The id of the key that signed a request, when it is none of this cluster; empty when nothing was signed, or by one of ours. */
    public Optional<String> foreignKey(List<String> headers) {
        return headers.size() != 1 ? Optional.empty() : PeerSignature.decode(headers.get(0)).map(PeerSignature::key).filter(key -> ring.find(key).isEmpty());
    }

    /** Judges a request of a {@link #known} node with its body. */
    public Verdict admit(PeerSignature stamp, byte[] body) {
        if (!stamp.body().equals(PeerSignature.hash(body))) {
            return Verdict.REFUSED;
        }
        if (!stamp.to().equals(self.get()) || Math.abs(stamp.time() - clock.wallMs()) > WINDOW_MS) {
            return Verdict.MISADDRESSED;
        }
        lock.lock();
        try {
            return switch (nonces.take(stamp.nonce())) {
                case FRESH -> Verdict.ADMITTED;
                case SEEN -> Verdict.REFUSED;
                case FULL -> Verdict.BUSY;
            };
        } finally {
            lock.unlock();
        }
    }

    /** What a sender that was {@link Verdict#MISADDRESSED} should know: who is here, and what time it is. */
    public byte[] hint() {
        PeerSignature.NodeRun now = self.get();
        return (now.origin() + " " + now.boot() + " " + clock.wallMs()).getBytes(StandardCharsets.US_ASCII);
    }

    /** The value of the header {@link PeerSignature#HEADER} of an answer. */
    public String sign(PeerSignature stamp, int status, byte[] body) {
        return stamp.answer(ring, status, body);
    }
}
