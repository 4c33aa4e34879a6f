package kvs.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import kvs.world.Clock;
import org.junit.jupiter.api.Test;

/** The end of a time. */
class DeadlineTest {

    private static final long MS = 1_000_000;

    private final AtomicLong nanos = new AtomicLong();

    private final Clock clock = new Clock() {
        @Override
        public long wallMs() {
            return 0;
        }

        @Override
        public long nanos() {
            return nanos.get();
        }
    };

    @Test
    void timeThatIsLeftIsRoundedUp() {
        Deadline deadline = new Deadline(clock, 10 * MS);
        long[][] table = {{0, 10}, {1, 10}, {MS - 1, 10}, {MS, 9}, {10 * MS - 1, 1}, {10 * MS, 0},
                {10 * MS + 1, 0}, {11 * MS, -1}};
        for (long[] row : table) {
            nanos.set(row[0]);
            assertEquals(row[1], deadline.leftMs(), row[0] + " ns");
        }
    }

    /** A part of a wait that takes all the time that is left ends no moment before the whole does. */
    @Test
    void partOfAWaitEndsNoEarlierThanTheWhole() {
        Deadline whole = Deadline.in(clock, 10);
        nanos.set(MS / 2);
        Deadline part = Deadline.in(clock, whole.leftMs());
        nanos.set(MS / 2 + MS / 4);
        nanos.addAndGet(part.leftMs() * MS);
        assertTrue(whole.leftMs() <= 0);
    }
}
