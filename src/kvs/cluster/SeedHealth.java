package kvs.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import kvs.model.Durations;
import kvs.model.HealthProblem;
import kvs.world.Clock;
import kvs.world.EventKind;
import kvs.world.Logger;

/**
 * The health of the seeds of a node, by the time of the last response of each: a silent seed whose address
 * is no member's is a problem, and a line of the log when that begins and ends. Thread-safe; {@link #look}
 * belongs to one task.
 */
final class SeedHealth {

    private static final long SECOND_MS = 1_000;

    private final List<String> addresses;
    private final long patienceMs;
    private final Clock clock;
    private final Logger log;
    private final long startNanos;
    private final Map<String, Long> answered = new ConcurrentHashMap<>();
    private final Set<String> silent = ConcurrentHashMap.newKeySet();
    private volatile Map<String, String> problems = Map.of();

    /** Seeds at these addresses, each of which may be silent for {@code patienceMs}. */
    SeedHealth(List<String> addresses, long patienceMs, Clock clock, Logger log) {
        this.addresses = List.copyOf(addresses);
        this.patienceMs = patienceMs;
        this.clock = clock;
        this.log = log;
        this.startNanos = clock.nanos();
    }

    /** Records a response of a node of the cluster from that address. */
    void answered(String address) {
        if (addresses.contains(address)) {
            answered.put(address, clock.nanos());
        }
    }

    /**
     * Checks for seeds that became silent, and for those that respond again.
     *
     * @param elsewhere whether the failure at an address is reported elsewhere
     * @param reason the reason for the silence of an address
     */
    void look(Predicate<String> elsewhere, UnaryOperator<String> reason) {
        Map<String, String> now = new TreeMap<>();
        for (String address : addresses) {
            long silentMs = silentMs(address);
            boolean is = silentMs >= patienceMs && !elsewhere.test(address);
            if (is) {
                now.put(address, "seed " + address + (answered.containsKey(address) ? " has not responded for"
                        + " "
                        : " has never responded for ")
                        + Durations.text(silentMs / SECOND_MS * SECOND_MS) + ": " + reason.apply(address)
                        + "; if the node no longer exists, remove it from seed_nodes");
            }
            if (is && silent.add(address)) {
                log.event(EventKind.SEED_SILENT, "address", address, "silent_ms", silentMs,
                        "reason", reason.apply(address));
            } else if (!is && silent.remove(address) && silentMs < patienceMs) {
                log.event(EventKind.SEED_RESPONDS, "address", address);
            }
        }
        problems = now;
    }

    private long silentMs(String address) {
        return TimeUnit.NANOSECONDS.toMillis(clock.nanos() - answered.getOrDefault(address, startNanos));
    }

    /**
     * The problems for an operator; {@code alone}: no member has been heard yet, so this node waits for any
     * seed.
     */
    List<HealthProblem> problems(boolean alone) {
        List<HealthProblem> all = new ArrayList<>();
        if (alone && answered.isEmpty() && !addresses.isEmpty()) {
            all.add(new HealthProblem(HealthProblem.Kind.SEED_SILENT,
                    "no seed has responded yet: " + String.join(", ", addresses)));
        } else {
            problems.values()
                    .forEach(what -> all.add(new HealthProblem(HealthProblem.Kind.SEED_SILENT, what)));
        }
        return all;
    }
}
