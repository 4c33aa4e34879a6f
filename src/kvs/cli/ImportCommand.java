package kvs.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
final class ImportCommand implements Command {

    /** The first bytes of a backup. */
    private static final String BACKUP = "KVSBAK ";

    private final CommandContext context;

    ImportCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public int run(List<String> args) throws Arguments.MisuseException, ConfigException,
            UnusableDirectoryException, TlsContexts.TlsException, IOException {
        Arguments arguments = Arguments.parse(args, Set.of("--rename"), Set.of("--metadata"),
                Set.of("--rename"));
        List<String> names = NodeResolver.two(arguments,
                "expected a file, a target and an optional config file");
        var options = new Import.ImportOptions(FileFormat.NDJSON, arguments.has("--metadata"),
                renames(arguments), false);
        String name = names.get(0);
        Optional<FileArgument> file = name.equals(CommandContext.STANDARD) ? Optional.empty()
                : Optional.of(FileArgument.of(name));
        if (file.isPresent() && !PathCheck.isFile(Path.of(name))) {
            throw new Arguments.MisuseException("there is no file " + name + "; - reads the standard input");
        }
        NodeResolver nodes = NodeResolver.of(context, arguments);
        if (file.isPresent() && isBackup(file.get())) {
            throw new IOException(file.get().name()
                    + " is a backup, not an export: use 'restore' to make a data directory from it");
        }
        TransferReporter report = new TransferReporter(context.err(), context.terminal(), Clock.REAL);
        try (NodeEndpoint node = nodes.endpoint(names.get(1), Optional.of(report))) {
            Import.InputOpener opening = file.isEmpty() ? context::in
                    : () -> new DiskFileInput(file.get().disk().open(file.get().name(), Disk.Mode.READ));
            new Import(node, options, report).run(opening,
                    file.map(argument -> new ImportProgress(argument.disk(), argument.name(), Clock.REAL)));
        }
        return report.refused() == 0 ? DONE : FAILED;
    }

    private static PathRenames renames(Arguments arguments) throws Arguments.MisuseException {
        try {
            return PathRenames.of(arguments.all("--rename"), "");
        } catch (IllegalArgumentException e) {
            throw new Arguments.MisuseException("--rename: " + FailureText.text(e));
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
