package kvs.cli;

import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.util.Optional;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.ValueType;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.log.UnusableDirectoryException;
import kvs.node.Environment;
import kvs.node.Node;
import kvs.tls.TlsContexts;
import kvs.world.FailureText;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.PathCheck;

/** The command without a name: starts a node, which serves until the process is told to stop. */
final class ServeCommand implements LocalCommand {

    private final Invocation invocation;

    ServeCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("",
                "start a node; the default file is ./config.yaml, which the first start writes")
                .form(ArgumentSpec.of("config.yaml", ValueType.FILE, "the settings").optional())
                .flag("--force-degraded", "start even if parts of the log are missing")
                .build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, TlsContexts.TlsException, IOException {
        Optional<String> file = arguments.maybe(0);
        Settings settings = new NodeEnvironments(invocation).settings(file);
        Logger log = new NodeEnvironments(invocation).log(settings, Logger.Level.DEBUG);
        if (file.isEmpty() && !PathCheck.exists(Path.of(NodeEnvironments.CONFIG))) {
            writeTemplate(log);
        }
        settings.warnings().forEach(log::warn);
        Path data = NodeEnvironments.data(settings);
        Environment environment = new NodeEnvironments(invocation).environment(settings, log,
                FileDisk.open(data), data);
        Node node = start(settings, environment, arguments.has("--force-degraded"));
        invocation.atExit().accept(() -> stop(node, log));
        new StartupMessage(invocation.out(), invocation.isTerminal()).write(node, environment);
        return ExitStatus.DONE;
    }

    private static Node start(Settings settings, Environment environment, boolean forceDegraded)
            throws CommandException, UnusableDirectoryException, TlsContexts.TlsException, IOException {
        try {
            return new Node(settings, environment, forceDegraded);
        } catch (BindException e) {
            throw new CommandException(ExitStatus.FAILED, "cannot listen: " + FailureText.text(e)
                    + ". Another process may use the port; set port or bind_address", e);
        }
    }

    private static void stop(Node node, Logger log) {
        node.drain();
        node.close();
        log.info("stopped");
    }

    /** Writes the commented configuration. A node starts without it, too. */
    private void writeTemplate(Logger log) {
        try {
            invocation.files().create(NodeEnvironments.CONFIG, Settings.template());
        } catch (IOException e) {
            log.warn("the commented " + NodeEnvironments.CONFIG + " could not be written; the node uses the"
                    + " defaults",
                    "why", FailureText.text(e));
        }
    }
}
