package kvs.world;

/**
 * The interface to time. There are two clocks: the wall clock, which people and other nodes share and which
 * may jump, and a monotonic counter, which only measures durations. Times that are stored or compared between
 * nodes use the wall clock; timers and limits use the counter.
 *
 * <p>Thread-safe.
 */
public interface Clock {

    /** The clock of this machine. */
    Clock REAL = new Clock() {
        @Override
        public long wallMs() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };

    /** Unix time in milliseconds; may go backwards. */
    long wallMs();

    /** Nanoseconds since an arbitrary moment of this process; never goes backwards. */
    long nanos();
}
