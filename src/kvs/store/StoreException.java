package kvs.store;

/** The directory cannot be opened as it is; the message says why, names the file, and tells what to do next. */
public final class StoreException extends Exception {

    private static final long serialVersionUID = 1L;

    StoreException(String message) {
        super(message);
    }
}
