package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import kvs.backup.BackupWriter;
import kvs.client.LocalNodes;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.ValueType;
import kvs.log.DataDirectoryCheck;
import kvs.log.UnusableDirectoryException;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/** The command {@code backup}: writes the data of a stopped node to a new file. */
final class BackupCommand implements LocalCommand {

    private final Invocation invocation;

    BackupCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("backup", "write a stopped node's data to a new file")
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "the new file"),
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data directory"))
                .example("kvs backup /backup/monday.kvs data", "a backup of a stopped node")
                .build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments)
            throws MisuseException, UnusableDirectoryException, IOException {
        List<String> two = arguments.rest();
        if (PathCheck.exists(Path.of(two.get(0)))) {
            throw new IOException(two.get(0) + " exists: name a new file");
        }
        FileDisk data = FileDisk.open(NodeEnvironments.existing(Path.of(two.get(1))));
        if (data.list().contains(LocalNodes.URL_FILE) && !DataDirectoryCheck.inUse(data)) {
            LocalNodes.withdrawUrl(data);
        }
        FileArgument to = FileArgument.of(two.get(0));
        ProgressLine progress = new ProgressLine(invocation);
        BackupWriter.FinishedBackup made = BackupWriter.ofStopped(NodeEnvironments.storage(data), to.disk(),
                to.name(), bytes -> progress.show(bytes >> 20, " MiB"));
        progress.clear();
        invocation.out().println("backup " + to + ": " + made.keys() + " keys, " + made.bytes() + " bytes,"
                + " root "
                + HexFormat.of().formatHex(made.root()));
        return ExitStatus.DONE;
    }
}
