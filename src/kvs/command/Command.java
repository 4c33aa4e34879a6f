package kvs.command;

import java.io.IOException;

/**
 * A command of the program. Its class holds its description, which is the only place where its options, help
 * and examples stand. One instance for each run of the program, one thread.
 */
public interface Command {

    /** The description of this command. */
    CommandSpec spec();

    /**
     * Runs the command.
     *
     * @throws MisuseException if the arguments do not fit together
     * @throws CommandException if it cannot be done
     * @throws IOException if the world failed; the exit status is then {@link ExitStatus#FAILED}
     */
    ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException;

    /**
     * The number for the operating system after the run: that of {@code status}, unless the command passes on
     * the one of another program.
     */
    default int code(ExitStatus status) {
        return status.code();
    }
}
