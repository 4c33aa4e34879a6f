package kvs.model;

import java.util.Locale;
import java.util.UUID;

/**
 * A node of the cluster, as it describes itself.
 *
 * @param id {@code node_id}
 * @param address {@code host:port} under which other members reach it
 * @param origin id of the life of its data directory
 * @param joined first start of that directory, Unix ms
 * @param incarnation number that grows with each start and each refutation of a false report that the node
 *     has left; of two rows of one node the larger is newer
 * @param left whether it has left, or was removed by an administrator
 */
public record Member(String id, String address, UUID origin, long joined, long incarnation, boolean left) {

    /** The bits for refutations within one boot. */
    private static final int REFUTATION_BITS = 16;

    /** The largest incarnation: the last boot number with the last refutation. */
    public static final long INCARNATION_MAX = (1L << 32 + REFUTATION_BITS) - 1;
    private static final int ID_MAX = 64;

    /** The state of a member as seen from one node. */
    public enum Status {
        /** A heartbeat arrived a moment ago. */
        ALIVE,
        /** Silent for some seconds. */
        SUSPECT,
        /** Silent for minutes. */
        FAILED,
        /** The member reported it, or an administrator removed the member. */
        LEFT;

        /** The name in responses. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The first incarnation of a boot: larger than all earlier ones, so none has to be stored. */
    public static long incarnation(long boot) {
        return boot << REFUTATION_BITS;
    }

    /** The same member, not left, in a newer incarnation than {@code other}, which another node spread. */
    public Member refuting(long other) {
        return new Member(id, address, origin, joined,
                Math.min(INCARNATION_MAX, Math.max(incarnation, other) + 1), false);
    }

    /**
     * Whether the fields are valid: data from another node are checked like those from a client. {@code left}
     * is refused in the largest incarnation, which leaves the node itself no refutation.
     */
    public boolean possible() {
        return AsciiParsers.name(id, "._-", ID_MAX) && HostPort.parse(address).isPresent()
                && !origin.equals(Version.NOBODY) && joined >= 0 && incarnation >= 0
                && incarnation <= INCARNATION_MAX && !(left && incarnation == INCARNATION_MAX);
    }

    /** The same member, left. */
    public Member asRemoved() {
        return new Member(id, address, origin, joined, incarnation, true);
    }
}
