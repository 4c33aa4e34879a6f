package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import kvs.backup.VerifiedBackup;
import kvs.log.UnusableDirectoryException;
import kvs.store.DirectoryVerification;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/**
 * The command {@code verify}: reads every byte of a stopped node's data, or of a backup, and lists the
 * faults. It changes nothing.
 */
final class VerifyCommand implements Command {

    private final CommandContext context;

    VerifyCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public int run(List<String> args)
            throws Arguments.MisuseException, UnusableDirectoryException, IOException {
        Arguments arguments = Arguments.parse(args, Set.of(), Set.of());
        if (arguments.rest().size() == 1 && !PathCheck.exists(Path.of(arguments.rest().get(0)))) {
            throw new Arguments.MisuseException("there is no file or directory " + arguments.rest().get(0));
        }
        if (arguments.rest().size() == 1 && PathCheck.isFile(Path.of(arguments.rest().get(0)))) {
            return backup(FileArgument.existing(arguments.rest().get(0)));
        }
        DirectoryVerification.Result result = DirectoryVerification.run(
                FileDisk.open(CommandContext.directory(arguments, 1)),
                finding -> context.out().println((finding.fault() ? "FAULT  " : "note   ") + finding.text()));
        context.out().println((result.sound() ? "sound: " : "FAULTY: ") + result.keys() + " keys in "
                + result.records() + " records, "
                + result.segments() + " segments, " + result.bytes() + " bytes");
        return result.sound() ? DONE : FAILED;
    }

    private int backup(FileArgument from) throws IOException, UnusableDirectoryException {
        ProgressLine progress = new ProgressLine(context);
        VerifiedBackup content = VerifiedBackup.verify(from.disk(), from.name(), progress.reading(from));
        progress.clear();
        context.out().println("sound: " + content.keys() + " keys in " + content.versions() + " versions, "
                + content.bytes() + " bytes, made " + Instant.ofEpochMilli(content.madeMs()) + " of "
                + content.origin() + ", root " + HexFormat.of().formatHex(content.root()));
        return DONE;
    }
}
