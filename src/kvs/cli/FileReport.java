package kvs.cli;

import kvs.bundle.FileVerdict;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.ResultWriter;
import kvs.command.Row;

/** The report of a command on a file of a partner: one line, and the exit status. Pure functions. */
final class FileReport {

    private FileReport() { }

    /** The exit status of a verdict. */
    static ExitStatus status(FileVerdict verdict) {
        return switch (verdict) {
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

    /** The failure of a command on a file that was not taken. */
    static CommandException failure(String file, FileVerdict verdict, String sentence) {
        return new CommandException(status(verdict), file + ": " + sentence);
    }

    /** Prints the result for a file that was taken; for another one it is a failure. */
    static ExitStatus print(Invocation invocation, ResultWriter results, String file, FileVerdict verdict,
            String sentence) throws CommandException {
        if (!results.isTable()) {
            results.add(new Row().text("file", file).text("verdict", verdict.word())
                    .text("sentence", sentence));
            results.flush();
        }
        if (!verdict.isGood()) {
            throw failure(file, verdict, sentence);
        }
        if (results.isTable()) {
            invocation.out().println(sentence);
        }
        return ExitStatus.DONE;
    }
}
