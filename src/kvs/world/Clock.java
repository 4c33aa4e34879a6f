package kvs.world;

import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Locale;

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

    /** The text of {@link #utc}. */
    DateTimeFormatter UTC_MS = new DateTimeFormatterBuilder().appendInstant(3).toFormatter(Locale.ROOT);

    /**
     * Unix milliseconds as ISO 8601 in UTC, with all three digits of the milliseconds: so times stand in
     * columns, and sort as texts.
     */
    static String utc(long wallMs) {
        return UTC_MS.format(Instant.ofEpochMilli(wallMs));
    }

    /** Unix time in milliseconds; may go backwards. */
    long wallMs();

    /** Nanoseconds since an arbitrary moment of this process; never goes backwards. */
    long nanos();
}
