package kvs.world;

/** Something periodic: a loop turned inside out, so that real threads and the simulator can both drive it. */
@FunctionalInterface
public interface Task {

    /** Never again: what {@link #step} returns when the task is done. */
    long DONE = Long.MAX_VALUE;

    /**
     * Does one bounded piece of work. Never runs twice at the same time.
     *
     * @return milliseconds until it wants to run again, or {@link #DONE}
     */
    long step();
}
