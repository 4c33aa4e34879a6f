package kvs.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import kvs.model.HealthProblem;
import kvs.peer.PeerFailure;
import kvs.world.Clock;
import kvs.world.EventKind;
import kvs.world.Logger;

/**
 * The failures at the addresses of peers. Each lasts while it recurs, and ends when the peer responds
 * correctly or when it does not recur for a while. The log has a line at the beginning and at the end, none
 * in between. Thread-safe.
 */
final class PeerFailures {

    private final Map<String, ActiveFailure> activeFailures = new ConcurrentSkipListMap<>();
    private final long keptNanos;
    private final Clock clock;
    private final Logger log;

    /** A failure, and the time of its last occurrence. */
    private record ActiveFailure(PeerFailure failure, long nanos) { }

    /** The failures, none at first; one ends {@code keptMs} after its last occurrence. */
    PeerFailures(long keptMs, Clock clock, Logger log) {
        this.keptNanos = TimeUnit.MILLISECONDS.toNanos(keptMs);
        this.clock = clock;
        this.log = log;
    }

    /** Records a failure at an address; ignored beyond the number of addresses that are ever tried. */
    void record(String address, PeerFailure failure) {
        if (!activeFailures.containsKey(address) && activeFailures.size() >= MemberTable.ADDRESSES_MAX) {
            return;
        }
        ActiveFailure before = activeFailures.put(address, new ActiveFailure(failure, clock.nanos()));
        if (before == null || !before.failure.equals(failure)) {
            log.event(EventKind.PEER_PROBLEM, "address", address, "what", failure.text(),
                    "advice", failure.advice());
        }
    }

    /** Removes an address that is not tried any more. */
    void forget(String address) {
        activeFailures.remove(address);
    }

    /** Ends the failure at an address, which responds correctly. */
    void end(String address) {
        if (activeFailures.remove(address) != null) {
            log.event(EventKind.PEER_WELL, "address", address);
        }
    }

    /** Ends failures that did not recur for a while. */
    void age() {
        long now = clock.nanos();
        activeFailures.forEach((address, activeFailure) -> {
            if (now - activeFailure.nanos >= keptNanos && activeFailures.remove(address, activeFailure)) {
                log.event(EventKind.PEER_SILENT, "address", address);
            }
        });
    }

    /** Whether there is a failure at an address. */
    boolean at(String address) {
        return activeFailures.containsKey(address);
    }

    /** The failure at an address. */
    Optional<String> what(String address) {
        return Optional.ofNullable(activeFailures.get(address))
                .map(activeFailure -> activeFailure.failure.text());
    }

    /** The present failures, by address. */
    List<HealthProblem> problems() {
        return activeFailures.entrySet().stream()
                .map(each -> new HealthProblem(each.getValue().failure.kind(),
                        "peer " + each.getKey() + ": " + each.getValue().failure.sentence())).toList();
    }
}
