package kvs.log;

/**
 * A directory that cannot be opened as it is; the message gives the reason, the file and the next step for
 * the operator.
 */
public final class UnusableDirectoryException extends Exception {

    private static final long serialVersionUID = 1L;

    public UnusableDirectoryException(String message) {
        super(message);
    }
}
