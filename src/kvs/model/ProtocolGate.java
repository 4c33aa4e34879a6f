package kvs.model;

/**
 * The protocol version that a node can read, which it reports in each heartbeat. A new kind of record is
 * written only once all members can read it.
 *
 * <pre>
 *   1   the first release, which reports no version
 *   2   metadata records that name who set them and for which user; fields behind a greeting
 *   3   partners: purges wait for other sites
 * </pre>
 * Never change the meaning of a version; add one when an older node would misread new data. The result of
 * {@link #all} never changes from true back to false.
 */
@FunctionalInterface
public interface ProtocolGate {

    /** The version of a node that reports none. */
    int FIRST = 1;
    /** The first version whose metadata records name who set them and for which user. */
    int METADATA = 2;
    /** The first version that keeps what partners of the site need. */
    int SITES = 3;
    /** The version of this node. */
    int PRESENT = SITES;
    /** The protocol of a node without other members. */
    ProtocolGate ALONE = number -> number <= PRESENT;

    /** Whether this node and all members that may still come back can read that version. */
    boolean all(int number);
}
