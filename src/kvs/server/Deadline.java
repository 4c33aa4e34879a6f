package kvs.server;

import java.util.concurrent.TimeUnit;

/** When a connection has been in its present state for too long, if ever. Belongs to a loop. */
final class Deadline {

    /** A body earns a second for each so many bytes that come. */
    static final int BODY_BYTES_PER_SECOND = 32 * 1_024;
    private static final long NEVER = Long.MAX_VALUE;

    private final Loop loop;
    private long nanos;

    /** A deadline in {@code ms}. */
    Deadline(Loop loop, long ms) {
        this.loop = loop;
        in(ms);
    }

    /** Sets it anew. */
    void in(long ms) {
        nanos = loop.in(ms);
    }

    /** Takes it away. */
    void never() {
        nanos = NEVER;
    }

    /** Whether there is one. */
    boolean isSet() {
        return nanos != NEVER;
    }

    /** The moment. */
    long nanos() {
        return nanos;
    }

    /** So many bytes of a body have come. */
    void earn(int bytes) {
        nanos += isSet() ? TimeUnit.SECONDS.toNanos(bytes) / BODY_BYTES_PER_SECOND : 0;
    }

    /** Whether it has passed. */
    boolean passed(long now) {
        return isSet() && now - nanos > 0;
    }
}
