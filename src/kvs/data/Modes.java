package kvs.data;

import kvs.model.Mode;
import kvs.model.Reason;
import kvs.model.Refusal;

/** What this node takes at the moment. Thread-safe: writers ask it at the moment of their decision, so a change holds for all who queue. */
public final class Modes {

    private volatile Mode mode;

    /** A node that starts in that mode. */
    public Modes(Mode mode) {
        this.mode = mode;
    }

    /** The present mode. */
    public Mode mode() {
        return mode;
    }

    /** Changes the mode; writes that were decided before stand. */
    public void change(Mode next) {
        mode = next;
    }

    /** Refuses a client's write unless the node takes them. */
    public void checkWrite() {
        switch (mode) {
            case NORMAL -> { }
            case READ_ONLY -> throw new Refusal(Reason.READ_ONLY, "this node is read-only: send writes to another one");
            case SYNCING -> throw new Refusal(Reason.SYNCING, "this node is fetching the data of its cluster and takes no writes yet");
        }
    }
}
