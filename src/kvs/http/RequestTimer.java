package kvs.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import kvs.store.DeadlineWrite;
import kvs.world.Clock;

/**
 * The time of a request on this node, and the part of it that only its sender causes: waits that it requested
 * ({@code ?watch}, {@code ?wait}, {@code ?copies}, {@code KVS-Position}, polls of peers), and the sending of
 * its body. Thread-safe.
 */
public final class RequestTimer {

    /**
     * The route of a request that has none, or was refused before routing; the method of a request with none
     * of ours.
     */
    public static final String UNKNOWN = "unknown";

    private final String method;
    private final String id;
    private final Clock clock;
    private final long beganNanos;
    private final LongAdder waitedNanos = new LongAdder();
    private volatile String route;
    /** Set once, before the request is served. */
    private Consumer<Runnable> onClose = then -> { };
    private final AtomicBoolean connected = new AtomicBoolean();
    private volatile boolean over;
    /** Completes the present wait. */
    private volatile Runnable wakes = () -> { };

    /** The timer of a request that has just arrived, whose route is not known yet. */
    public RequestTimer(String method, String id, Clock clock) {
        this.method = method;
        this.id = id;
        this.clock = clock;
        this.route = UNKNOWN;
        this.beganNanos = clock.nanos();
    }

    /** In capitals, as received. */
    public String method() {
        return method;
    }

    /** The request id, for logs and responses. */
    public String id() {
        return id;
    }

    /** The pattern of its route, never its path. */
    public String route() {
        return route;
    }

    /** Whether its route is known. */
    public boolean knowsRoute() {
        return !route.equals(UNKNOWN);
    }

    /** Sets the route. */
    public void by(Route found) {
        route = found.pattern();
    }

    /** The result of {@code wait}; the time until then is not counted. */
    public <T> CompletionStage<T> waiting(Supplier<CompletionStage<T>> wait) {
        long began = clock.nanos();
        return wait.get().whenComplete((done, thrown) -> waitedNanos.add(clock.nanos() - began));
    }

    /** Sets the source of the notice that the client is gone. */
    public void endsWith(Consumer<Runnable> whenGone) {
        onClose = whenGone;
    }

    /** Whether the client is gone, as far as a wait listened for that: its wait is then over. */
    public boolean isOver() {
        return over;
    }

    /**
     * The result of {@code wait}, or nothing as soon as the client is gone; the time until then is not
     * counted.
     */
    public CompletionStage<Void> parked(Supplier<CompletionStage<Void>> wait) {
        return parked(wait, null);
    }

    /**
     * The result of {@code wait}, or {@code gone} as soon as the client is gone. One wait after the other.
     */
    public <T> CompletionStage<T> parked(Supplier<CompletionStage<T>> wait, T gone) {
        CompletableFuture<T> woken = wait.get().toCompletableFuture();
        if (!woken.isDone()) {
            wakes = () -> woken.complete(gone);
            if (over) {
                woken.complete(gone);
            } else if (connected.compareAndSet(false, true)) {
                onClose.accept(this::leave);
            }
        }
        return waiting(() -> woken);
    }

    private void leave() {
        over = true;
        wakes.run();
    }

    /** Refuses to begin a request that has queued too long. */
    public void checkWait() {
        if (DeadlineWrite.late(0, nanos())) {
            throw DeadlineWrite.refusal();
        }
    }

    /** Time so far, without the waits. */
    public long nanos() {
        return clock.nanos() - beganNanos - waitedNanos.sum();
    }
}
