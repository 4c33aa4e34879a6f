package kvs.cli;

import kvs.bundle.FileVerdict;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.Style;

/** The report of a command on a file of a partner: one line, and the exit status. Pure functions. */
final class FileReport {

    private FileReport() { }

    /** The failure of a command on a file that was not taken. */
    static CommandException failure(String file, FileVerdict verdict, String sentence) {
        return new CommandException(verdict.status(), file + ": " + sentence);
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
            invocation.out().println(Style.safe(sentence));
        }
        return ExitStatus.DONE;
    }
}
