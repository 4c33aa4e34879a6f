package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import kvs.backup.BackupWriter;
import kvs.cli.operation.NodeBackups;
import kvs.client.LocalNodes;
import kvs.client.NodeSelection;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.Progress;
import kvs.command.ValueType;
import kvs.log.DataDirectoryCheck;
import kvs.log.UnusableDirectoryException;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/** The command {@code backup}: backups of a running node, and of a stopped one. */
final class BackupCommand implements LocalCommand {

    private final Invocation invocation;

    BackupCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("backup", "make, list and check backups")
                .form(ArgumentSpec.choice("now|ls", List.of("now", "ls"), "let a running node make one, or"
                        + " list its own"))
                .form(ArgumentSpec.choice("verify", List.of("verify"), "read every byte of one"),
                        ArgumentSpec.of("FILE", ValueType.FILE, "the backup"))
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "the new file"),
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data directory"))
                .option(NodeSelection.NODE)
                .note("A running node writes its backups to the directory of its setting backup_path, by"
                        + " itself each night. FILE and DATA_DIR write the data of a stopped node to a new"
                        + " file.")
                .example("kvs backup now", "a backup of the running node")
                .example("kvs backup verify backups/node1.backup", "read every byte of it")
                .example("kvs backup /backup/monday.kvs data", "a backup of a stopped node")
                .status(ExitStatus.FAILED, "failed, or the last backup of the node failed")
                .usesCluster().build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments)
            throws MisuseException, CommandException, UnusableDirectoryException, IOException {
        List<String> given = arguments.rest();
        if (given.size() == 1) {
            NodeBackups backups = new NodeBackups(invocation, arguments);
            return given.get(0).equals("now") ? backups.make() : backups.list();
        }
        return given.get(0).equals("verify") ? VerifyCommand.backup(invocation, arguments, given.get(1))
                : write(arguments);
    }

    private ExitStatus write(Arguments arguments)
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
        BackupWriter.FinishedBackup made;
        try (Progress progress = new Progress(invocation, "bytes", arguments.has(GlobalOptions.QUIET))) {
            made = BackupWriter.ofStopped(new NodeEnvironments(invocation).storage(data), to.disk(),
                    to.name(), bytes -> progress.show(bytes, 0));
        }
        invocation.out().println("backup " + to + ": " + made.keys() + " keys, " + made.bytes() + " bytes,"
                + " root "
                + HexFormat.of().formatHex(made.root()));
        return ExitStatus.DONE;
    }
}
