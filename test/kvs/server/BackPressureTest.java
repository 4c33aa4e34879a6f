package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import kvs.world.Logger;
import kvs.world.Threads;
import org.junit.jupiter.api.Test;

/** A thread that makes an answer and one that sends it. */
class BackPressureTest {

    private static final int AHEAD = 96 * 1_024;
    private static final int PIECE = 16 * 1_024;

    private final BackPressure flow = new BackPressure();
    private final AtomicInteger handed = new AtomicInteger();

    private Thread maker(int pieces) {
        Thread maker = new Threads(Logger.none()).thread("maker", true, () -> {
            try {
                for (int i = 0; i < pieces; i++) {
                    flow.hand(PIECE);
                    handed.incrementAndGet();
                }
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        });
        maker.start();
        return maker;
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            assertTrue(thread.isAlive());
            Thread.onSpinWait();
        }
    }

    @Test
    void letsItsMakerWaitWhileNothingIsSent() {
        Thread maker = maker(20);
        awaitWaiting(maker);
        assertEquals(AHEAD / PIECE, handed.get());
        flow.gone(PIECE);
        while (handed.get() == AHEAD / PIECE) {
            Thread.onSpinWait();
        }
        awaitWaiting(maker);
        assertEquals(AHEAD / PIECE + 1, handed.get());
        flow.gone(20 * PIECE);
        Threads.join(maker);
        assertEquals(20, handed.get());
    }

    @Test
    void freesItsMakerWhenTheConnectionBreaks() {
        Thread maker = maker(20);
        awaitWaiting(maker);
        flow.broken();
        Threads.join(maker);
        assertEquals(AHEAD / PIECE, handed.get());
        assertThrows(IOException.class, () -> flow.hand(1));
    }

    @Test
    void takesOnePieceThatIsLargerThanAll() throws IOException {
        flow.hand(10 * AHEAD);
        flow.gone(10 * AHEAD);
        flow.hand(1);
    }
}
