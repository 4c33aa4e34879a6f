package kvs.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import kvs.log.FileSync;
import kvs.log.SegmentSequence;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.FailureText;

/** A write of a compaction, done on the writer's thread. */
final class CompactionWrite implements Write {

    private final Consumer<Transaction> act;
    private volatile State state = State.SUBMITTED;

    /** The state of the write. */
    enum State { SUBMITTED, WRITTEN, REFUSED }

    CompactionWrite(Consumer<Transaction> act) {
        this.act = act;
    }

    /** A write that records the new segments of a layout in MANIFEST. */
    static CompactionWrite install(SegmentSequence layout) {
        return new CompactionWrite(tx -> {
            try {
                tx.group().journal().install(layout);
            } catch (FileSync.FailedSyncException e) {
                throw new UncheckedIOException(e);
            } catch (IOException e) {
                throw new Refusal(Reason.DISK_FULL,
                        "the disk refused the new list of segments: " + FailureText.text(e));
            }
        });
    }

    State state() {
        return state;
    }

    /** The same write, to be submitted again. */
    CompactionWrite again() {
        return new CompactionWrite(act);
    }

    @Override
    public void decide(Transaction transaction) {
        act.accept(transaction);
    }

    @Override
    public void written() {
        state = State.WRITTEN;
    }

    @Override
    public void refused(Refusal refusal) {
        state = State.REFUSED;
    }
}
