package kvs.bundle;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import kvs.command.ExitStatus;

/**
 * The verdict on a file of a partner, with the same meaning on a running node and on a stopped one. The words
 * are a part of the API: never change one.
 */
public enum FileVerdict {
    /** A bundle is merged completely. */
    MERGED,
    /** All of a bundle was here. */
    NOTHING_NEW,
    /** The statement in a receipt is recorded. */
    RECEIPT_TAKEN,
    /** The file was checked, and nothing stands against it. */
    SOUND,
    /** Some versions could not be taken: nothing is claimed, and the same file ends it. */
    INCOMPLETE,
    /** The merge was interrupted: nothing is claimed, and the same file ends it. */
    INTERRUPTED,
    /** This node cannot merge: it lacks data, was put back to an older state, or may not. */
    UNABLE,
    /** An earlier bundle is missing. */
    MISSING,
    /** It is older than what was purged here. */
    LATE,
    /** The partner knows less than it did. */
    PUT_BACK,
    /** It is for another site, of an unknown partner, or of other zones. */
    FOREIGN,
    /** It was changed or cut off, or was made with another secret. */
    DAMAGED,
    /** It was made by a newer version of the program. */
    NEWER,
    /** It, or the clock here, is more than a day ahead. */
    CLOCK_AHEAD;

    /** The word for programs: {@code put_back}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The verdict with that word. */
    public static Optional<FileVerdict> of(String word) {
        return Arrays.stream(values()).filter(one -> one.word().equals(word)).findFirst();
    }

    /** The exit status of a command on such a file. */
    public ExitStatus status() {
        return switch (this) {
            case MERGED, NOTHING_NEW, RECEIPT_TAKEN, SOUND -> ExitStatus.DONE;
            case INCOMPLETE, INTERRUPTED, UNABLE -> ExitStatus.FAILED;
            case MISSING -> ExitStatus.ABSENT;
            case LATE -> ExitStatus.CONDITION_FAILED;
            case PUT_BACK -> ExitStatus.FORBIDDEN;
            case FOREIGN -> ExitStatus.UNREACHABLE;
            case DAMAGED -> ExitStatus.DAMAGED_FILE;
            case NEWER -> ExitStatus.NEWER_FILE;
            case CLOCK_AHEAD -> ExitStatus.CLOCK_AHEAD;
        };
    }

    /** Whether the file was taken, or can be. */
    public boolean isGood() {
        return status() == ExitStatus.DONE;
    }

    /** The verdict on a file that was rejected for that cause. */
    public static FileVerdict of(RejectedBundleException.Cause cause) {
        return switch (cause) {
            case FOREIGN -> FOREIGN;
            case DAMAGED -> DAMAGED;
            case NEWER -> NEWER;
            case CLOCK -> CLOCK_AHEAD;
            case COPY -> UNABLE;
        };
    }
}
