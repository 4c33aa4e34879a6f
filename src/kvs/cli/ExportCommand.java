package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.server.TlsContexts;
import kvs.transfer.AtomicFileOutput;
import kvs.transfer.Export;
import kvs.transfer.ExportFormat;
import kvs.transfer.NodeEndpoint;
import kvs.transfer.TransferReporter;
import kvs.world.Clock;
import kvs.world.PathCheck;

/**
 * The command {@code export}: copies documents from a node, which is named by URL or data directory, to a
 * file.
 */
final class ExportCommand implements Command {

    private final CommandContext context;

    ExportCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public int run(List<String> args) throws Arguments.MisuseException, ConfigException,
            UnusableDirectoryException, TlsContexts.TlsException, IOException {
        Arguments arguments = Arguments.parse(args, Set.of("--prefix"), Set.of("--metadata"));
        List<String> names = NodeResolver.two(arguments,
                "expected a source, a file and an optional config file");
        var options = new Export.ExportOptions(ExportFormat.NDJSON,
                arguments.option("--prefix").orElse(""), arguments.has("--metadata"));
        String name = names.get(1);
        Optional<FileArgument> file = name.equals(CommandContext.STANDARD) ? Optional.empty()
                : Optional.of(FileArgument.of(name));
        if (file.isPresent() && PathCheck.isDirectory(Path.of(name))) {
            throw new Arguments.MisuseException(name + " is a directory: name a file");
        }
        NodeResolver nodes = NodeResolver.of(context, arguments);
        TransferReporter report = new TransferReporter(context.err(), context.terminal(), Clock.REAL);
        try (NodeEndpoint node = nodes.endpoint(names.get(0), Optional.empty())) {
            export(new Export(node, options, report), file);
        }
        return report.refused() == 0 ? DONE : FAILED;
    }

    private void export(Export export, Optional<FileArgument> file) throws IOException {
        if (file.isEmpty()) {
            export.run(context.raw());
            return;
        }
        try (AtomicFileOutput out = new AtomicFileOutput(file.get().disk(), file.get().name())) {
            export.run(out);
            out.complete();
        }
    }
}
