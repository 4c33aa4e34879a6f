package kvs.model;

/**
 * The number of what a node can read, which it tells in each heartbeat. A new kind of record is written only once all members can read it.
 *
 * <pre>
 *   1   the first release, which tells no number
 *   2   metadata records that tell who set them and for whom; fields behind a greeting
 * </pre>
 * Never change the meaning of a number; add one when an older node would misread what is written. The answer never goes back from yes to no.
 */
@FunctionalInterface
public interface ClusterProtocol {

    /** The number of a node that tells none. */
    int FIRST = 1;
    /** The number from which on metadata records tell who set them and for whom. */
    int METADATA = 2;
    /** The number of this node. */
    int PRESENT = 2;
    /** The protocol of a node without others. */
    ClusterProtocol ALONE = number -> number <= PRESENT;

    /** Whether this node and all members that may still come back read what that number stands for. */
    boolean all(int number);
}
