package kvs.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The queue of bytes to be sent on a connection, in order. Bytes that fit into the loop's buffer are gathered
 * there and sent by one system call. Bytes that a client does not take are held, not for ever: few in their
 * own arrays, many in slabs off the heap. Belongs to its loop.
 */
final class SendQueue {

    /** Less than this in the time for a stall is no progress. */
    static final int PROGRESS_BYTES = 4_096;
    private static final long NEVER = Long.MAX_VALUE;

    private final Transport channel;
    private final Loop loop;
    private final NioServer server;
    private final Executor later;
    /** The first bytes of the queue. */
    private final ArrayDeque<ByteBuffer> blocks = new ArrayDeque<>();
    private long inSlabs;
    private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
    /** Sent bytes of the first piece. */
    private int gone;
    private long pending;
    /** Bytes that the loop counts as held by this. */
    private long told;
    /** The time until which the response must have moved, and its movement since that was set. */
    private long stallAt = NEVER;
    private long moved;
    private long movedAt;
    /** The back-pressure on the maker of a response, and the bytes received from it. */
    private Optional<BackPressure> backPressure = Optional.empty();
    private long streamed;
    private boolean closed;
    /** Whether a check is due soon if the client takes many of the bytes on the heap. */
    private boolean watched;

    /** Some bytes of an array, which must not change. */
    private record Piece(byte[] bytes, int from, int count) { }

    /**
     * A queue; {@code later} runs a task in the next turn of the loop; a fault in that must cost the
     * connection.
     */
    SendQueue(Transport channel, Loop loop, NioServer server, Executor later) {
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

    /** Adds a piece of a response; {@code created} receives its progress. */
    void add(byte[] bytes, BackPressure created) {
        backPressure = Optional.of(created);
        streamed += bytes.length;
        add(bytes, 0, bytes.length);
    }

    /** Ends a complete response. */
    void endResponse() {
        backPressure = Optional.empty();
        streamed = 0;
    }

    /** The number of unsent bytes. */
    long pending() {
        return pending + channel.unsent();
    }

    /** The time until which the client must have read something, if it has to read anything. */
    long stallAt() {
        return stallAt;
    }

    /** The time at which the client last took bytes. */
    long movedAt() {
        return movedAt;
    }

    /** Whether that deadline has passed. */
    boolean stalled(long nanos) {
        return stallAt != NEVER && nanos - stallAt > 0;
    }

    /**
     * Sends as much as the channel takes of one buffer; the number of bytes. Never more, before other
     * connections have their turn: the kernel takes half a megabyte for a client that does not read, and
     * needs milliseconds for that.
     */
    long flush() throws IOException {
        long before = pending();
        if (!blocks.isEmpty()) {
            sendSlab(blocks.getFirst());
        } else if (before > 0) {
            gather(loop.out.clear());
            forget(channel.write(loop.out.flip()));
        }
        // What is sealed is a little longer than what it was made of.
        long sent = Math.max(0, before - pending());
        account(sent);
        watch();
        return sent;
    }

    private void sendSlab(ByteBuffer block) throws IOException {
        int sent = channel.write(block);
        inSlabs -= sent;
        pending -= sent;
        if (!block.hasRemaining()) {
            loop.offHeapBlocks.give(blocks.removeFirst());
        }
    }

    private long onHeap() {
        return pending - inSlabs;
    }

    /** Schedules a check: a client that reads takes more in the next turn, and needs no copy. */
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

    /**
     * Copies all pieces behind the content of the slabs. Without memory for that the connection is lost: half
     * of it may be done.
     */
    void setAside() {
        int skip = gone;
        for (Piece piece : pieces) {
            for (int at = skip; at < piece.count; ) {
                ByteBuffer block = slabWithRoom();
                int end = block.limit();
                int some = Math.min(piece.count - at, block.capacity() - end);
                block.limit(end + some).put(end, piece.bytes, piece.from + at, some);
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
        if (blocks.isEmpty() || blocks.getLast().limit() == OffHeapBlocks.BYTES) {
            blocks.add(loop.offHeapBlocks.take());
        }
        return blocks.getLast();
    }

    /** Sends as much as the channel takes. */
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
        long holds = onHeap() + gone + (long) blocks.size() * OffHeapBlocks.BYTES + channel.unsent();
        loop.hold(holds - told);
        told = holds;
        moved += sent;
        movedAt = sent > 0 ? loop.now() : movedAt;
        if (pending() == 0) {
            stallAt = NEVER;
        } else if (stallAt == NEVER || moved >= PROGRESS_BYTES) {
            stallAt = loop.in(server.limits().times().stall());
            moved = 0;
        }
        if (backPressure.isPresent()) {
            backPressure.get().gone(Math.max(0, streamed - pending()));
        }
    }

    /** Copies the rest of the piece that was added last, so that its owner may modify it. */
    void own() {
        if (!pieces.isEmpty()) {
            Piece last = pieces.getLast();
            int skip = pieces.size() == 1 ? gone : 0;
            Piece owned = new Piece(Arrays.copyOfRange(last.bytes, last.from + skip, last.from + last.count),
                    0, last.count - skip);
            pieces.removeLast();
            gone -= skip;
            pieces.add(owned);
        }
    }

    /** Releases all bytes: nothing is sent any more. */
    void close() {
        closed = true;
        pieces.clear();
        blocks.forEach(loop.offHeapBlocks::give);
        blocks.clear();
        inSlabs = 0;
        pending = 0;
        loop.hold(-told);
        told = 0;
        stallAt = NEVER;
        backPressure.ifPresent(BackPressure::broken);
    }
}
