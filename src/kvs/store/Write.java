package kvs.store;

import kvs.model.Refusal;

/**
 * A caller's unit of work: all of it is done or nothing, also across a crash. The store calls {@code decide}
 * once and then exactly one of the other two. All run on the writer's thread ({@code refused} also on the
 * submitter's): they must be quick and never block.
 */
public interface Write {

    /** Reads the present state and writes; a {@link Refusal} thrown here undoes this work and no other's. */
    void decide(Transaction transaction);

    /** Called when the work is durable and visible to readers. */
    void written();

    /** Called when nothing of the work was done. */
    void refused(Refusal why);

    /** The approximate bytes of memory that it holds, for the bound of the queue. */
    int bytes();
}
