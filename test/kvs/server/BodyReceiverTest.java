package kvs.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** A body between its connection and its handler. */
class BodyReceiverTest {

    private final BodyReceiver bodyReceiver = new BodyReceiver();
    private final ReadBuffer readBuffer = new ReadBuffer(TestServer.loop(), new Parser(1_000, 10));

    private CompletableFuture<byte[]> want(int bytes) {
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        assertTrue(bodyReceiver.want(bytes, whole));
        return whole;
    }

    private void begin(long length, boolean expects) {
        bodyReceiver.begin(new Framing(length, false, true, expects, Optional.empty()));
    }

    /** Takes what has come; whether it can be delivered. */
    private boolean takes() {
        bodyReceiver.take(readBuffer);
        return bodyReceiver.ready();
    }

    private void comes(String bytes) {
        readBuffer.set(bytes.getBytes(StandardCharsets.US_ASCII), bytes.length());
    }

    private void beginChunks() {
        bodyReceiver.begin(new Framing(0, true, true, false, Optional.empty()));
    }

    @Test
    void gathersABodyInChunksUntilItEnds() throws Exception {
        beginChunks();
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        assertTrue(bodyReceiver.want(100, more -> { }, whole));
        comes("3\r\nabc\r\n2\r");
        assertFalse(takes());
        assertTrue(bodyReceiver.unread() > 1L << 40, "nobody knows how much is left");
        comes("\nde\r\n0\r\nX: y\r\n\r\nGET");
        assertTrue(takes());
        assertEquals(0, bodyReceiver.unread());
        assertEquals(3, readBuffer.left(), "what follows is another request");
        bodyReceiver.deliver();
        assertArrayEquals("abcde".getBytes(StandardCharsets.US_ASCII), whole.get());
    }

    @Test
    void stopsAtWhatIsWantedAndGoesOnFromThere() throws Exception {
        beginChunks();
        CompletableFuture<byte[]> first = new CompletableFuture<>();
        assertTrue(bodyReceiver.want(2, more -> { }, first));
        comes("3\r\nabc\r\n0\r\n\r\n");
        assertTrue(takes());
        bodyReceiver.deliver();
        assertArrayEquals(new byte[] {'a', 'b'}, first.get());
        CompletableFuture<byte[]> second = new CompletableFuture<>();
        assertTrue(bodyReceiver.want(2, more -> { }, second));
        assertTrue(takes());
        bodyReceiver.deliver();
        assertArrayEquals(new byte[] {'c'}, second.get());
        assertFalse(bodyReceiver.want(1, new CompletableFuture<>()), "it has no length");
    }

    /** A sender of one byte costs no more than it sends, whatever it may send. */
    @Test
    void tellsOfMemoryBeforeItIsTaken() {
        beginChunks();
        List<Integer> rooms = new ArrayList<>();
        assertTrue(bodyReceiver.want(1 << 20, rooms::add, new CompletableFuture<>()));
        comes("fffff\r\n" + "x".repeat(10));
        assertFalse(takes());
        comes("x".repeat(20_000));
        assertFalse(takes());
        assertEquals(List.of(8_192, 11_818), rooms, "as much as has come, at least the first piece");
        bodyReceiver.fail("gone");
        beginChunks();
        assertTrue(bodyReceiver.want(1 << 20, more -> {
            throw new IllegalStateException("full");
        }, new CompletableFuture<>()));
        comes("1\r\nx");
        bodyReceiver.take(readBuffer);
        assertEquals("full", bodyReceiver.fault().orElseThrow().getMessage());
    }

    @Test
    void gathersAPartThatComesInPieces() throws Exception {
        begin(5, false);
        CompletableFuture<byte[]> whole = want(3);
        readBuffer.set(new byte[] {1}, 1);
        assertFalse(takes());
        readBuffer.set(new byte[] {2, 3, 4, 5, 6}, 5);
        assertTrue(takes());
        assertEquals(3, readBuffer.left());
        assertEquals(2, bodyReceiver.unread());
        assertFalse(whole.isDone());
        bodyReceiver.deliver();
        assertFalse(bodyReceiver.wanted());
        assertArrayEquals(new byte[] {1, 2, 3}, whole.get());
        CompletableFuture<byte[]> rest = want(2);
        assertTrue(takes());
        bodyReceiver.deliver();
        assertArrayEquals(new byte[] {4, 5}, rest.get());
        assertEquals(1, readBuffer.left());
        assertEquals(0, bodyReceiver.unread());
    }

    @Test
    void refusesMoreThanThereIsAndTwoWishesAtOnce() {
        begin(5, false);
        assertFalse(bodyReceiver.want(6, new CompletableFuture<>()));
        assertFalse(bodyReceiver.wanted());
        want(1);
        assertFalse(bodyReceiver.want(1, new CompletableFuture<>()));
    }

    @Test
    void discardsItsOwnBytesOnly() {
        begin(3, false);
        readBuffer.set(new byte[] {1, 2}, 2);
        bodyReceiver.discard(readBuffer);
        assertEquals(1, bodyReceiver.unread());
        readBuffer.set(new byte[] {3, 9, 9}, 3);
        bodyReceiver.discard(readBuffer);
        assertEquals(0, bodyReceiver.unread());
        assertEquals(2, readBuffer.left());
    }

    @Test
    void welcomesOnceAndNotWhenTheBodyComesAnyway() {
        begin(3, true);
        want(3);
        readBuffer.set(new byte[] {}, 0);
        assertFalse(takes());
        assertTrue(bodyReceiver.takeContinue());
        assertFalse(bodyReceiver.takeContinue());
        begin(3, true);
        readBuffer.set(new byte[] {1}, 1);
        assertFalse(takes());
        assertFalse(bodyReceiver.takeContinue());
    }

    @Test
    void failsWhoWaitsAndNobodyElse() {
        begin(3, false);
        bodyReceiver.fail("nobody waits");
        CompletableFuture<byte[]> whole = want(3);
        bodyReceiver.fail("gone");
        assertFalse(bodyReceiver.wanted());
        ExecutionException thrown = assertThrows(ExecutionException.class, whole::get);
        assertTrue(thrown.getCause() instanceof IOException && thrown.getCause().getMessage().equals("gone"));
    }

    @Test
    void forgetsTheBodyBefore() {
        beginChunks();
        begin(3, true);
        begin(0, false);
        assertEquals(0, bodyReceiver.unread());
        assertFalse(bodyReceiver.takeContinue());
    }
}
