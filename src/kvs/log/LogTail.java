package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import kvs.world.Clock;

/**
 * The end of the log: the active segment, and the offset in it where the next group is appended. Belongs to
 * the writer's thread, but for the counts of fsyncs.
 */
final class LogTail {

    private static final int SCARCE_STEP_BYTES = 64 << 10;

    private final Clock clock;
    private final int stepBytes;
    private final LongAdder fsyncs = new LongAdder();
    private final LongAdder fsyncNanos = new LongAdder();
    private long lastFsyncNanos;
    private BooleanSupplier scarce = () -> false;
    private Optional<Segment> active;
    private int end;
    private int synced;
    /** Whether bytes of a refused group may lie behind the end. */
    private boolean unsure;

    /** The tail of a log whose last segment continues at {@code end}. */
    LogTail(Clock clock, int stepBytes, Optional<Segment> active, int end) {
        this.clock = clock;
        this.stepBytes = stepBytes;
        this.active = active;
        this.end = end;
        this.synced = end;
    }

    /** Sets the source that reports whether there is little space on the disk. */
    void scarce(BooleanSupplier isSpaceLow) {
        scarce = isSpaceLow;
    }

    /** The active segment, empty before the first write. */
    Optional<Segment> active() {
        return active;
    }

    /** The offset of the next group. */
    int end() {
        return end;
    }

    /** The offset below which everything in the active segment is durable. */
    int synced() {
        return synced;
    }

    /** Continues the log in a new segment. */
    void begin(Segment made) {
        active = Optional.of(made);
        end = Segment.HEAD_BYTES;
        synced = end;
    }

    /** Cuts the active segment at the end, durably: it is complete. */
    void complete() throws IOException {
        trim();
        fsyncs.increment();
        synced = end;
    }

    /** See {@link Journal#append}. */
    void append(ByteBuffer group, boolean force) throws IOException {
        int bytes = group.remaining();
        Segment segment = active.orElseThrow();
        clear();
        segment.reserve((long) end + bytes, step());
        unsure = true;
        segment.append(group, end);
        if (force) {
            force(segment);
            synced = end + bytes;
        }
        end += bytes;
        unsure = false;
    }

    /** The growth of the segment: small when there is little space. */
    int step() {
        return scarce.getAsBoolean() ? Math.min(SCARCE_STEP_BYTES, stepBytes) : stepBytes;
    }

    /** Whether a group of that many bytes needs no more space, and no cut before it. */
    boolean hasRoom(int bytes) {
        return !unsure && active.isPresent() && (long) end + bytes <= active.get().allocated();
    }

    /** The time of the last fsync, 0 for none yet. */
    long lastFsyncNanos() {
        return lastFsyncNanos;
    }

    /** Makes all appended groups durable. */
    void force() throws IOException {
        if (active.isPresent() && synced < end) {
            force(active.get());
            synced = end;
        }
    }

    private void force(Segment segment) throws IOException {
        long began = clock.nanos();
        segment.force();
        fsyncs.increment();
        lastFsyncNanos = clock.nanos() - began;
        fsyncNanos.add(lastFsyncNanos);
    }

    /**
     * Cuts off a refused group. A group is written over zeros only: this makes visible what a power cut
     * leaves out of it.
     */
    void clear() throws IOException {
        if (unsure) {
            active.orElseThrow().cut(end);
            unsure = false;
        }
    }

    /** Gives back the preallocated space behind the end. */
    void trim() throws IOException {
        if (active.isPresent()) {
            active.get().cut(end);
        }
    }

    /** The number of fsyncs. Thread-safe. */
    long fsyncs() {
        return fsyncs.sum();
    }

    /** The time of all fsyncs. Thread-safe. */
    long fsyncNanos() {
        return fsyncNanos.sum();
    }
}
