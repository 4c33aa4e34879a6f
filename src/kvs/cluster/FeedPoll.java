package kvs.cluster;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.UUID;

/**
 * A request of a follower for the events of a {@link Feed}.
 *
 * <pre>
 *   uuid origin(16), u64 after, u32 wait ms, u8 whole, u64 held
 *   without held: from the first release
 * </pre>
 * The origin is that of the directory whose writes are requested: it may have a new one by now. {@code after}
 * is the mark of the last page, {@code held} the number up to which the follower has all own writes: a
 * version whose place was skipped comes later. {@code whole} is 1 if it has them in its log: so its polls are
 * acknowledgements ({@link Acks}). The first release uses one number for both; it receives each key once, at
 * its first place.
 *
 * @param question the events that are requested
 * @param waitMs time to wait for an event
 * @param whole whether the follower has all own writes up to {@code held} in its log
 */
record FeedPoll(Question question, long waitMs, boolean whole) {

    private static final long WAIT_MS_MAX = 30_000;
    private static final int FIRST_BYTES = 3 * Long.BYTES + Integer.BYTES + 1;
    private static final int ORDERED_BYTES = FIRST_BYTES + Long.BYTES;

    /**
     * The events that a poll requests.
     *
     * @param ordered whether the follower sends {@code held} in addition to {@code after}
     */
    record Question(UUID origin, long after, boolean ordered, long held) { }

    /** The bytes of a poll of a node of the first release. */
    static byte[] encode(UUID origin, long after, long waitMs, boolean whole) {
        return ByteBuffer.allocate(FIRST_BYTES).putLong(origin.getMostSignificantBits())
                .putLong(origin.getLeastSignificantBits()).putLong(after).putInt((int) waitMs)
                .put((byte) (whole ? 1 : 0)).array();
    }

    /**
     * The bytes of a poll of a follower that has all own writes up to {@code held}, and later ones except the
     * skipped ones.
     */
    static byte[] encode(UUID origin, long after, long waitMs, boolean whole, long held) {
        return ByteBuffer.allocate(ORDERED_BYTES).put(encode(origin, after, waitMs, whole))
                .putLong(held).array();
    }

    /** The poll with these bytes; empty when they are malformed. */
    static Optional<FeedPoll> decode(byte[] body) {
        if (body.length != FIRST_BYTES && body.length != ORDERED_BYTES) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(body);
        UUID origin = new UUID(in.getLong(), in.getLong());
        long after = in.getLong();
        long waitMs = Math.min(WAIT_MS_MAX, Math.max(0, in.getInt()));
        boolean whole = in.get() == 1;
        boolean ordered = in.hasRemaining();
        long held = ordered ? Math.min(after, in.getLong()) : after;
        return Optional.of(new FeedPoll(new Question(origin, after, ordered, held), waitMs, whole));
    }
}
