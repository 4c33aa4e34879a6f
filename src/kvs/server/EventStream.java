package kvs.server;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * The body of a response without an end, which is sent when there is something to send: a record on the loop
 * of its connection, for which no thread waits. It takes bytes only while its client has all before them, so
 * it holds what was taken at once, and nothing at rest. A connection that is silent for a while sends a
 * comment. All methods but {@link #lane} are for that executor.
 */
public final class EventStream {

    /** Share of the interval of comments by which streams differ: not all of them send in one moment. */
    private static final int SPREAD = 3;
    /** Spreads numbers that are close to each other (the golden ratio). */
    private static final long SCATTER = 0x9E3779B97F4A7C15L;
    private static final byte[] NOTHING = {};

    private final NioExchange exchange;
    private final Connection connection;
    private final ResponseBodyStream body;
    private final byte[] comment;
    private final long intervalNanos;
    private long sentAt;
    private Optional<Runnable> waiting = Optional.empty();
    private boolean over;

    /**
     * A comment that shows that a silent stream is alive.
     *
     * @param bytes must not be modified any more
     * @param intervalMs maximum time without a byte
     */
    public record IdleComment(byte[] bytes, long intervalMs) { }

    /** The body of {@code exchange}, whose head is written. */
    EventStream(NioExchange exchange, Connection connection, ResponseBodyStream body, IdleComment idle) {
        this.exchange = exchange;
        this.connection = connection;
        this.body = body;
        this.comment = idle.bytes;
        long intervalNanos = TimeUnit.MILLISECONDS.toNanos(idle.intervalMs);
        this.intervalNanos = intervalNanos
                - Math.floorMod(System.identityHashCode(this) * SCATTER, intervalNanos / SPREAD);
        this.sentAt = connection.loop.now();
    }

    /**
     * The executor of all streams of this loop: it runs tasks in their order, between two turns of the
     * connections; {@code RejectedExecutionException} after the server was stopped. Thread-safe.
     */
    public Executor lane() {
        return connection.loop.lane;
    }

    /** Whether its client has all bytes, and the loop may hold more for its clients. */
    public boolean isReady() {
        return !over && connection.writeQueue.pending() == 0 && connection.sender.hasRoom();
    }

    /** Sends bytes, which must not be modified any more; {@code false}: it was not ready, nothing is sent. */
    public boolean offer(byte[] bytes) {
        if (!isReady()) {
            return false;
        }
        send(bytes);
        return true;
    }

    private void send(byte[] bytes) {
        body.send(bytes);
        sentAt = connection.loop.now();
    }

    /** Runs {@code then} on the lane as soon as it is ready; never when it ends before. One at a time. */
    public void whenReady(Runnable then) {
        waiting = Optional.of(then);
        check();
    }

    /** Sends {@code last} and ends the response; the connection may serve another request. */
    public void end(byte[] last) {
        if (over) {
            return;
        }
        over = true;
        waiting = Optional.empty();
        try {
            if (!connection.isClosed()) {
                body.send(last);
            }
            body.close();
        } catch (IOException impossible) {
            exchange.close();
        }
    }

    /** Ends it without a last byte. */
    void end() {
        end(NOTHING);
    }

    /** Called when the client has taken bytes. */
    void check() {
        if (waiting.isPresent() && isReady()) {
            Runnable then = waiting.get();
            waiting = Optional.empty();
            connection.turns.later(then);
        }
    }

    /** Called a few times a second. */
    void tick(long nanos) {
        check();
        if (nanos - sentAt >= intervalNanos && isReady()) {
            send(comment);
        }
    }
}
