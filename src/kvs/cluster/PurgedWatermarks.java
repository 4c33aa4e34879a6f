package kvs.cluster;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import kvs.model.Coverage;
import kvs.recovery.StoreNotes;

/**
 * The highest numbers that a node purged, by origin, and the latest expiry: a position below may have missed
 * versions that are gone without a trace. It is a field of heartbeats, because a node that takes over the
 * coverage of another takes over its floor too.
 *
 * <pre>
 *   field 2   u64 latest expiry (Unix ms), coverage ({@link Coverage})
 * </pre>
 */
record PurgedWatermarks(Coverage numbers, long expiredMs) {

    /** The tag among the fields of a {@link GossipMessage}. */
    static final int TAG = 2;

    /** The floor of this node. */
    static PurgedWatermarks of(StoreNotes notes) {
        return new PurgedWatermarks(notes.floor(), notes.floorMs());
    }

    /** Whether no part of another floor is above this one. */
    boolean covers(PurgedWatermarks other) {
        return numbers.covers(other.numbers) && expiredMs >= other.expiredMs;
    }

    byte[] encode() {
        byte[] coverage = numbers.encode();
        return ByteBuffer.allocate(Long.BYTES + coverage.length).putLong(expiredMs).put(coverage).array();
    }

    /** The floor in these bytes; empty if they are malformed. */
    static Optional<PurgedWatermarks> decode(byte[] body) {
        if (body.length < Long.BYTES) {
            return Optional.empty();
        }
        long ms = ByteBuffer.wrap(body).getLong();
        return Coverage.decode(Arrays.copyOfRange(body, Long.BYTES, body.length)).filter(numbers -> ms >= 0)
                .map(numbers -> new PurgedWatermarks(numbers, ms));
    }
}
