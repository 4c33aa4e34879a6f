package kvs.cli;

import java.io.PrintStream;
import kvs.node.Environment;
import kvs.node.Node;

/** The sentence for a person who started a node at a terminal; the log has the same for programs. */
public final class StartupMessage {

    private final PrintStream out;
    private final boolean terminal;

    /** The sentence goes to {@code out} if that is a {@code terminal}. */
    public StartupMessage(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /** Writes it, at a terminal. */
    public void write(Node node, Environment environment) {
        if (terminal) {
            out.println("KVS " + environment.machine().version() + " serves " + node.url() + ", data in "
                    + environment.data().where() + ", cluster secret from " + node.secretFrom() + ". Try:"
                    + " curl " + node.url() + "/health");
            out.flush();
        }
    }
}
