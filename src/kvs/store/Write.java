package kvs.store;

import kvs.model.Refusal;

/**
 * A caller's unit of work: all of it is done or nothing, also across a crash. The store calls {@code decide}
 * once and then exactly one of the two notices of its end. All run on the writer's thread ({@code refused}
 * also on the submitter's): they must be quick and never block. A write that nobody waits for, because the
 * next one of its kind makes up for it, may leave out the notices.
 */
@FunctionalInterface
public interface Write {

    /** Reads the present state and writes; a {@link Refusal} thrown here undoes this work and no other's. */
    void decide(Transaction transaction);

    /** Called when the work is durable and visible to readers. */
    default void written() { }

    /** Called when nothing of the work was done. */
    default void refused(Refusal refusal) { }

    /**
     * The approximate bytes of memory that it holds, for the bound of the queue; none, unless a caller can
     * queue many.
     */
    default int bytes() {
        return 0;
    }
}
