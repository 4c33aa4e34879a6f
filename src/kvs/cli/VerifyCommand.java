package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import kvs.backup.VerifiedBackup;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.ValueType;
import kvs.log.UnusableDirectoryException;
import kvs.store.DirectoryVerification;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/**
 * The command {@code verify}: reads every byte of a stopped node's data, or of a backup, and lists the
 * faults. It changes nothing.
 */
final class VerifyCommand implements LocalCommand {

    private final Invocation invocation;

    VerifyCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("verify", "read every byte of a stopped node's data, or of a backup, and"
                + " list the"
                        + " faults")
                .form(ArgumentSpec.of("DATA_DIR|FILE", ValueType.FILE, "the data directory, or the backup"))
                .example("kvs verify data", "the data of a stopped node")
                .status(ExitStatus.FAILED, "failed, or there are faults")
                .build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments)
            throws MisuseException, UnusableDirectoryException, IOException {
        String name = arguments.at(0);
        if (!PathCheck.exists(Path.of(name))) {
            throw new MisuseException("there is no file or directory " + name);
        }
        if (PathCheck.isFile(Path.of(name))) {
            return backup(FileArgument.existing(name));
        }
        DirectoryVerification.Result result = DirectoryVerification.run(
                FileDisk.open(NodeEnvironments.directory(arguments, 0)),
                finding -> invocation.out().println((finding.fault() ? "FAULT  " : "note   ") +
                        finding.text()));
        invocation.out().println((result.sound() ? "sound: " : "FAULTY: ") + result.keys() + " keys in "
                + result.records() + " records, "
                + result.segments() + " segments, " + result.bytes() + " bytes");
        return result.sound() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    private ExitStatus backup(FileArgument from) throws IOException, UnusableDirectoryException {
        ProgressLine progress = new ProgressLine(invocation);
        VerifiedBackup content = VerifiedBackup.verify(from.disk(), from.name(), progress.reading(from));
        progress.clear();
        invocation.out().println("sound: " + content.keys() + " keys in " + content.versions() + " versions, "
                + content.bytes() + " bytes, made " + Instant.ofEpochMilli(content.madeMs()) + " of "
                + content.origin() + ", root " + HexFormat.of().formatHex(content.root()));
        return ExitStatus.DONE;
    }
}
