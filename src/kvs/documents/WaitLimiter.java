package kvs.documents;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * Counts the requests that wait, by their callers, and refuses one more than {@link WaitLimits} allow.
 * Thread-safe.
 */
public final class WaitLimiter {

    private static final int RETRY_SECONDS = 1;

    private final WaitLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}; a caller without a wait is absent. */
    private final Map<String, Integer> callers = new HashMap<>();
    /** Guarded by {@code lock}. */
    private int node;
    /** Guarded by {@code lock}. */
    private int streams;

    /** A counted request, until it is released. */
    public final class Admission {

        private final String caller;
        private final boolean stream;
        private final AtomicBoolean released = new AtomicBoolean();

        private Admission(String caller, boolean stream) {
            this.caller = caller;
            this.stream = stream;
        }

        /** Uncounts the request; once, however often it is called. */
        public void release() {
            if (released.compareAndSet(false, true)) {
                leave(this);
            }
        }
    }

    /** A counter that holds nobody yet. */
    public WaitLimiter(WaitLimits limits) {
        this.limits = limits;
    }

    /**
     * Counts a request of {@code caller} that waits; {@code stream}: an event stream.
     *
     * @throws Refusal {@code RATE_LIMITED} when this caller has too many, {@code BUSY} when the node has
     */
    public Admission admit(String caller, boolean stream) {
        lock.lock();
        try {
            var present = new WaitLimits.WaitCounts(callers.getOrDefault(caller, 0), node, streams);
            WaitLimits.Verdict verdict = limits.verdict(present, stream);
            if (verdict != WaitLimits.Verdict.ADMITTED) {
                throw refusal(verdict, present);
            }
            callers.merge(caller, 1, Integer::sum);
            node++;
            streams += stream ? 1 : 0;
            return new Admission(caller, stream);
        } finally {
            lock.unlock();
        }
    }

    private Refusal refusal(WaitLimits.Verdict verdict, WaitLimits.WaitCounts present) {
        return switch (verdict) {
            case ADMITTED -> throw new IllegalArgumentException("no refusal: " + present);
            case CALLER_FULL -> new Refusal(Reason.RATE_LIMITED, "at most " + limits.caller()
                    + " requests of one client can wait, event streams included: end some of them, or raise"
                    + " the setting max_waits_per_client").with("retry_after", RETRY_SECONDS)
                    .with("setting", "max_waits_per_client").with("limit", limits.caller())
                    .with("waiting", present.caller());
            case NODE_FULL -> new Refusal(Reason.BUSY, "at most " + limits.node() + " requests can wait in"
                    + " total, event streams included: use another node, or raise the setting"
                    + " max_connections").with("limit", limits.node());
            case STREAMS_FULL -> new Refusal(Reason.BUSY, "a node with http_engine: jdk serves at most "
                    + limits.streams() + " event streams: request pages with ?wait= instead")
                    .with("limit", limits.streams());
        };
    }

    private void leave(Admission admission) {
        lock.lock();
        try {
            callers.computeIfPresent(admission.caller, (name, count) -> count == 1 ? null : count - 1);
            node--;
            streams -= admission.stream ? 1 : 0;
        } finally {
            lock.unlock();
        }
    }

    /** The number of requests that wait, event streams included. */
    public int size() {
        lock.lock();
        try {
            return node;
        } finally {
            lock.unlock();
        }
    }

    /** The number of event streams. */
    public int streams() {
        lock.lock();
        try {
            return streams;
        } finally {
            lock.unlock();
        }
    }
}
