package kvs.cli;

import java.io.IOException;
import java.util.Optional;
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
import kvs.model.BundleRules;
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
            checkRules(arguments.at(0), result);
            return ExitStatus.DONE;
        } catch (RejectedBundleException e) {
            throw SiteDirectory.failure(arguments.at(0), e);
        }
    }

    /** Refuses a sound bundle that cannot be merged here by the rules, with what to do. */
    static void checkRules(String file, BundleVerification.Result result) throws CommandException {
        Optional<BundleVerification.ZoneResult> refused = result.refused();
        if (refused.isEmpty()) {
            return;
        }
        String partner = result.partner().name();
        String where = file + ": nothing was merged: zone " + refused.get().state().zone() + ": ";
        switch (refused.get().verdict()) {
            case MISSING -> throw new CommandException(ExitStatus.ABSENT, where + "it needs what an earlier"
                    + " bundle brought. Carry that one first, or carry a receipt of this site to " + partner
                    + " and make a new one there");
            case LATE -> throw new CommandException(ExitStatus.CONDITION_FAILED, where + "it is older than"
                    + " what was merged and purged here since: throw it away");
            case PUT_BACK -> throw new CommandException(ExitStatus.FORBIDDEN, where + partner + " knows less"
                    + " than it did: it was put back to an older state. Carry a bundle of this site there"
                    + " first; if it gets none, and its data is lost, run 'kvs partner reset " + partner
                    + "' here");
            case MERGEABLE, NOTHING_NEW -> throw new AssertionError(refused.get());
        }
    }

    private static String verdict(BundleVerification.Result result, BundleVerification.ZoneResult zone) {
        boolean receipt = result.file().head().kind() == BundleHead.Kind.RECEIPT;
        if (receipt) {
            return zone.verdict() == BundleRules.Verdict.NOTHING_NEW || zone.isEqual() ? "nothing new"
                    : "has something new";
        }
        return switch (zone.verdict()) {
            case MERGEABLE -> "brings something new";
            case NOTHING_NEW -> "nothing new";
            case MISSING -> "needs an earlier bundle";
            case LATE -> "older than what was purged here";
            case PUT_BACK -> "the partner was put back";
        };
    }
}
