package kvs.documents;

import java.nio.ByteBuffer;
import java.util.Optional;
import kvs.model.AsciiParsers;
import kvs.model.Coverage;
import kvs.recovery.LogPosition;
import kvs.recovery.StoreNotes;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.tree.Entry;

/**
 * Places in the log with the coverage of what precedes them, so that a client with a coverage does not
 * receive the whole log again. They are notes of the store: a restart keeps them. Thread-safe.
 *
 * <pre>
 *   note mark/00 … mark/63   u64 number in the log, u32 segment, u32 offset, coverage: a client that
 *                            covers it has seen everything before that place
 * </pre>
 */
final class ResumePoints {

    private static final int COUNT = 64;
    private static final String PREFIX = "mark/";

    private final Store store;

    /** A place in the log. */
    record ResumePoint(long seq, LogPosition position) {

        static final ResumePoint START = new ResumePoint(0, LogPosition.START);
    }

    ResumePoints(Store store) {
        this.store = store;
    }

    /** The last resume point whose coverage is covered. */
    ResumePoint last(Coverage covered) {
        ResumePoint best = ResumePoint.START;
        for (int slot = 0; slot < COUNT; slot++) {
            Optional<ByteBuffer> in = store.notes().find(name(slot)).map(ByteBuffer::wrap);
            if (in.isPresent()) {
                ResumePoint resumePoint = new ResumePoint(in.get().getLong(),
                        new LogPosition(in.get().getInt(), in.get().getInt()));
                byte[] coverageBytes = new byte[in.get().remaining()];
                in.get().get(coverageBytes);
                best = resumePoint.seq > best.seq && Coverage.decode(coverageBytes).filter(covered::covers)
                        .isPresent() ? resumePoint : best;
            }
        }
        return best;
    }

    /** Sets a resume point at the present end of the log, in the slot of the oldest one. */
    void set() {
        store.submit(new ResumePointWrite());
    }

    private static String name(int slot) {
        return PREFIX + AsciiParsers.padded(slot, 2);
    }

    /**
     * A write of a resume point. If it is refused, sweeps read more until the next one; so they do when the
     * coverage has more origins than can be encoded: a shorter one would claim that a client without them has
     * seen their versions.
     */
    private static final class ResumePointWrite implements Write {

        @Override
        public void decide(Transaction tx) {
            Coverage reach = tx.reach();
            if (reach.numbers().size() > Coverage.ORIGINS_MAX) {
                return;
            }
            byte[] coverageBytes = reach.encode();
            Entry.RecordLocation place = tx.place();
            ByteBuffer body = ByteBuffer.allocate(2 * Long.BYTES + coverageBytes.length);
            body.putLong(tx.seq()).putInt(place.segment()).putInt(place.offset()).put(coverageBytes);
            tx.note(name(oldest(tx.notes())), body.array());
        }

        private static int oldest(StoreNotes notes) {
            int slot = 0;
            long oldest = Long.MAX_VALUE;
            for (int i = 0; i < COUNT; i++) {
                long seq = notes.find(name(i)).map(body -> ByteBuffer.wrap(body).getLong()).orElse(-1L);
                slot = seq < oldest ? i : slot;
                oldest = Math.min(oldest, seq);
            }
            return slot;
        }

        @Override
        public int bytes() {
            return StoreNotes.NUMBER_BYTES;
        }
    }
}
