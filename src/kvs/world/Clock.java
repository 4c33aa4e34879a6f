package kvs.world;

/**
 * The door to time. There are two: the wall, which people and other nodes share and which may jump, and a monotonic counter, which only
 * measures how long something took. Whatever is stored or compared between nodes uses the wall; timers and limits use the counter.
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
