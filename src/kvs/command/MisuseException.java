package kvs.command;

/** The report of arguments that a command does not take; its message names them and the remedy. */
public final class MisuseException extends Exception {

    private static final long serialVersionUID = 1L;

    /** A report with a message of one line. */
    public MisuseException(String message) {
        super(message);
    }
}
