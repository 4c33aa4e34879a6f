package kvs.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import kvs.documents.Documents;
import kvs.server.FastLoop;
import kvs.store.CommitRule;
import kvs.store.Write;

/**
 * The writes that one loop has received since it last looked at all of its connections. When it has done so,
 * they become one group: on the loop itself where that delays nobody, else on the thread of the writer, which
 * is woken once for all of them. Belongs to its loop.
 */
final class LoopWrites implements CommitRule {

    /** Bounds of what waits here; more is passed to the writer at once. */
    static final int WRITES_MAX = 256;
    private static final int BYTES_MAX = 1 << 20;
    /** A loop waits for an fsync only if the last one took less than this. */
    static final long FSYNC_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(1);
    /** A loop that has served another request within this time expects the next one, and does not wait. */
    static final long QUIET_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final FastLoop loop;
    private final Documents documents;
    private final List<Write> waiting = new ArrayList<>();
    private int bytes;

    LoopWrites(FastLoop loop, Documents documents) {
        this.loop = loop;
        this.documents = documents;
    }

    /** Adds a write. */
    void add(Write write) {
        if (waiting.isEmpty()) {
            loop.execute(this::commit);
        }
        waiting.add(write);
        bytes += write.bytes();
        if (waiting.size() >= WRITES_MAX || bytes >= BYTES_MAX) {
            documents.submit(take());
        }
    }

    private List<Write> take() {
        List<Write> taken = List.copyOf(waiting);
        waiting.clear();
        bytes = 0;
        return taken;
    }

    private void commit() {
        List<Write> group = take();
        if (!group.isEmpty() && !documents.commit(group, this)) {
            documents.submit(group);
        }
    }

    @Override
    public boolean commitsHere(StoreState state) {
        return commitsHere(loop.isOnly(), loop.nanosSinceRequest(), state);
    }

    /**
     * The rule: the loop waits for an fsync itself if no other request is likely to wait behind it, and not
     * for long. With several loops the writer collects the writes of all.
     *
     * @param only whether the node has no other loop
     * @param nanosSinceRequest time since the loop began a request that was no write of this kind
     */
    static boolean commitsHere(boolean only, long nanosSinceRequest, StoreState state) {
        return only && nanosSinceRequest >= QUIET_NANOS && state.lastFsyncNanos() < FSYNC_NANOS_MAX
                && state.hasRoom();
    }
}
