package kvs.model;

import java.util.Locale;
import java.util.UUID;

/**
 * A node of the cluster as it says of itself.
 *
 * @param id {@code node_id}
 * @param address under which others reach it, {@code host:port}
 * @param origin id of the life of its data directory
 * @param joined first start of that directory, Unix ms
 * @param incarnation grows with each start and each time that somebody wrongly said it had left; of two rows of one node the larger is newer
 * @param left whether it has left, or was removed by an administrator
 */
public record Member(String id, String address, UUID origin, long joined, long incarnation, boolean left) {

    /** Room for refutations within one boot. */
    private static final int REFUTATION_BITS = 16;

    /** The largest incarnation: the last boot number, refuted as often as there is room for. */
    public static final long INCARNATION_MAX = (1L << 32 + REFUTATION_BITS) - 1;
    private static final int ID_MAX = 64;

    /** How a member stands, as seen from one node. */
    public enum Status {
        /** Heard of it a moment ago. */
        ALIVE,
        /** Silent for some seconds. */
        SUSPECT,
        /** Silent for minutes. */
        FAILED,
        /** It said so, or an administrator did. */
        LEFT;

        /** The name that stands in answers. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The first incarnation of a boot: larger than all of those before, so none has to be stored. */
    public static long incarnation(long boot) {
        return boot << REFUTATION_BITS;
    }

    /** The same node, not having left, in a newer incarnation than {@code other}, which somebody spread. */
    public Member refuting(long other) {
        return new Member(id, address, origin, joined, Math.min(INCARNATION_MAX, Math.max(incarnation, other) + 1), false);
    }

    /**
     * Whether a node can be called so: what another node says is checked like what a client says. That it has left is not believed in the largest
     * incarnation, which leaves no room for the word of the node itself.
     */
    public boolean possible() {
        return AsciiGrammar.name(id, "._-", ID_MAX) && HostPort.parse(address).isPresent() && !origin.equals(Version.NOBODY) && joined >= 0
                && incarnation >= 0 && incarnation <= INCARNATION_MAX && !(left && incarnation == INCARNATION_MAX);
    }

    /** The same node, gone. */
    public Member gone() {
        return new Member(id, address, origin, joined, incarnation, true);
    }
}
