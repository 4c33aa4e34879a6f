package kvs.proof;

/**
 * The rejection of a file that is no valid proof. Its message says why. Has no stack trace: it is a finding,
 * not a fault of the program.
 */
public final class RejectedProofException extends Exception {

    private static final long serialVersionUID = 1L;

    private final boolean newer;

    RejectedProofException(boolean newer, String message) {
        super(message);
        this.newer = newer;
    }

    static RejectedProofException damaged(String what) {
        return new RejectedProofException(false, what);
    }

    /** Whether it was made by a newer version of the program. */
    public boolean isNewer() {
        return newer;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
