package kvs.server;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * The body of the present request, as its connection reads it: only the bytes that its handler requests. A
 * body with a length is read in parts of a known size; one in chunks until it ends, or has the requested
 * bytes. Belongs to a loop.
 */
final class BodyReceiver {

    private static final int FIRST_BYTES = 8 * 1_024;
    /** Unknown number of bytes. */
    private static final long UNKNOWN = Long.MAX_VALUE;

    private long unread;
    /** Whether the client waits for {@code 100 Continue} before it sends the body. */
    private boolean expects;
    /** The decoder of a body in chunks; empty for one with a length. */
    private Optional<ChunkDecoder> chunks = Optional.empty();
    private Optional<PendingRead> wanted = Optional.empty();
    /** Runs when the client sends no more, and at the latest when the exchange ends. */
    private Optional<Runnable> lastResponse = Optional.empty();
    private boolean over;
    private Optional<Exception> fault = Optional.empty();

    /** A part that the handler waits for. */
    private static final class PendingRead {

        private final int most;
        private final IntConsumer onSpace;
        private final CompletableFuture<byte[]> whole;
        private byte[] bytes = {};
        private int count;

        PendingRead(int most, IntConsumer onSpace, CompletableFuture<byte[]> whole) {
            this.most = most;
            this.onSpace = onSpace;
            this.whole = whole;
        }

        /** Makes space for some more of the bytes that have arrived; the accounting of bytes may refuse. */
        int room(int coming) {
            int more = Math.min(coming, most - count);
            if (count + more > bytes.length) {
                int size = (int) Math.min(most,
                        Math.max(Math.max(count + more, FIRST_BYTES), 2L * bytes.length));
                onSpace.accept(size - bytes.length);
                bytes = Arrays.copyOf(bytes, size);
            }
            return more;
        }
    }

    /** Begins the body of a new request. */
    void begin(Framing framing) {
        chunks = framing.chunked() ? Optional.of(new ChunkDecoder()) : Optional.empty();
        unread = framing.chunked() ? UNKNOWN : framing.length();
        expects = framing.expects();
        fault = Optional.empty();
        over = false;
    }

    /** Bytes that have not been read; a huge number while a body in chunks has not ended. */
    long unread() {
        return unread;
    }

    /** Whether the handler waits for some bytes. */
    boolean wanted() {
        return wanted.isPresent();
    }

    /** Whether the client waits for {@code 100 Continue}, which it gets now or never. */
    boolean takeContinue() {
        boolean waited = expects;
        expects = false;
        return waited;
    }

    /** Requests the next {@code bytes} for the handler; whether it may. */
    boolean want(int bytes, CompletableFuture<byte[]> whole) {
        boolean may = wanted.isEmpty() && chunks.isEmpty() && bytes <= unread;
        if (may) {
            wanted = Optional.of(new PendingRead(bytes, more -> { }, whole));
            wanted.get().bytes = new byte[bytes];
        }
        return may;
    }

    /** Requests the rest of a body in chunks for the handler, at most {@code bytes}; whether it may. */
    boolean want(int bytes, IntConsumer onSpace, CompletableFuture<byte[]> whole) {
        boolean may = wanted.isEmpty() && chunks.isPresent();
        if (may) {
            wanted = Optional.of(new PendingRead(bytes, onSpace, whole));
        }
        return may;
    }

    /**
     * Whether the requested part is complete, before any more has arrived: no bytes are requested, or none
     * are left.
     */
    boolean ready() {
        PendingRead part = wanted.orElseThrow();
        return part.count == part.most || chunks.isPresent() && chunks.get().done();
    }

    /** Takes the bytes that have arrived; the number of them that are the body's own. */
    int take(ReadBuffer readBuffer) {
        PendingRead part = wanted.orElseThrow();
        int before = part.count;
        expects = expects && readBuffer.left() == 0;
        if (chunks.isEmpty()) {
            part.count += readBuffer.take(part.bytes, part.count, part.most - part.count);
            unread -= part.count - before;
            return part.count - before;
        }
        try {
            take(part, chunks.get(), readBuffer);
        } catch (RuntimeException refused) {
            fault = Optional.of(refused);
        }
        return part.count - before;
    }

    private void take(PendingRead part, ChunkDecoder body, ReadBuffer readBuffer) {
        while (readBuffer.left() > 0 && part.count < part.most && !body.done() && !body.bad()) {
            int ready = (int) Math.min(body.ready(), readBuffer.left());
            if (ready > 0) {
                int count = take(part, readBuffer, ready);
                part.count += count;
                body.taken(count);
            } else {
                body.next(readBuffer.next());
            }
        }
        unread = body.done() ? 0 : UNKNOWN;
        if (body.bad()) {
            fault = Optional.of(
                    new IOException("the chunks of the body are malformed, or have too much overhead"));
        }
    }

    /** Takes bytes of a chunk. Space first: it may replace the array. */
    private static int take(PendingRead part, ReadBuffer readBuffer, int ready) {
        int more = part.room(ready);
        return readBuffer.take(part.bytes, part.count, more);
    }

    /** The reason why the body cannot be read to its end. */
    Optional<Exception> fault() {
        return fault;
    }

    /** Delivers the requested part to the handler. It may finish its exchange in this call. */
    void deliver() {
        PendingRead part = wanted.orElseThrow();
        wanted = Optional.empty();
        part.whole.complete(part.count == part.bytes.length ? part.bytes
                : Arrays.copyOf(part.bytes, part.count));
    }

    /** Discards the bytes that have arrived, because no handler wants them. */
    void discard(ReadBuffer readBuffer) {
        unread -= readBuffer.skip(unread);
    }

    /** Runs {@code then} when nothing more comes from the client: now, or later. */
    void onDisconnect(Runnable then) {
        if (over) {
            then.run();
        } else {
            lastResponse = Optional.of(then);
        }
    }

    /**
     * Fails the part that the handler waits for, if it waits. Nearly every exchange ends here with nothing
     * requested, and an exception with its stack costs as much as half a read.
     */
    void fail(String why) {
        fail(() -> new IOException(why));
    }

    /** The same with the exception that caused it. */
    void fail(Exception failure) {
        fail(() -> failure);
    }

    private void fail(Supplier<Exception> why) {
        Optional<PendingRead> broken = wanted;
        wanted = Optional.empty();
        broken.ifPresent(part -> part.whole.completeExceptionally(why.get()));
        over = true;
        Optional<Runnable> last = lastResponse;
        lastResponse = Optional.empty();
        last.ifPresent(Runnable::run);
    }
}
