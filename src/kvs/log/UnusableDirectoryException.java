package kvs.log;

/** The directory cannot be opened as it is; the message says why, names the file, and tells what to do next. */
public final class UnusableDirectoryException extends Exception {

    private static final long serialVersionUID = 1L;

    public UnusableDirectoryException(String message) {
        super(message);
    }
}
