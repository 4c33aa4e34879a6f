package kvs.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What is to be sent on a connection, in order. What fits into the loop's buffer is gathered there and goes out by one call of the system. What a
 * client does not take is held, not for ever: a little as it came, much in slabs off the heap. Belongs to its loop.
 */
final class WriteQueue {

    /** Less than this in the time for a stall is no progress. */
    static final int PROGRESS_BYTES = 4_096;
    private static final long NEVER = Long.MAX_VALUE;

    private final WritableByteChannel channel;
    private final Loop loop;
    private final NioServer server;
    private final Executor later;
    /** What comes first. */
    private final ArrayDeque<ByteBuffer> slabs = new ArrayDeque<>();
    private long inSlabs;
    private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
    /** How much of the first piece is gone. */
    private int gone;
    private long pending;
    /** What the loop was told that this holds. */
    private long told;
    /** Until when the answer must have moved, and how much it has since that was set. */
    private long stallAt = NEVER;
    private long moved;
    private long movedAt;
    /** Who makes the answer piece by piece, and bytes of theirs that have come. */
    private Optional<BackPressure> flow = Optional.empty();
    private long streamed;
    private boolean closed;
    /** Whether it will be seen soon if the client takes much of what is on the heap. */
    private boolean watched;

    /** Some bytes of an array, which must not change. */
    private record Piece(byte[] bytes, int from, int count) { }

    /** {@code later} has the loop do something in its next turn; a fault in that must cost the connection. */
    WriteQueue(WritableByteChannel channel, Loop loop, NioServer server, Executor later) {
        this.later = later;
        this.channel = channel;
        this.loop = loop;
        this.server = server;
    }

    /** Adds bytes at the end; they are kept until they are sent. */
    void add(byte[] bytes, int from, int count) {
        if (count > 0 && !closed) {
            pieces.add(new Piece(bytes, from, count));
            pending += count;
        }
    }

    /** Adds a piece of an answer whose maker is told how it goes. */
    void add(byte[] bytes, BackPressure made) {
        flow = Optional.of(made);
        streamed += bytes.length;
        add(bytes, 0, bytes.length);
    }

    /** An answer is whole. */
    void whole() {
        flow = Optional.empty();
        streamed = 0;
    }

    /** Bytes that are not sent. */
    long pending() {
        return pending;
    }

    /** The moment at which the client must have read something, if it has to read anything. */
    long stallAt() {
        return stallAt;
    }

    /** When the client took something last. */
    long movedAt() {
        return movedAt;
    }

    /** Whether it has not. */
    boolean stalled(long nanos) {
        return stallAt != NEVER && nanos - stallAt > 0;
    }

    /**
     * Sends as much as the channel takes of one buffer; how many bytes. Never more, before other connections have their turn: the kernel takes half
     * a megabyte for a client that does not read, and needs milliseconds for that.
     */
    long flush() throws IOException {
        long before = pending;
        if (!slabs.isEmpty()) {
            sendSlab(slabs.getFirst());
        } else if (pending > 0) {
            gather(loop.out.clear());
            forget(channel.write(loop.out.flip()));
        }
        long sent = before - pending;
        account(sent);
        watch();
        return sent;
    }

    private void sendSlab(ByteBuffer slab) throws IOException {
        int sent = channel.write(slab);
        inSlabs -= sent;
        pending -= sent;
        if (!slab.hasRemaining()) {
            loop.slabs.give(slabs.removeFirst());
        }
    }

    private long onHeap() {
        return pending - inSlabs;
    }

    /** Who reads takes more in the next turn, and needs no copy. */
    private void watch() {
        if (onHeap() >= OffHeapBlocks.BYTES && !watched) {
            watched = true;
            long left = pending;
            later.execute(() -> settle(left));
        }
    }

    private void settle(long left) {
        watched = false;
        if (pending >= left && onHeap() >= OffHeapBlocks.BYTES) {
            setAside();
        } else {
            watch();
        }
    }

    /** Copies all pieces behind what the slabs hold. Without memory for that the connection is lost: half of it may be done. */
    void setAside() {
        int skip = gone;
        for (Piece piece : pieces) {
            for (int at = skip; at < piece.count; ) {
                ByteBuffer slab = slabWithRoom();
                int end = slab.limit();
                int some = Math.min(piece.count - at, slab.capacity() - end);
                slab.limit(end + some).put(end, piece.bytes, piece.from + at, some);
                at += some;
            }
            skip = 0;
        }
        inSlabs = pending;
        pieces.clear();
        gone = 0;
        account(0);
    }

    private ByteBuffer slabWithRoom() {
        if (slabs.isEmpty() || slabs.getLast().limit() == OffHeapBlocks.BYTES) {
            slabs.add(loop.slabs.take());
        }
        return slabs.getLast();
    }

    /** Sends all that the channel takes. */
    void push() throws IOException {
        long sent = flush();
        while (sent > 0) {
            sent = flush();
        }
    }

    private void gather(ByteBuffer buffer) {
        int skip = gone;
        for (Piece piece : pieces) {
            int count = Math.min(piece.count - skip, buffer.remaining());
            buffer.put(piece.bytes, piece.from + skip, count);
            skip = 0;
            if (!buffer.hasRemaining()) {
                return;
            }
        }
    }

    private void forget(int bytes) {
        pending -= bytes;
        gone += bytes;
        while (!pieces.isEmpty() && gone >= pieces.peekFirst().count) {
            gone -= pieces.removeFirst().count;
        }
    }

    private void account(long sent) {
        // The first piece holds its whole array until its last byte is sent.
        long holds = onHeap() + gone + (long) slabs.size() * OffHeapBlocks.BYTES;
        loop.hold(holds - told);
        told = holds;
        moved += sent;
        movedAt = sent > 0 ? loop.now() : movedAt;
        if (pending == 0) {
            stallAt = NEVER;
        } else if (stallAt == NEVER || moved >= PROGRESS_BYTES) {
            stallAt = loop.in(server.limits().times().stall());
            moved = 0;
        }
        if (flow.isPresent()) {
            flow.get().gone(Math.max(0, streamed - pending));
        }
    }

    /** Copies what is left of the piece that was added last, so that its owner may change it. */
    void own() {
        if (!pieces.isEmpty()) {
            Piece last = pieces.getLast();
            int skip = pieces.size() == 1 ? gone : 0;
            Piece owned = new Piece(Arrays.copyOfRange(last.bytes, last.from + skip, last.from + last.count), 0, last.count - skip);
            pieces.removeLast();
            gone -= skip;
            pieces.add(owned);
        }
    }

    /** Nothing will be sent any more. */
    void close() {
        closed = true;
        pieces.clear();
        slabs.forEach(loop.slabs::give);
        slabs.clear();
        inSlabs = 0;
        pending = 0;
        loop.hold(-told);
        told = 0;
        stallAt = NEVER;
        flow.ifPresent(BackPressure::broken);
    }
}
