package kvs.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import kvs.sim.SimDice;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bytes that go out through a channel that takes few of them. */
class SendQueueTest {

    /** Takes as many bytes as it has room for. */
    private static final class Narrow implements Transport {

        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
        private int room;
        private int calls;
        private boolean broken;
        /** Bytes that were taken and not sent. */
        private int unsent;

        @Override
        public int write(ByteBuffer bytes) throws IOException {
            calls++;
            if (broken) {
                throw new IOException("broken");
            }
            byte[] some = new byte[Math.min(room, bytes.remaining())];
            bytes.get(some);
            taken.writeBytes(some);
            room -= some.length;
            return some.length;
        }

        @Override
        public int unsent() {
            return unsent;
        }

        @Override
        public int read(int most) {
            return 0;
        }

        @Override
        public void end() {
            broken = true;
        }
    }

    private final Narrow channel = new Narrow();
    private TestServer rig;
    private Loop loop;
    private SendQueue writeQueue;

    @BeforeEach
    void open() throws IOException {
        rig = new TestServer(Optional.empty());
        loop = new Loop("kvs-test-loop", true, rig.dependencies);
        writeQueue = new SendQueue(channel, loop, rig.server, loop::later);
    }

    @AfterEach
    void close() {
        writeQueue.close();
        assertEquals(0, loop.held());
        loop.start();
        loop.stop();
        rig.start().close();
    }

    private static byte[] bytes(int count, int seed) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (seed + i * 31 + i / 256);
        }
        return bytes;
    }

    @Test
    void keepsTheOrderOfBytesHoweverFewAreTaken() throws IOException {
        SimDice dice = new SimDice(5);
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        for (int i = 0; i < 2_000; i++) {
            int kind = dice.below(10);
            byte[] piece = bytes(kind == 0 ? 100_000 : dice.below(300), i);
            int from = piece.length / 3;
            writeQueue.add(piece, from, piece.length - from);
            expected.write(piece, from, piece.length - from);
            channel.room = dice.below(kind == 1 ? 300_000 : 2_000);
            writeQueue.flush();
            if (kind == 2) {
                writeQueue.own();
                Arrays.fill(piece, (byte) -1);
            } else if (kind == 3) {
                writeQueue.setAside();
                Arrays.fill(piece, (byte) -1);
            }
            assertEquals(expected.size() - channel.taken.size(), writeQueue.pending());
            assertTrue(loop.held() >= writeQueue.pending()
                    && (loop.held() == 0) == (writeQueue.pending() == 0));
        }
        channel.room = Integer.MAX_VALUE;
        for (long before = Long.MAX_VALUE; writeQueue.pending() > 0 && writeQueue.pending() < before; ) {
            before = writeQueue.pending();
            writeQueue.flush();
        }
        assertEquals(0, writeQueue.pending());
        assertArrayEquals(expected.toByteArray(), channel.taken.toByteArray());
    }

    @Test
    void ownsWhatIsNotSent() throws IOException {
        byte[] first = bytes(1_000, 1);
        byte[] second = bytes(1_000, 2);
        byte[] expected = Arrays.copyOf(first, 2_000);
        System.arraycopy(second, 0, expected, 1_000, 1_000);
        channel.room = 700;
        writeQueue.add(first, 0, first.length);
        writeQueue.flush();
        writeQueue.own();
        Arrays.fill(first, (byte) 0);
        writeQueue.add(second, 0, second.length);
        writeQueue.flush();
        writeQueue.own();
        Arrays.fill(second, (byte) 0);
        assertEquals(1_300, writeQueue.pending());
        channel.room = 5_000;
        writeQueue.flush();
        assertArrayEquals(expected, channel.taken.toByteArray());
    }

    @Test
    void sendsManySmallPiecesByOneCall() throws IOException {
        for (int i = 0; i < 100; i++) {
            writeQueue.add(bytes(100, i), 0, 100);
        }
        channel.room = Integer.MAX_VALUE;
        writeQueue.flush();
        assertEquals(1, channel.calls);
        writeQueue.flush();
        assertEquals(1, channel.calls);
    }

    @Test
    void stallsUntilEnoughHasMoved() throws IOException {
        long late = loop.in(TestServer.PATIENT.stall()) + TimeUnit.SECONDS.toNanos(1);
        assertFalse(writeQueue.stalled(late));
        writeQueue.add(bytes(50_000, 1), 0, 50_000);
        writeQueue.flush();
        assertTrue(writeQueue.stalled(late));
        assertFalse(writeQueue.stalled(loop.now()));
        assertEquals(loop.in(TestServer.PATIENT.stall()), writeQueue.stallAt());
        channel.room = Integer.MAX_VALUE;
        writeQueue.flush();
        assertFalse(writeQueue.stalled(late));
    }

    @Test
    void waitsForWhatItsTransportHasNotSent() throws IOException {
        channel.room = 1_000;
        channel.unsent = 300;
        writeQueue.add(bytes(1_000, 1), 0, 1_000);
        writeQueue.flush();
        assertEquals(300, writeQueue.pending());
        assertEquals(300, loop.held());
        assertTrue(writeQueue.stalled(Long.MAX_VALUE / 2));
        writeQueue.flush();
        assertEquals(2, channel.calls);
        channel.unsent = 0;
        writeQueue.flush();
        assertEquals(0, writeQueue.pending());
        assertEquals(0, loop.held());
        assertFalse(writeQueue.stalled(Long.MAX_VALUE / 2));
    }

    @Test
    void tellsItsMakerWhatIsGoneOfThatOnly() throws IOException {
        BackPressure flow = new BackPressure();
        writeQueue.add(bytes(500, 1), 0, 500);
        flow.hand(96 * 1_024);
        channel.room = 400;
        writeQueue.add(bytes(96 * 1_024, 2), flow);
        writeQueue.flush();
        channel.room = 101;
        writeQueue.flush();
        flow.hand(1);
        writeQueue.endResponse();
    }

    @Test
    void breaksTheFlowAndForgetsAllWhenItCloses() throws IOException {
        BackPressure flow = new BackPressure();
        flow.hand(1_000);
        writeQueue.add(bytes(1_000, 2), flow);
        writeQueue.flush();
        assertEquals(1_000, loop.held());
        channel.end();
        assertThrows(IOException.class, writeQueue::flush);
        writeQueue.close();
        writeQueue.add(bytes(10, 1), 0, 10);
        assertEquals(0, writeQueue.pending());
        assertEquals(0, loop.held());
        assertThrows(IOException.class, () -> flow.hand(1));
    }
}
