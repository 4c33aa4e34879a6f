package kvs.world;

/**
 * A periodic activity: a loop turned inside out, so that real threads and the simulator can both drive it.
 */
@FunctionalInterface
public interface Task {

    /** Result of {@link #step} when the task is complete and is not to run again. */
    long DONE = Long.MAX_VALUE;

    /**
     * Does one bounded piece of work. Never runs twice at the same time.
     *
     * @return milliseconds until the next step, or {@link #DONE}
     */
    long step();
}
