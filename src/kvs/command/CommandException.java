package kvs.command;

/**
 * The failure of a command, with the exit status of the program; its message says what was not done, why, and
 * what to type next.
 */
public final class CommandException extends Exception {

    private static final long serialVersionUID = 1L;

    private final ExitStatus status;

    /** A failure. */
    public CommandException(ExitStatus status, String message) {
        super(message);
        this.status = status;
    }

    /** A failure that something else has caused. */
    public CommandException(ExitStatus status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** The exit status of the program. */
    public ExitStatus status() {
        return status;
    }
}
