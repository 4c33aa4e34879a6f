package kvs.bundle;

import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A file of a partner that a client brings to a running node in parts, and what became of it.
 *
 * <pre>
 *   RECEIVING ──▶ CHECKING ──▶ CHECKED ──▶ MERGING ──▶ DONE
 *       └────────────────────────────────────▲
 * </pre>
 * {@link #lock} guards the file on the disk; the fields are read by any thread.
 */
final class IncomingFile {

    /** The state of a file. */
    enum State {
        /** Its parts arrive. */
        RECEIVING,
        /** It is being verified. */
        CHECKING,
        /** It was verified, and can be merged. */
        CHECKED,
        /** It is being verified and merged. */
        MERGING,
        /** It was merged or refused, and is removed from the disk. */
        DONE
    }

    final ReentrantLock lock = new ReentrantLock();
    private final UUID id;
    private final long size;
    private volatile State state = State.RECEIVING;
    private volatile long bytes;
    private volatile long touchedNanos;
    private volatile long read;
    private volatile int passes;
    private volatile Optional<FileResult> result = Optional.empty();

    /** A new file without bytes, of which that many are to come. */
    IncomingFile(UUID id, long size, long nowNanos) {
        this.id = id;
        this.size = size;
        this.touchedNanos = nowNanos;
    }

    UUID id() {
        return id;
    }

    State state() {
        return state;
    }

    /** The bytes that it has when it is complete. */
    long size() {
        return size;
    }

    /** The bytes that are durable here. */
    long bytes() {
        return bytes;
    }

    /** The time of the last use, by the monotonic clock. */
    long touchedNanos() {
        return touchedNanos;
    }

    Optional<FileResult> result() {
        return result;
    }

    boolean isBusy() {
        return state == State.CHECKING || state == State.MERGING;
    }

    /** The bytes that were read so far: a file is read twice to be checked, and once more to be merged. */
    long doneBytes() {
        return Math.min(passes * bytes + read, allBytes());
    }

    long allBytes() {
        return bytes * (state == State.MERGING || state == State.DONE ? 3 : 2);
    }

    /** Notes that a part is durable, which ends at that place. */
    void received(long end, long nowNanos) {
        bytes = Math.max(bytes, end);
        touchedNanos = nowNanos;
    }

    void begin(State work) {
        state = work;
        read = 0;
        passes = 0;
        result = Optional.empty();
    }

    /** Takes the progress within the present pass. Called by the thread of the work only. */
    void progress(long position) {
        passes = position < read ? passes + 1 : passes;
        read = position;
    }

    void end(State next, FileResult found, long nowNanos) {
        result = Optional.of(found);
        touchedNanos = nowNanos;
        state = next;
    }
}
