package kvs.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
import kvs.transfer.DiskFileInput;
import kvs.transfer.DocumentTarget;
import kvs.transfer.FileFormat;
import kvs.transfer.Import;
import kvs.transfer.ImportProgress;
import kvs.transfer.PathRenames;
import kvs.transfer.TransferReporter;
import kvs.world.Clock;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;
import kvs.world.PathCheck;

/**
 * The command {@code import}: copies documents from a file of an export, or of another store, to a node or a
 * cluster.
 */
final class ImportCommand implements LocalCommand {

    /** The first bytes of a backup. */
    private static final String BACKUP = "KVSBAK ";
    private static final String FROM = "--from";
    private static final String RENAME = "--rename";
    private static final String UNDER = "--under";
    private static final String DRY_RUN = "--dry-run";
    private static final String METADATA = "--metadata";

    private final Invocation invocation;

    ImportCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("import", "read a file of 'kvs export', or of another store, into a node")
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "the file; - is the standard input"),
                        ArgumentSpec.of("TARGET", ValueType.TEXT,
                                "the URL of a running node, or the data directory of a stopped one;"
                                + " without it the cluster of the context").optional(),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "the settings of the node").optional())
                .option(OptionSpec.choice(FROM, FileFormat.stores(), "the store whose tool wrote the file"))
                .option(OptionSpec.of(UNDER, ValueType.TEXT, "put all paths under this one").shown("PATH"))
                .option(OptionSpec.of(RENAME, ValueType.TEXT,
                        "replace FROM at the start of paths by TO; the first match counts").shown("FROM=TO")
                        .repeated())
                .flag(DRY_RUN, "write nothing: only say what would be done")
                .flag(METADATA, "also owners, groups and permissions")
                .note("The files are those of etcdctl get --prefix \"\" -w json, of consul kv export, of"
                        + " CouchDB's _all_docs?include_docs=true or couchbackup, and of the redis-cli"
                        + " commands in 'kvs docs moving'. What a document cannot keep is named with its"
                        + " place in the file. Documents that are there already are not written again.")
                .note("A restart continues an interrupted import. What is refused is named, all else is"
                        + " imported. The token is that of KVS_TOKEN; without it the admin token is sent to"
                        + " the node of the settings on this machine.")
                .example("kvs import --from etcd dump.json --under app --dry-run", "what would be imported")
                .example("kvs import all.ndjson http://localhost:8080", "an export, into a running node")
                .status(ExitStatus.FAILED, "failed, or something was refused")
                .usesCluster().build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, TlsContexts.TlsException, IOException {
        Import.ImportOptions options = options(arguments);
        String name = arguments.at(0);
        Optional<FileArgument> file = name.equals(Invocation.STANDARD) ? Optional.empty()
                : Optional.of(FileArgument.of(name));
        if (file.isPresent() && !PathCheck.isFile(Path.of(name))) {
            throw new MisuseException("there is no file " + name + "; - reads the standard input");
        }
        if (file.isPresent() && isBackup(file.get())) {
            throw new IOException(file.get().name()
                    + " is a backup, not an export: use 'restore' to make a data directory from it");
        }
        long size = file.isPresent() ? file.get().size() : 0;
        try (TransferReporter report = new TransferReporter(invocation.err(),
                TransferReporter.TransferProgress.of(invocation, arguments.has(GlobalOptions.QUIET), size),
                Clock.REAL); DocumentTarget target = target(arguments, report)) {
            Import.InputOpener opening = file.isEmpty() ? invocation::in
                    : () -> new DiskFileInput(file.get().disk().open(file.get().name(), Disk.Mode.READ));
            new Import(target, options, report).run(opening,
                    file.map(argument -> new ImportProgress(argument.disk(), argument.name(), Clock.REAL)));
            return report.refused() == 0 ? ExitStatus.DONE : ExitStatus.FAILED;
        }
    }

    private static Import.ImportOptions options(Arguments arguments) throws MisuseException {
        FileFormat format = arguments.option(FROM).flatMap(FileFormat::of).orElse(FileFormat.NDJSON);
        if (format != FileFormat.NDJSON && arguments.has(METADATA)) {
            throw new MisuseException(METADATA + " is for files of 'kvs export': other stores have none");
        }
        try {
            PathRenames renames = PathRenames.of(arguments.all(RENAME), arguments.option(UNDER).orElse(""));
            return new Import.ImportOptions(format, arguments.has(METADATA), renames, arguments.has(DRY_RUN));
        } catch (IllegalArgumentException e) {
            throw new MisuseException(RENAME + ", " + UNDER + ": " + FailureText.text(e));
        }
    }

    private DocumentTarget target(Arguments arguments, TransferReporter report) throws MisuseException,
            CommandException, ConfigException, UnusableDirectoryException, TlsContexts.TlsException,
            IOException {
        Optional<String> name = arguments.maybe(1);
        if (name.isEmpty()) {
            return ClusterTransfer.endpoint(invocation, arguments, "nothing was imported");
        }
        ClusterTransfer.refuseOptions(arguments, name.get());
        NodeResolver nodes = NodeResolver.of(invocation, arguments);
        return arguments.has(DRY_RUN) ? nodes.comparison(name.get()) : nodes.target(name.get(), report);
    }

    private static boolean isBackup(FileArgument argument) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(BACKUP.length());
        try (DiskFile file = argument.disk().open(argument.name(), Disk.Mode.READ)) {
            return file.read(start, 0) == BACKUP.length()
                    && BACKUP.equals(new String(start.array(), StandardCharsets.US_ASCII));
        }
    }
}
