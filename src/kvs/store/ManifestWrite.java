package kvs.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import kvs.log.FileSync;
import kvs.log.SegmentLayout;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.world.FailureText;

/** A write that records new segments in MANIFEST. */
final class ManifestWrite implements Write {

    private final SegmentLayout layout;
    private volatile boolean done;
    private volatile boolean over;

    ManifestWrite(SegmentLayout layout) {
        this.layout = layout;
    }

    /** Whether the write was decided. */
    boolean over() {
        return over;
    }

    /** Whether MANIFEST names the new segments. */
    boolean done() {
        return done;
    }

    @Override
    public void decide(Transaction transaction) {
        try {
            transaction.group().journal().install(layout);
        } catch (FileSync.FailedSync e) {
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            throw new Refusal(Reason.DISK_FULL,
                    "the disk refused the new list of segments: " + FailureText.text(e));
        }
    }

    @Override
    public void written() {
        done = true;
        over = true;
    }

    @Override
    public void refused(Refusal refusal) {
        over = true;
    }
}
