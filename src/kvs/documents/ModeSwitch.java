package kvs.documents;

import java.util.Optional;
import java.util.function.Supplier;
import kvs.model.NodeMode;
import kvs.model.Reason;
import kvs.model.Refusal;

/** What this node takes at the moment. Thread-safe: writers ask it at the moment of their decision, so a change holds for all who queue. */
public final class ModeSwitch {

    private volatile NodeMode settled;
    private volatile boolean syncing;
    private volatile boolean closed;
    private volatile boolean left;
    private volatile Supplier<Optional<Refusal>> veto = Optional::empty;

    /** A node that starts in that mode. */
    public ModeSwitch(NodeMode mode) {
        this.settled = NodeMode.NORMAL;
        change(mode);
    }

    /** The present mode. */
    public NodeMode mode() {
        return syncing ? NodeMode.SYNCING : left ? NodeMode.READ_ONLY : settled;
    }

    /**
     * Changes the mode; writes that were decided before stand. A node that is syncing has no accounts to begin with, so nobody is let in before
     * {@link #admitReaders}.
     */
    public void change(NodeMode next) {
        syncing = next == NodeMode.SYNCING;
        closed = syncing;
        settled = syncing ? settled : next;
    }

    /** Makes the node read-only or not; while it is syncing this holds for later. */
    public void readOnly(boolean only) {
        settled = only ? NodeMode.READ_ONLY : NodeMode.NORMAL;
    }

    /** The node leaves its cluster, and is read-only from now on: nobody would take its writes before it is started again. */
    public void leave() {
        left = true;
    }

    /** It is known now who may read what. */
    public void admitReaders() {
        closed = false;
    }

    /** Everything is here. */
    public void synced() {
        syncing = false;
        closed = false;
    }

    /** Whether it is not known yet who may do what. */
    public boolean closed() {
        return closed;
    }

    /** Asks {@code why} too before each write of a client. */
    public void veto(Supplier<Optional<Refusal>> why) {
        veto = why;
    }

    /** Refuses a client's write unless the node takes them. */
    public void checkWrite() {
        Optional<Refusal> why = refusal();
        if (why.isPresent()) {
            throw why.get();
        }
    }

    /** Why the node takes no writes of clients; empty when it does. */
    public Optional<Refusal> refusal() {
        return switch (mode()) {
            case NORMAL -> veto.get();
            case READ_ONLY -> Optional.of(new Refusal(Reason.READ_ONLY, "this node is read-only: send writes to another one"));
            case SYNCING -> Optional.of(new Refusal(Reason.SYNCING, "this node is fetching the data of its cluster and takes no writes yet"));
        };
    }
}
