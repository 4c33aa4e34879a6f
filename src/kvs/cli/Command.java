package kvs.cli;

import java.io.IOException;
import java.util.List;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.server.TlsContexts;

/** A command of the program. */
@FunctionalInterface
public interface Command {

    /** The exit status of a command that did what it was asked to do. */
    int DONE = 0;
    /** The exit status when something could not be done, or faults were found. */
    int FAILED = 1;
    /** The exit status for wrong arguments or settings. */
    int MISUSED = 2;

    /**
     * Runs the command with the arguments behind its name.
     *
     * @return the exit status
     */
    int run(List<String> args) throws Arguments.MisuseException, ConfigException, UnusableDirectoryException,
            TlsContexts.TlsException, IOException;
}
