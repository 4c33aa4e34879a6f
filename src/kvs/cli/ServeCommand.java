package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.log.UnusableDirectoryException;
import kvs.node.Environment;
import kvs.node.Node;
import kvs.server.TlsContexts;
import kvs.world.FailureText;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.PathCheck;

/** The command without a name: starts a node, which serves until the process is told to stop. */
final class ServeCommand implements Command {

    private final CommandContext context;

    ServeCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public int run(List<String> args) throws Arguments.MisuseException, ConfigException,
            UnusableDirectoryException, TlsContexts.TlsException, IOException {
        Arguments arguments = Arguments.parse(args, Set.of(), Set.of("--force-degraded"));
        Optional<String> file = arguments.one("config file");
        Settings settings = context.settings(file);
        Logger log = context.log(settings, Logger.Level.DEBUG);
        if (file.isEmpty() && !PathCheck.exists(Path.of(CommandContext.CONFIG))) {
            writeTemplate(log);
        }
        settings.warnings().forEach(log::warn);
        Path data = CommandContext.data(settings);
        Environment environment = context.environment(settings, log, FileDisk.open(data), data);
        Node node = new Node(settings, environment, arguments.has("--force-degraded"));
        context.atExit().accept(() -> stop(node, log));
        new StartupMessage(context.out(), context.terminal()).write(settings, node, environment);
        return DONE;
    }

    private static void stop(Node node, Logger log) {
        log.info("stopping");
        node.drain();
        node.close();
        log.info("stopped");
    }

    /** Writes the commented configuration. A node starts without it, too. */
    private void writeTemplate(Logger log) {
        try {
            context.files().create(CommandContext.CONFIG, Settings.template());
        } catch (IOException e) {
            log.warn("the commented " + CommandContext.CONFIG + " could not be written; the node uses the"
                    + " defaults",
                    "why", FailureText.text(e));
        }
    }
}
