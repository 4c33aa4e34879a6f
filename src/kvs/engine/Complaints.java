package kvs.engine;

/** Words for what the engine itself refuses; who speaks HTTP above it knows in which form. Called on loops: must be quick. */
@FunctionalInterface
public interface Complaints {

    /** The body of an answer of that status, as {@code application/problem+json}. */
    byte[] body(int status, String detail);
}
