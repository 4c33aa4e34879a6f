package kvs.bundle;

/**
 * The rejection of a file that another site made, before anything was changed. Its message says why and what
 * to do next. Has no stack trace: it is a finding, not a fault of the program.
 */
public final class RejectedBundleException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Cause cause;

    /** The kind of the rejection. */
    public enum Cause {
        /** It is for another site, of an unknown partner, or of other zones than agreed. */
        FOREIGN,
        /** It is no bundle, was changed or cut off, or was made with another key. */
        DAMAGED,
        /** It was made by a newer version of the program. */
        NEWER,
        /** It, or the clock here, is more than a day ahead. */
        CLOCK,
        /** The partner knows of writes of this directory that are not here: it was put back. */
        COPY
    }

    RejectedBundleException(Cause cause, String message) {
        super(message);
        this.cause = cause;
    }

    static RejectedBundleException damaged(String what) {
        return new RejectedBundleException(Cause.DAMAGED, what + "; carry the file again");
    }

    /** The kind of the rejection. */
    public Cause kind() {
        return cause;
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
