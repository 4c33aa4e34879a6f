package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.ValueType;
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
final class ExportCommand implements LocalCommand {

    private final Invocation invocation;

    ExportCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("export", "write all documents to a file, one JSON object per line")
                .form(ArgumentSpec.of("SOURCE", ValueType.TEXT,
                                "the URL of a running node, or the data directory of a stopped one"),
                        ArgumentSpec.of("FILE", ValueType.FILE, "the file; - is the standard output"),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "the settings of the node").optional())
                .option(OptionSpec.of("--prefix", ValueType.TEXT, "only paths that start with it").shown("P"))
                .flag("--metadata", "also owners, groups and permissions")
                .note("The token is that of KVS_TOKEN; without it the admin token is sent to the node of the"
                        + " settings on this machine.")
                .example("kvs export http://localhost:8080 all.ndjson", "every document of a running node")
                .build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, ConfigException,
            UnusableDirectoryException, TlsContexts.TlsException, IOException {
        List<String> names = arguments.rest();
        var options = new Export.ExportOptions(ExportFormat.NDJSON,
                arguments.option("--prefix").orElse(""), arguments.has("--metadata"));
        String name = names.get(1);
        Optional<FileArgument> file = name.equals(Invocation.STANDARD) ? Optional.empty()
                : Optional.of(FileArgument.of(name));
        if (file.isPresent() && PathCheck.isDirectory(Path.of(name))) {
            throw new MisuseException(name + " is a directory: name a file");
        }
        NodeResolver nodes = NodeResolver.of(invocation, arguments);
        TransferReporter report = new TransferReporter(invocation.err(), invocation.isWatched(), Clock.REAL);
        try (NodeEndpoint node = nodes.endpoint(names.get(0), Optional.empty())) {
            export(new Export(node, options, report), file);
        }
        return report.refused() == 0 ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private void export(Export export, Optional<FileArgument> file) throws IOException {
        if (file.isEmpty()) {
            export.run(invocation.raw());
            return;
        }
        try (AtomicFileOutput out = new AtomicFileOutput(file.get().disk(), file.get().name())) {
            export.run(out);
            out.complete();
        }
    }
}
