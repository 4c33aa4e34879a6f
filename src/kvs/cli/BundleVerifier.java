package kvs.cli;

import java.io.IOException;
import kvs.bundle.BundleFile;
import kvs.bundle.BundleHead;
import kvs.bundle.BundleVerification;
import kvs.bundle.RejectedBundleException;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OutputFormat;
import kvs.command.Progress;
import kvs.command.ResultWriter;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.world.Clock;
import kvs.world.Disk;
import kvs.world.DiskFile;

/** The part of the command {@code verify} that checks a file of a partner against a stopped node. */
final class BundleVerifier {

    private final Invocation invocation;
    private final Arguments arguments;

    BundleVerifier(Invocation invocation, Arguments arguments) {
        this.invocation = invocation;
        this.arguments = arguments;
    }

    /** Whether a file is a bundle or a receipt. */
    static boolean isBundle(FileArgument argument) throws IOException {
        try (DiskFile file = argument.disk().open(argument.name(), Disk.Mode.READ)) {
            return BundleFile.isBundle(file);
        }
    }

    /** Checks the file that the first argument names against the directory that the second one names. */
    ExitStatus run() throws MisuseException, CommandException, ConfigException, UnusableDirectoryException,
            IOException {
        FileArgument from = FileArgument.existing(arguments.at(0));
        try (SiteDirectory site = SiteDirectory.open(invocation, arguments, 1);
                DiskFile disk = from.disk().open(from.name(), Disk.Mode.READ);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            BundleVerification.Result result;
            try (Progress progress = new Progress(invocation, "bytes", arguments.has(GlobalOptions.QUIET))) {
                result = new BundleVerification(site.store(), Clock.REAL.wallMs()).run(disk,
                        bytes -> progress.show(bytes, 0));
            }
            ZoneRows.title(invocation, results, result.file());
            for (int i = 0; i < result.zones().size(); i++) {
                BundleVerification.ZoneResult zone = result.zones().get(i);
                results.add(ZoneRows.row(result.file(), i).flag("equal", zone.isEqual(),
                        zone.isEqual() ? "equal here" : "not equal here").text("verdict",
                        verdict(result, zone)));
            }
            results.flush();
            if (result.file().head().kind() == BundleHead.Kind.BUNDLE && !result.isComplete()) {
                throw new CommandException(ExitStatus.ABSENT, arguments.at(0) + ": it needs what an earlier"
                        + " bundle brought. Carry that one first, or make a new one at " + result.partner()
                        .name() + " without --receipt");
            }
            return ExitStatus.DONE;
        } catch (RejectedBundleException e) {
            throw SiteDirectory.failure(arguments.at(0), e);
        }
    }

    private static String verdict(BundleVerification.Result result, BundleVerification.ZoneResult zone) {
        boolean receipt = result.file().head().kind() == BundleHead.Kind.RECEIPT;
        return switch (zone.verdict()) {
            case MERGEABLE -> receipt ? "the partner has more" : "brings something new";
            case NOTHING_NEW -> receipt ? "all that it covers is here" : "nothing new";
            case MISSING -> "needs an earlier bundle";
        };
    }
}
