package kvs.store;

import kvs.model.Refusal;

/**
 * One caller's unit of work: all of it is done or nothing, also across a crash. The store calls {@code decide} once and then exactly one of
 * the other two. All run on the writer's thread ({@code refused} also on the submitter's): they must be quick and never block.
 */
public interface Write {

    /** Looks at what is there and writes; a {@link Refusal} thrown here undoes this work and no other's. */
    void decide(Transaction transaction);

    /** It is durable and visible to readers. */
    void written();

    /** Nothing of it was done. */
    void refused(Refusal why);

    /** About how many bytes of memory it holds, for the bound of the queue. */
    int bytes();
}
