package kvs.command;

/** The exit status of the program. Scripts depend on the numbers: never change them. */
public enum ExitStatus {

    /** The command did what it was asked to do. */
    DONE(0, "done"),
    /** Something could not be done, faults were found, or the cluster is degraded. */
    FAILED(1, "failed, or the cluster is degraded"),
    /** Wrong arguments or settings. */
    MISUSED(2, "wrong usage"),
    /** The key, or whatever was named, does not exist. */
    ABSENT(3, "not there"),
    /** A condition, such as {@code --if-absent}, did not hold. */
    CONDITION_FAILED(4, "a condition did not hold"),
    /** The token is missing, invalid or without the right. */
    FORBIDDEN(5, "not allowed"),
    /** No node was reached, or none responded in time. */
    UNREACHABLE(6, "no node reached, or out of time"),
    /** A file of another site was changed or cut off, or was made with another key. */
    DAMAGED_FILE(7, "a file is damaged"),
    /** A file was made by a newer version of the program. */
    NEWER_FILE(8, "a file is of a newer version"),
    /** A file, or the clock here, is more than a day ahead. */
    CLOCK_AHEAD(9, "a clock is more than 24 hours ahead"),
    /** Ctrl-C ended the command. */
    INTERRUPTED(130, "interrupted");

    private final int code;
    private final String meaning;

    ExitStatus(int code, String meaning) {
        this.code = code;
        this.meaning = meaning;
    }

    /** The number for the operating system. */
    public int code() {
        return code;
    }

    /** The meaning in a few words. */
    public String meaning() {
        return meaning;
    }
}
