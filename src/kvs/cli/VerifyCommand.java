package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import kvs.backup.VerifiedBackup;
import kvs.cli.operation.NodeVerification;
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
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.recovery.DirectoryVerification;
import kvs.world.Clock;
import kvs.world.FileDisk;
import kvs.world.PathCheck;

/**
 * The command {@code verify}: makes a running node check its data, or reads every byte of a stopped node's
 * data or of a backup, lists the faults, and changes nothing.
 */
final class VerifyCommand implements LocalCommand {

    private final Invocation invocation;

    VerifyCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("verify", "check all data of a running node, of a stopped one, of a backup,"
                + " or of a bundle")
                .form()
                .form(ArgumentSpec.of("DATA_DIR|FILE", ValueType.FILE, "the data directory, or the backup; or"
                        + " a bundle or receipt, which a running node checks"))
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "the bundle or receipt of a partner"),
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a stopped node of the"
                                + " site that it is for"),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "the settings of the node").optional())
                .option(NodeSelection.NODE)
                .note("Without an argument a running node reads and checks every version at a bounded rate,"
                        + " and fetches what it cannot read from another member. With one, every byte is"
                        + " read here and nothing is changed.")
                .example("kvs verify", "a running node")
                .example("kvs verify data", "the data of a stopped node")
                .example("kvs verify from-a.bundle", "a bundle, at a running node of the site that it is for")
                .example("kvs verify from-a.bundle data", "the same at a stopped one")
                .status(ExitStatus.FAILED, "failed, or there are faults")
                .status(ExitStatus.ABSENT, "the bundle needs an earlier one")
                .status(ExitStatus.CONDITION_FAILED, "the bundle is older than what was purged here")
                .status(ExitStatus.FORBIDDEN, "not allowed, or the partner knows less than it did")
                .status(ExitStatus.UNREACHABLE, "no node reached, or the bundle is for another site")
                .status(ExitStatus.DAMAGED_FILE, "the bundle is damaged, or was made with another secret")
                .status(ExitStatus.NEWER_FILE, "the bundle was made by a newer version")
                .status(ExitStatus.CLOCK_AHEAD, "the bundle, or the clock here, is a day ahead")
                .usesCluster().build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, IOException {
        if (arguments.rest().isEmpty()) {
            return NodeVerification.run(invocation, arguments);
        }
        String name = arguments.at(0);
        if (!PathCheck.exists(Path.of(name))) {
            throw new MisuseException("there is no file or directory " + name);
        }
        if (arguments.maybe(1).isPresent()
                || PathCheck.isFile(Path.of(name)) && BundleVerifier.isBundle(FileArgument.of(name))) {
            return new BundleVerifier(invocation, arguments).run();
        }
        if (PathCheck.isFile(Path.of(name))) {
            return backup(invocation, arguments, name);
        }
        FileDisk directory = FileDisk.open(NodeEnvironments.directory(arguments, 0));
        DirectoryVerification.Result result;
        try (Progress progress = new Progress(invocation, "bytes", arguments.has(GlobalOptions.QUIET))) {
            result = DirectoryVerification.run(directory, finding -> {
                progress.clear();
                invocation.out().println((finding.fault() ? "FAULT  " : "note   ") + finding.text());
            }, progress::show);
        }
        invocation.out().println((result.sound() ? "sound: " : "FAULTY: ") + result.keys() + " keys in "
                + result.records() + " records, "
                + result.segments() + " segments, " + result.bytes() + " bytes");
        return result.sound() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    /** Reads every byte of a backup. */
    static ExitStatus backup(Invocation invocation, Arguments arguments, String file)
            throws MisuseException, IOException, UnusableDirectoryException {
        FileArgument from = FileArgument.existing(file);
        if (BundleVerifier.isBundle(from)) {
            throw new MisuseException(file + " is a bundle or a receipt: name the data directory of the site"
                    + " that it is for too, or use 'kvs inspect'");
        }
        VerifiedBackup content;
        try (Progress progress = new Progress(invocation, "bytes", arguments.has(GlobalOptions.QUIET))) {
            content = VerifiedBackup.verify(from.disk(), from.name(), from.reading(progress));
        }
        invocation.out().println("sound: " + content.keys() + " keys in " + content.versions() + " versions, "
                + content.bytes() + " bytes, made " + Clock.utc(content.madeMs()) + " of "
                + content.origin() + ", root " + HexFormat.of().formatHex(content.root()));
        return ExitStatus.DONE;
    }
}
