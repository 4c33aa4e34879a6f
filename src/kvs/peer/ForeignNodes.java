package kvs.peer;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import kvs.model.HealthProblem;
import kvs.world.Clock;
import kvs.world.EventKind;
import kvs.world.Logger;

/**
 * The nodes that send signed requests with a key of another cluster secret: each is a problem while it does
 * so. Anybody can send such a request, so the number of remembered nodes is bounded, and the log has a line a
 * minute at most. Thread-safe: everything is guarded by {@code lock}.
 */
public final class ForeignNodes {

    /** Maximal number of addresses that are remembered. */
    static final int MAX = 16;
    private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long LINE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final Keyring ring;
    private final Clock clock;
    private final Logger log;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, ForeignNode> foreignNodes = new TreeMap<>();
    private long lineNanos;
    private boolean written;

    /** A foreign node, by the key id that it sent itself. */
    private record ForeignNode(String key, long nanos) { }

    /** The foreign nodes, none at first; a node with a key of {@code ring} is not foreign. */
    public ForeignNodes(Keyring ring, Clock clock, Logger log) {
        this.ring = ring;
        this.clock = clock;
        this.log = log;
    }

    /** Records a request from that address with a key id that is unknown here. */
    public void record(String address, String key) {
        lock.lock();
        try {
            forget();
            boolean fresh = !foreignNodes.containsKey(address);
            if (fresh && foreignNodes.size() >= MAX) {
                return;
            }
            foreignNodes.put(address, new ForeignNode(key, clock.nanos()));
            if (fresh && (!written || clock.nanos() - lineNanos >= LINE_NANOS)) {
                written = true;
                lineNanos = clock.nanos();
                log.event(EventKind.NODE_FOREIGN, "address", address, "key_id", key, "advice", ring.advice());
            }
        } finally {
            lock.unlock();
        }
    }

    private void forget() {
        long now = clock.nanos();
        foreignNodes.values().removeIf(foreignNode -> now - foreignNode.nanos >= KEPT_NANOS);
    }

    /** The problems for an operator. */
    public List<HealthProblem> problems() {
        lock.lock();
        try {
            forget();
            return foreignNodes.entrySet().stream()
                    .map(each -> new HealthProblem(HealthProblem.Kind.SECRET_DIFFERS, "a node at "
                            + each.getKey() + " has another cluster secret or cluster_name (its key id is "
                            + each.getValue().key + "). If it belongs to this cluster: " + ring.advice()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }
}
