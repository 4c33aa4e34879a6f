package kvs.server;

import java.util.concurrent.TimeUnit;

/** The time at which a connection has been in its present state for too long, if ever. Belongs to a loop. */
final class ConnectionDeadline {

    /** Bytes of a body that earn a second. */
    static final int BODY_BYTES_PER_SECOND = 32 * 1_024;
    private static final long NEVER = Long.MAX_VALUE;

    private final Loop loop;
    private long nanos;

    /** A deadline in {@code ms}. */
    ConnectionDeadline(Loop loop, long ms) {
        this.loop = loop;
        in(ms);
    }

    /** Sets it anew. */
    void in(long ms) {
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
