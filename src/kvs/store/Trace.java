package kvs.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Key;

/**
 * What the records of a stretch of the log tell of the log as a whole, so that compaction may take records away and a replay comes to the same
 * {@link Head} and {@link Reach}. Stands as a note at the end of a compacted segment, under the highest number of the stretch. One thread.
 * <pre>
 *   note log   origin(16), u64 own, u64 timestamp, u64 purged, coverage: the reach
 * </pre>
 */
final class Trace {

    /** The name of the note; nobody else may write it. */
    static final String NAME = "log";
    private static final int FIXED = 5 * Long.BYTES;

    private final UUID origin;
    private final Reach reach = new Reach(Coverage.NONE);
    private long seq;
    private long own;
    private long timestamp;
    private long purged;

    /** Of nothing yet; {@code own} counts what was written under that origin. */
    Trace(UUID origin) {
        this.origin = origin;
    }

    /** Of a whole log of that origin. */
    static Trace of(UUID origin, Head head, Coverage reach) {
        Trace trace = new Trace(origin);
        trace.seq = head.seq();
        trace.own = head.own();
        trace.timestamp = head.nodeClock();
        trace.purged = head.purgedMax();
        reach.numbers().forEach((from, highest) -> trace.reach.met(new Dot(from, highest)));
        return trace;
    }

    /** The same of a log that holds only a part of it. */
    Trace of(Coverage reached) {
        return of(origin, new Head(seq, timestamp, purged, own), reached);
    }

    /** One more record. */
    void met(Record record) throws BadRecord {
        seq = Math.max(seq, record.seq());
        if (record instanceof Record.Put put) {
            Dot dot = put.version().dot();
            reach.met(dot);
            timestamp = Math.max(timestamp, put.version().timestamp());
            if (dot.seq() == put.seq() && dot.origin().equals(origin)) {
                own = Math.max(own, put.seq());
            }
        } else if (record instanceof Record.Purge purge) {
            purged = Math.max(purged, purge.rank().timestamp());
        } else if (record instanceof Record.Note note && note.key().text().equals(NAME)) {
            met(of(note));
        }
    }

    /** What a state knows, when a record of the stretch cannot be read. */
    void met(Head head) {
        seq = Math.max(seq, head.seq());
        own = Math.max(own, head.own());
        timestamp = Math.max(timestamp, head.nodeClock());
        purged = Math.max(purged, head.purgedMax());
    }

    private void met(Trace other) {
        seq = Math.max(seq, other.seq);
        own = Math.max(own, other.origin.equals(origin) ? other.own : 0);
        timestamp = Math.max(timestamp, other.timestamp);
        purged = Math.max(purged, other.purged);
        other.reach.coverage().numbers().forEach((from, highest) -> reach.met(new Dot(from, highest)));
    }

    /** The head after the stretch of a log that is replayed. */
    Head after(Head head, UUID present, long wallMs) {
        Head seen = timestamp > 0 ? head.after(seq, timestamp, wallMs, false) : head.noted(seq);
        Head cleared = purged > 0 ? seen.purged(seq, purged, wallMs) : seen;
        return origin.equals(present) && own > cleared.own() ? new Head(cleared.seq(), cleared.nodeClock(), cleared.purgedMax(), own) : cleared;
    }

    long seq() {
        return seq;
    }

    Coverage reach() {
        return reach.coverage();
    }

    /** As it stands in the log. */
    Record.Note note() {
        byte[] reached = reach.coverage().encode();
        ByteBuffer body = ByteBuffer.allocate(FIXED + reached.length);
        body.putLong(origin.getMostSignificantBits()).putLong(origin.getLeastSignificantBits());
        return new Record.Note(seq, Key.ofBytes(NAME.getBytes(StandardCharsets.UTF_8)),
                body.putLong(own).putLong(timestamp).putLong(purged).put(reached).array());
    }

    /** What a note says. */
    static Trace of(Record.Note note) throws BadRecord {
        ByteBuffer in = ByteBuffer.wrap(note.body());
        if (in.remaining() < FIXED) {
            throw new BadRecord("note of the log");
        }
        Trace trace = new Trace(new UUID(in.getLong(), in.getLong()));
        trace.seq = note.seq();
        trace.own = in.getLong();
        trace.timestamp = in.getLong();
        trace.purged = in.getLong();
        byte[] reached = new byte[in.remaining()];
        in.get(reached);
        Coverage.decode(reached).orElseThrow(() -> new BadRecord("note of the log")).numbers()
                .forEach((from, highest) -> trace.reach.met(new Dot(from, highest)));
        return trace;
    }
}
