package kvs.engine;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The body of the present request, as its connection reads it: only what its handler asks for. Belongs to a loop. */
final class Upload {

    private long unread;
    /** Whether the client waits to be told to send it. */
    private boolean expects;
    private Optional<Wanted> wanted = Optional.empty();

    /** A part that the handler waits for. */
    private record Wanted(byte[] bytes, CompletableFuture<byte[]> whole, int count) { }

    /** A request with a body of that length has come. */
    void begin(Framing framing) {
        unread = framing.length();
        expects = framing.expects();
    }

    /** Bytes that have not been read. */
    long unread() {
        return unread;
    }

    /** Whether the handler waits for some. */
    boolean wanted() {
        return wanted.isPresent();
    }

    /** Whether the client waits for a word, which it gets now or never. */
    boolean welcome() {
        boolean waited = expects;
        expects = false;
        return waited;
    }

    /** The handler asks for the next {@code bytes}; whether it may. */
    boolean want(int bytes, CompletableFuture<byte[]> whole) {
        boolean may = wanted.isEmpty() && bytes <= unread;
        if (may) {
            wanted = Optional.of(new Wanted(new byte[bytes], whole, 0));
        }
        return may;
    }

    /** Takes what has come; whether that is all that is wanted, and can be delivered. */
    boolean take(Incoming incoming) {
        Wanted part = wanted.orElseThrow();
        int count = incoming.take(part.bytes, part.count, part.bytes.length - part.count);
        unread -= count;
        expects = expects && count == 0;
        wanted = Optional.of(new Wanted(part.bytes, part.whole, part.count + count));
        return part.count + count == part.bytes.length;
    }

    /** Gives the handler what it has asked for. It may finish its exchange in this call. */
    void deliver() {
        Wanted part = wanted.orElseThrow();
        wanted = Optional.empty();
        part.whole.complete(part.bytes);
    }

    /** Throws away what has come, because no handler wants it. */
    void discard(Incoming incoming) {
        unread -= incoming.skip(unread);
    }

    /** What the handler waits for, if it does, will not come. */
    void fail(String why) {
        Optional<Wanted> broken = wanted;
        wanted = Optional.empty();
        broken.ifPresent(part -> part.whole.completeExceptionally(new IOException(why)));
    }
}
