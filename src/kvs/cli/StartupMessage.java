package kvs.cli;

import java.io.PrintStream;
import kvs.config.Settings;
import kvs.node.Environment;
import kvs.node.Node;

/** The log line of a started node, written at every log level; on a terminal also a sentence for people. */
public final class StartupMessage {

    private static final double MILLIS = 1e3;

    private final PrintStream out;
    private final boolean terminal;

    /** The sentence goes to {@code out} if that is a {@code terminal}. */
    public StartupMessage(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /**
     * Writes both; of the settings only those that differ from the defaults, of secrets only that they are
     * set.
     */
    public void write(Settings settings, Node node, Environment environment) {
        String version = environment.machine().version();
        String directory = environment.data().where();
        double seconds = Math.max(0, Math.round(environment.clock()
                .wallMs() - environment.processUsage().startSeconds() * MILLIS) / MILLIS);
        environment.log().always("started", "version", version, "node", settings.text("node_id"),
                "address", node.url(), "directory", directory, "cluster_secret_from", node.secretFrom(),
                "settings", settings.changed(), "keys", node.keys(), "seconds", seconds);
        if (terminal) {
            out.println("KVS " + version + " serves " + node.url() + ", data in " + directory
                    + ", cluster secret from " + node.secretFrom() + ". Try: curl " + node.url() + "/health");
            out.flush();
        }
    }
}
