package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.ValueType;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.tls.TlsContexts;
import kvs.transfer.AtomicFileOutput;
import kvs.transfer.Export;
import kvs.transfer.ExportFormat;
import kvs.transfer.NodeEndpoint;
import kvs.transfer.TransferReporter;
import kvs.world.Clock;
import kvs.world.PathCheck;

/** The command {@code export}: copies documents from a node or a cluster to a file. */
final class ExportCommand implements LocalCommand {

    private static final String PREFIX = "--prefix";
    private static final String METADATA = "--metadata";
    private static final String TO = "--to";

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
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "the file, from the cluster of the context"))
                .option(OptionSpec.of(PREFIX, ValueType.TEXT, "only paths that start with it").shown("P"))
                .flag(METADATA, "also owners, groups and permissions")
                .option(OptionSpec.choice(TO, ExportFormat.stores(),
                        "write what 'consul kv import' takes, or a shell script of etcdctl put"))
                .note("The token is that of KVS_TOKEN; without it the admin token is sent to the node of the"
                        + " settings on this machine.")
                .example("kvs export http://localhost:8080 all.ndjson", "every document of a running node")
                .example("kvs export - --prefix app/ --to etcd-commands | sh", "a subtree, into etcd")
                .usesCluster().build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, TlsContexts.TlsException, IOException {
        Export.ExportOptions options = options(arguments);
        String name = arguments.maybe(1).orElse(arguments.at(0));
        if (arguments.maybe(1).isEmpty() && NodeSessionFactory.isUrl(name)) {
            throw new MisuseException("name the file too: kvs export " + name + " FILE; - is the standard"
                    + " output");
        }
        Optional<FileArgument> file = name.equals(Invocation.STANDARD) ? Optional.empty()
                : Optional.of(FileArgument.of(name));
        if (file.isPresent() && PathCheck.isDirectory(Path.of(name))) {
            throw new MisuseException(name + " is a directory: name a file");
        }
        try (TransferReporter report = new TransferReporter(invocation.err(),
                TransferReporter.TransferProgress.of(invocation, arguments.has(GlobalOptions.QUIET), 0),
                Clock.REAL); NodeEndpoint node = source(arguments)) {
            export(new Export(node, options, report), file);
            return report.refused() == 0 ? ExitStatus.DONE : ExitStatus.FAILED;
        }
    }

    private static Export.ExportOptions options(Arguments arguments) throws MisuseException {
        ExportFormat format = arguments.option(TO).flatMap(ExportFormat::of).orElse(ExportFormat.NDJSON);
        if (format != ExportFormat.NDJSON && arguments.has(METADATA)) {
            throw new MisuseException(METADATA + " is not for other stores: leave out " + TO);
        }
        return new Export.ExportOptions(format, arguments.option(PREFIX).orElse(""), arguments.has(METADATA));
    }

    private NodeEndpoint source(Arguments arguments) throws MisuseException, CommandException,
            ConfigException, UnusableDirectoryException, TlsContexts.TlsException, IOException {
        if (arguments.maybe(1).isEmpty()) {
            return ClusterTransfer.endpoint(invocation, arguments, "nothing was exported");
        }
        ClusterTransfer.refuseOptions(arguments, arguments.at(0));
        return NodeResolver.of(invocation, arguments).source(arguments.at(0));
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
