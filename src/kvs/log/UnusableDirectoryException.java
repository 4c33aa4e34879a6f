package kvs.log;

/**
 * A directory that cannot be opened as it is; the message gives the reason, the file and the next step for
 * the operator.
 */
public final class UnusableDirectoryException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean newer;

    public UnusableDirectoryException(String message) {
        this(message, false);
    }

    private UnusableDirectoryException(String message, boolean newer) {
        super(message);
        this.newer = newer;
    }

    /** The refusal of what a newer version of the program wrote. */
    public static UnusableDirectoryException newer(String message) {
        return new UnusableDirectoryException(message, true);
    }

    /** Whether a newer version of the program wrote it. */
    public boolean isNewer() {
        return newer;
    }
}
