package kvs.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** A body between its connection and its handler. */
class UploadTest {

    private final Upload upload = new Upload();
    private final Incoming incoming = new Incoming(Rig.loop(), new Parser(1_000, 10));

    private CompletableFuture<byte[]> want(int bytes) {
        CompletableFuture<byte[]> whole = new CompletableFuture<>();
        assertTrue(upload.want(bytes, whole));
        return whole;
    }

    private void begin(long length, boolean expects) {
        upload.begin(new Framing(length, true, expects, Optional.empty()));
    }

    @Test
    void gathersAPartThatComesInPieces() throws Exception {
        begin(5, false);
        CompletableFuture<byte[]> whole = want(3);
        incoming.set(new byte[] {1}, 1);
        assertFalse(upload.take(incoming));
        incoming.set(new byte[] {2, 3, 4, 5, 6}, 5);
        assertTrue(upload.take(incoming));
        assertEquals(3, incoming.left());
        assertEquals(2, upload.unread());
        assertFalse(whole.isDone());
        upload.deliver();
        assertFalse(upload.wanted());
        assertArrayEquals(new byte[] {1, 2, 3}, whole.get());
        CompletableFuture<byte[]> rest = want(2);
        assertTrue(upload.take(incoming));
        upload.deliver();
        assertArrayEquals(new byte[] {4, 5}, rest.get());
        assertEquals(1, incoming.left());
        assertEquals(0, upload.unread());
    }

    @Test
    void refusesMoreThanThereIsAndTwoWishesAtOnce() {
        begin(5, false);
        assertFalse(upload.want(6, new CompletableFuture<>()));
        assertFalse(upload.wanted());
        want(1);
        assertFalse(upload.want(1, new CompletableFuture<>()));
    }

    @Test
    void discardsItsOwnBytesOnly() {
        begin(3, false);
        incoming.set(new byte[] {1, 2}, 2);
        upload.discard(incoming);
        assertEquals(1, upload.unread());
        incoming.set(new byte[] {3, 9, 9}, 3);
        upload.discard(incoming);
        assertEquals(0, upload.unread());
        assertEquals(2, incoming.left());
    }

    @Test
    void welcomesOnceAndNotWhenTheBodyComesAnyway() {
        begin(3, true);
        want(3);
        incoming.set(new byte[] {}, 0);
        assertFalse(upload.take(incoming));
        assertTrue(upload.welcome());
        assertFalse(upload.welcome());
        begin(3, true);
        incoming.set(new byte[] {1}, 1);
        assertFalse(upload.take(incoming));
        assertFalse(upload.welcome());
    }

    @Test
    void failsWhoWaitsAndNobodyElse() {
        begin(3, false);
        upload.fail("nobody waits");
        CompletableFuture<byte[]> whole = want(3);
        upload.fail("gone");
        assertFalse(upload.wanted());
        ExecutionException thrown = assertThrows(ExecutionException.class, whole::get);
        assertTrue(thrown.getCause() instanceof IOException && thrown.getCause().getMessage().equals("gone"));
    }

    @Test
    void forgetsTheBodyBefore() {
        begin(3, true);
        begin(0, false);
        assertEquals(0, upload.unread());
        assertFalse(upload.welcome());
    }
}
