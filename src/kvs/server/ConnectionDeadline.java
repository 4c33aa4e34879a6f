package kvs.server;

import java.util.concurrent.TimeUnit;

/** The time at which a connection has been in its present state for too long, if ever. Belongs to a loop. */
final class ConnectionDeadline {

    /** Bytes of a body that earn a second. */
    static final int BODY_BYTES_PER_SECOND = 32 * 1_024;
    private static final long NEVER = Long.MAX_VALUE;
    private static final long LINGER_MS = 2_000;
    /** The same when the server stops. */
    private static final long LAST_LINGER_MS = 200;
    /** Time for the first request of a new connection when the server stops. */
    private static final long FIRST_REQUEST_MS = 100;
    /** Time for the rest of a head when the server stops. */
    private static final long LAST_HEAD_MS = 2_000;

    private final Loop loop;
    private final ServerLimits.Timeouts times;
    private long nanos;

    /** The deadline of a new connection. */
    ConnectionDeadline(Loop loop, ServerLimits.Timeouts times) {
        this.loop = loop;
        this.times = times;
        idle(false);
    }

    /** Sets it for the next request; {@code last}: the server stops. */
    void idle(boolean last) {
        in(last ? FIRST_REQUEST_MS : times.idle());
    }

    /** Sets it for the rest of a head, or of a handshake. */
    void head() {
        in(times.head());
    }

    /** The same when the server stops. */
    void lastHead() {
        in(LAST_HEAD_MS);
    }

    /** Sets it for a part of a body. */
    void body() {
        in(times.body());
    }

    /** Sets it for the client to close; {@code last}: the server stops. */
    void linger(boolean last) {
        in(last ? LAST_LINGER_MS : LINGER_MS);
    }

    private void in(long ms) {
        nanos = loop.in(ms);
    }

    /** Removes it. */
    void never() {
        nanos = NEVER;
    }

    /** Whether it is set. */
    boolean isSet() {
        return nanos != NEVER;
    }

    /** The time. */
    long nanos() {
        return nanos;
    }

    /** Extends it by the time that {@code bytes} of a body earn. */
    void earn(int bytes) {
        nanos += isSet() ? TimeUnit.SECONDS.toNanos(bytes) / BODY_BYTES_PER_SECOND : 0;
    }

    /** Whether it has passed. */
    boolean passed(long now) {
        return isSet() && now - nanos > 0;
    }
}
