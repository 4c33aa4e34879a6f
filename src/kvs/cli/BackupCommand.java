package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import kvs.backup.BackupWriter;
import kvs.log.DataDirectoryCheck;
import kvs.log.UnusableDirectoryException;
import kvs.node.LocalNodes;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/** The command {@code backup}: writes the data of a stopped node to a new file. */
final class BackupCommand implements Command {

    private final CommandContext context;

    BackupCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public int run(List<String> args)
            throws Arguments.MisuseException, UnusableDirectoryException, IOException {
        List<String> two = FileArgument.andDirectory(Arguments.parse(args, Set.of(), Set.of()));
        if (PathCheck.exists(Path.of(two.get(0)))) {
            throw new IOException(two.get(0) + " exists: name a new file");
        }
        FileDisk data = FileDisk.open(CommandContext.existing(Path.of(two.get(1))));
        if (data.list().contains(LocalNodes.URL_FILE) && !DataDirectoryCheck.inUse(data)) {
            LocalNodes.withdrawUrl(data);
        }
        FileArgument to = FileArgument.of(two.get(0));
        ProgressLine progress = new ProgressLine(context);
        BackupWriter.FinishedBackup made = BackupWriter.ofStopped(CommandContext.storage(data), to.disk(),
                to.name(), bytes -> progress.show(bytes >> 20, " MiB"));
        progress.clear();
        context.out().println("backup " + to + ": " + made.keys() + " keys, " + made.bytes() + " bytes, root "
                + HexFormat.of().formatHex(made.root()));
        return DONE;
    }
}
