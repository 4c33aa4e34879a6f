package kvs.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import kvs.model.HealthProblem;
import kvs.world.Clock;
import kvs.world.Logger;

/**
 * The troubles at the addresses of peers. Each lasts while it is met again and again, and ends when the peer answers as it should or when
 * nothing is met for a while. The log has a line when one begins and when it ends, none in between. Thread-safe.
 */
final class PeerFailures {

    private final Map<String, ActiveFailure> troubles = new ConcurrentSkipListMap<>();
    private final long keptNanos;
    private final Clock clock;
    private final Logger log;

    /** A trouble, and when it was met last. */
    private record ActiveFailure(Failure what, long nanos) { }

    /**
     * What is wrong at an address.
     *
     * @param advice what to do, perhaps nothing
     */
    record Failure(HealthProblem.Kind kind, String text, String advice) {

        Failure(HealthProblem.Kind kind, String text) {
            this(kind, text, "");
        }

        private String sentence() {
            return advice.isEmpty() ? text : text + ": " + advice;
        }
    }

    /** No troubles; one that is met ends after {@code keptMs}. */
    PeerFailures(long keptMs, Clock clock, Logger log) {
        this.keptNanos = TimeUnit.MILLISECONDS.toNanos(keptMs);
        this.clock = clock;
        this.log = log;
    }

    /** Something is wrong at an address; more addresses than are ever tried are not noted. */
    void meet(String address, Failure what) {
        if (!troubles.containsKey(address) && troubles.size() >= MemberTable.ADDRESSES_MAX) {
            return;
        }
        ActiveFailure before = troubles.put(address, new ActiveFailure(what, clock.nanos()));
        if (before == null || !before.what.equals(what)) {
            log.warn("a peer is not as it should be", "address", address, "what", what.text, "advice", what.advice);
        }
    }

    /** Nobody looks there any more. */
    void forget(String address) {
        troubles.remove(address);
    }

    /** All is well there. */
    void end(String address) {
        if (troubles.remove(address) != null) {
            log.info("a peer is as it should be again", "address", address);
        }
    }

    /** Ends those that were not met for a while. */
    void age() {
        long now = clock.nanos();
        troubles.forEach((address, trouble) -> {
            if (now - trouble.nanos >= keptNanos && troubles.remove(address, trouble)) {
                log.info("a peer that was not as it should be is silent", "address", address);
            }
        });
    }

    /** Whether there is one. */
    boolean at(String address) {
        return troubles.containsKey(address);
    }

    /** What is wrong there. */
    Optional<String> what(String address) {
        return Optional.ofNullable(troubles.get(address)).map(trouble -> trouble.what.text);
    }

    /** Those of now, by address. */
    List<HealthProblem> problems() {
        return troubles.entrySet().stream().map(each -> new HealthProblem(each.getValue().what.kind, "peer " + each.getKey() + ": "
                + each.getValue().what.sentence())).toList();
    }
}
