package kvs.command;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import kvs.world.Clock;
import kvs.world.TerminalDevice;
import kvs.world.TextFiles;

/**
 * The surroundings of one run of the program: its streams, its environment variables, and the doors that
 * commands use.
 *
 * @param in the standard input
 * @param out the standard output, for text
 * @param raw the standard output, for bytes
 * @param err the standard error output
 * @param terminal the terminal of the person who runs it
 * @param variables the environment variables
 * @param home home directory of the user
 * @param version version of the program
 * @param files all files that are not in a data directory
 * @param clock the clock of this machine
 * @param atExit runs something when the process is told to stop
 */
public record Invocation(InputStream in, PrintStream out, OutputStream raw, PrintStream err,
        TerminalDevice terminal, Map<String, String> variables, String home, String version, TextFiles files,
        Clock clock, Consumer<Runnable> atExit) {

    /** The name of the standard input or output in the place of a file. */
    public static final String STANDARD = "-";

    /** An environment variable; empty when it is missing or blank. */
    public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    /** Whether a person reads the results. */
    public boolean isTerminal() {
        return terminal.has(TerminalDevice.Stream.OUT);
    }

    /** Whether a person reads what is not a result. */
    public boolean isWatched() {
        return terminal.has(TerminalDevice.Stream.ERR);
    }

    /** The colours of the results. */
    public Style style() {
        return new Style(isTerminal() && variable("NO_COLOR").isEmpty()
                && !"dumb".equals(variables.get("TERM")));
    }
}
