package kvs.log;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Key;

/**
 * The effect of a range of records on the {@link LogHead} and the {@link HighWatermarks}, kept so that
 * compaction may remove records and a replay still gets the same result. Stored as a note at the end of a
 * compacted segment, under the highest number of the range. One thread.
 * <pre>
 *   note log   origin(16), u64 own, u64 timestamp, u64 purged, coverage: the high watermarks
 * </pre>
 */
public final class CompactedRangeNote {

    /** The name of the note; reserved for this class. */
    public static final String NAME = "log";
    private static final int FIXED = 5 * Long.BYTES;

    private final UUID origin;
    private final HighWatermarks watermarks = new HighWatermarks(Coverage.NONE);
    private long seq;
    private long own;
    private long timestamp;
    private long purged;

    /** The summary of no records; versions of {@code origin} count as own ones. */
    public CompactedRangeNote(UUID origin) {
        this.origin = origin;
    }

    /** The summary of a complete log of that origin. */
    public static CompactedRangeNote of(UUID origin, LogHead head, Coverage coverage) {
        CompactedRangeNote summary = new CompactedRangeNote(origin);
        summary.seq = head.seq();
        summary.own = head.own();
        summary.timestamp = head.nodeClock();
        summary.purged = head.purgedMax();
        coverage.numbers().forEach((from, highest) -> summary.watermarks.raise(new Dot(from, highest)));
        return summary;
    }

    /** The same summary with other watermarks, for a log that holds only a part of the versions. */
    public CompactedRangeNote of(Coverage reached) {
        return of(origin, new LogHead(seq, timestamp, purged, own), reached);
    }

    /** Adds a record. */
    public void add(Record record) throws BadRecordException {
        seq = Math.max(seq, record.seq());
        if (record instanceof Record.Put put) {
            Dot dot = put.version().dot();
            watermarks.raise(dot);
            timestamp = Math.max(timestamp, put.version().timestamp());
            if (dot.seq() == put.seq() && dot.origin().equals(origin)) {
                own = Math.max(own, put.seq());
            }
        } else if (record instanceof Record.Purge purge) {
            purged = Math.max(purged, purge.rank().timestamp());
        } else if (record instanceof Record.Note note && note.key().text().equals(NAME)) {
            add(of(note));
        }
    }

    /** Adds the head of a known state, when a record of the range is unreadable. */
    public void add(LogHead head) {
        seq = Math.max(seq, head.seq());
        own = Math.max(own, head.own());
        timestamp = Math.max(timestamp, head.nodeClock());
        purged = Math.max(purged, head.purgedMax());
    }

    private void add(CompactedRangeNote other) {
        seq = Math.max(seq, other.seq);
        own = Math.max(own, other.origin.equals(origin) ? other.own : 0);
        timestamp = Math.max(timestamp, other.timestamp);
        purged = Math.max(purged, other.purged);
        other.watermarks.coverage().numbers()
                .forEach((from, highest) -> watermarks.raise(new Dot(from, highest)));
    }

    /** The head of a log that is replayed, after this range. */
    public LogHead after(LogHead head, UUID present, long wallMs) {
        LogHead seen = timestamp > 0 ? head.after(seq, timestamp, wallMs, false) : head.noted(seq);
        LogHead cleared = purged > 0 ? seen.purged(seq, purged, wallMs) : seen;
        return origin.equals(present) && own > cleared.own()
                ? new LogHead(cleared.seq(), cleared.nodeClock(), cleared.purgedMax(), own) : cleared;
    }

    /** The highest sequence number. */
    public long seq() {
        return seq;
    }

    /** The highest number of each origin. */
    public Coverage reach() {
        return watermarks.coverage();
    }

    /** The note of this summary. */
    public Record.Note note() {
        byte[] reached = watermarks.coverage().encode();
        ByteBuffer body = ByteBuffer.allocate(FIXED + reached.length);
        body.putLong(origin.getMostSignificantBits()).putLong(origin.getLeastSignificantBits());
        return new Record.Note(seq, Key.ofBytes(NAME.getBytes(StandardCharsets.UTF_8)),
                body.putLong(own).putLong(timestamp).putLong(purged).put(reached).array());
    }

    /** The summary in a note. */
    public static CompactedRangeNote of(Record.Note note) throws BadRecordException {
        ByteBuffer in = ByteBuffer.wrap(note.body());
        if (in.remaining() < FIXED) {
            throw new BadRecordException("note of the log");
        }
        CompactedRangeNote summary = new CompactedRangeNote(new UUID(in.getLong(), in.getLong()));
        summary.seq = note.seq();
        summary.own = in.getLong();
        summary.timestamp = in.getLong();
        summary.purged = in.getLong();
        byte[] reached = new byte[in.remaining()];
        in.get(reached);
        Coverage.decode(reached).orElseThrow(() -> new BadRecordException("note of the log")).numbers()
                .forEach((from, highest) -> summary.watermarks.raise(new Dot(from, highest)));
        return summary;
    }
}
