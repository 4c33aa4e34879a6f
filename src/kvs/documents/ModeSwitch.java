package kvs.documents;

import java.util.Optional;
import java.util.function.Supplier;
import kvs.model.NodeMode;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * The mode of this node: whether it accepts reads and writes. Thread-safe: writes check it in the writer's
 * step, so a change applies to all queued ones.
 */
public final class ModeSwitch {

    private volatile NodeMode settled;
    private volatile boolean syncing;
    private volatile boolean closed;
    private volatile boolean left;
    private volatile Supplier<Optional<Refusal>> veto = Optional::empty;
    private volatile ModeListener listener = (before, now) -> { };

    /** A listener of changes of the mode. */
    @FunctionalInterface
    public interface ModeListener {

        /** Called after a change, by the thread that made it. */
        void changed(NodeMode before, NodeMode now);
    }

    /** The switch of a node that starts in that mode. */
    public ModeSwitch(NodeMode mode) {
        this.settled = NodeMode.NORMAL;
        change(mode);
    }

    /** The present mode. */
    public NodeMode mode() {
        return syncing ? NodeMode.SYNCING : left ? NodeMode.READ_ONLY : settled;
    }

    /**
     * Changes the mode; writes that were decided before stand. A node that is syncing has no accounts at
     * first, so nobody is admitted before {@link #admitReaders}.
     */
    public void change(NodeMode next) {
        transition(() -> {
            syncing = next == NodeMode.SYNCING;
            closed = syncing;
            settled = syncing ? settled : next;
        });
    }

    /** Makes the node read-only or not; while it is syncing this applies afterwards. */
    public void readOnly(boolean only) {
        transition(() -> settled = only ? NodeMode.READ_ONLY : NodeMode.NORMAL);
    }

    /**
     * Makes the node read-only until its next start, because it leaves its cluster: no member would receive
     * its writes.
     */
    public void leave() {
        transition(() -> left = true);
    }

    /** Admits readers: accounts and permissions are here. */
    public void admitReaders() {
        closed = false;
    }

    /** Ends syncing: all data is here. */
    public void synced() {
        transition(() -> {
            syncing = false;
            closed = false;
        });
    }

    private void transition(Runnable step) {
        NodeMode before = mode();
        step.run();
        NodeMode now = mode();
        if (before != now) {
            listener.changed(before, now);
        }
    }

    /** Sets the listener of later changes. */
    public void onChange(ModeListener other) {
        listener = other;
    }

    /** Whether accounts and permissions are still missing. */
    public boolean closed() {
        return closed;
    }

    /** Sets a check that can refuse each write of a client. */
    public void veto(Supplier<Optional<Refusal>> why) {
        veto = why;
    }

    /** Refuses a client's write unless the node accepts writes. */
    public void checkWrite() {
        Optional<Refusal> why = refusal();
        if (why.isPresent()) {
            throw why.get();
        }
    }

    /** The reason why the node refuses writes of clients; empty when it accepts them. */
    public Optional<Refusal> refusal() {
        return switch (mode()) {
            case NORMAL -> veto.get();
            case READ_ONLY -> Optional.of(new Refusal(Reason.READ_ONLY,
                    "this node is read-only: send writes to another node"));
            case SYNCING -> Optional.of(new Refusal(Reason.SYNCING,
                    "this node is receiving the data of its cluster and accepts no writes yet"));
        };
    }
}
