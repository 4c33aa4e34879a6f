package kvs.sim;

/**
 * The moment at which the power of a {@link SimDisk} went. An error, so that nothing under test mistakes it
 * for a failure of the disk.
 */
public final class PowerCut extends Error {

    private static final long serialVersionUID = 1L;

    PowerCut() {
        super("power cut", null, false, false);
    }
}
