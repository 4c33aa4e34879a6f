package kvs.http;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import kvs.store.TimelyWrite;
import kvs.world.Clock;

/**
 * The time that a request is here, and how much of it nobody but its sender is to blame for: waits that it asked for ({@code ?watch}, {@code
 * ?wait}, {@code ?copies}, {@code KVS-Position}, polls of peers), and the sending of its body. Thread-safe.
 */
final class Stay {

    private final String method;
    private final String id;
    private final Clock clock;
    private final long beganNanos;
    private final LongAdder waitedNanos = new LongAdder();
    private volatile String route;

    /** The stay of a request that has just come, by a route that is not known yet. */
    Stay(String method, String id, Clock clock) {
        this.method = method;
        this.id = id;
        this.clock = clock;
        this.route = Traffic.UNKNOWN;
        this.beganNanos = clock.nanos();
    }

    /** In capitals, as it came. */
    String method() {
        return method;
    }

    /** For logs and answers. */
    String id() {
        return id;
    }

    /** The pattern of its route, never its path. */
    String route() {
        return route;
    }

    /** Whether its route is known. */
    boolean knowsRoute() {
        return !route.equals(Traffic.UNKNOWN);
    }

    /** Goes by that route. */
    void by(Route found) {
        route = found.pattern();
    }

    /** What {@code wait} gives; the time until then is not counted. */
    <T> CompletionStage<T> waiting(Supplier<CompletionStage<T>> wait) {
        long began = clock.nanos();
        return wait.get().whenComplete((done, thrown) -> waitedNanos.add(clock.nanos() - began));
    }

    /** Refuses to begin what has waited for its turn too long. */
    void checkWait() {
        if (TimelyWrite.late(0, nanos())) {
            throw TimelyWrite.refusal();
        }
    }

    /** Time so far, without the waits. */
    long nanos() {
        return clock.nanos() - beganNanos - waitedNanos.sum();
    }
}
