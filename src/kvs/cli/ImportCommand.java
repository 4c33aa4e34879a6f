package kvs.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
import kvs.transfer.DiskFileInput;
import kvs.transfer.FileFormat;
import kvs.transfer.Import;
import kvs.transfer.ImportProgress;
import kvs.transfer.NodeEndpoint;
import kvs.transfer.PathRenames;
import kvs.transfer.TransferReporter;
import kvs.world.Clock;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;
import kvs.world.PathCheck;

/**
 * The command {@code import}: copies documents from a file to a node, which is named by URL or data
 * directory.
 */
final class ImportCommand implements LocalCommand {

    /** The first bytes of a backup. */
    private static final String BACKUP = "KVSBAK ";

    private final Invocation invocation;

    ImportCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("import", "read a file of 'kvs export' into a node or a data directory")
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "the file; - is the standard input"),
                        ArgumentSpec.of("TARGET", ValueType.TEXT,
                                "the URL of a running node, or the data directory of a stopped one"),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "the settings of the node").optional())
                .flag("--metadata", "also owners, groups and permissions")
                .option(OptionSpec.of("--rename", ValueType.TEXT,
                        "replace FROM at the start of paths by TO; the"
                        + " first match counts").shown("FROM=TO").repeated())
                .note("A restart continues an interrupted import. Lines that are refused are reported, all"
                        + " others are imported. The token is that of KVS_TOKEN; without it the admin token"
                        + " is"
                        + " sent to the node of the settings on this machine.")
                .example("kvs import all.ndjson http://localhost:8080", "into a running node")
                .status(ExitStatus.FAILED, "failed, or lines were refused")
                .build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, ConfigException,
            UnusableDirectoryException, TlsContexts.TlsException, IOException {
        List<String> names = arguments.rest();
        var options = new Import.ImportOptions(FileFormat.NDJSON, arguments.has("--metadata"),
                renames(arguments), false);
        String name = names.get(0);
        Optional<FileArgument> file = name.equals(Invocation.STANDARD) ? Optional.empty()
                : Optional.of(FileArgument.of(name));
        if (file.isPresent() && !PathCheck.isFile(Path.of(name))) {
            throw new MisuseException("there is no file " + name + "; - reads the standard input");
        }
        NodeResolver nodes = NodeResolver.of(invocation, arguments);
        if (file.isPresent() && isBackup(file.get())) {
            throw new IOException(file.get().name()
                    + " is a backup, not an export: use 'restore' to make a data directory from it");
        }
        TransferReporter report = new TransferReporter(invocation.err(), invocation.isWatched(), Clock.REAL);
        try (NodeEndpoint node = nodes.endpoint(names.get(1), Optional.of(report))) {
            Import.InputOpener opening = file.isEmpty() ? invocation::in
                    : () -> new DiskFileInput(file.get().disk().open(file.get().name(), Disk.Mode.READ));
            new Import(node, options, report).run(opening,
                    file.map(argument -> new ImportProgress(argument.disk(), argument.name(), Clock.REAL)));
        }
        return report.refused() == 0 ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private static PathRenames renames(Arguments arguments) throws MisuseException {
        try {
            return PathRenames.of(arguments.all("--rename"), "");
        } catch (IllegalArgumentException e) {
            throw new MisuseException("--rename: " + FailureText.text(e));
        }
    }

    private static boolean isBackup(FileArgument argument) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(BACKUP.length());
        try (DiskFile file = argument.disk().open(argument.name(), Disk.Mode.READ)) {
            return file.read(start, 0) == BACKUP.length()
                    && BACKUP.equals(new String(start.array(), StandardCharsets.US_ASCII));
        }
    }
}
