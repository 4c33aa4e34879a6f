package kvs.cli;

import java.io.IOException;
import kvs.bundle.BundleHead;
import kvs.bundle.BundleMerge;
import kvs.bundle.BundleVerification;
import kvs.bundle.RejectedBundleException;
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
import kvs.model.BundleRules;
import kvs.model.Refusal;
import kvs.store.TransactionWrite;
import kvs.world.Clock;
import kvs.world.Disk;
import kvs.world.DiskFile;

/** The command {@code merge}: takes a file of a partner into a stopped node. */
final class MergeCommand implements LocalCommand {

    private final Invocation invocation;

    MergeCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("merge", "take a bundle or a receipt of a partner into a stopped node")
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "the bundle or the receipt"),
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a stopped node"),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "its settings").optional())
                .note("The whole file is checked before anything changes. A document that both sites changed"
                        + " has the later version afterwards; the other one stays in its history. If it is"
                        + " interrupted, the same file ends it.")
                .note("A receipt changes no document: the next bundle for its site begins after it.")
                .example("kvs merge from-a.bundle data", "at site b")
                .status(ExitStatus.ABSENT, "it needs an earlier bundle")
                .status(ExitStatus.CONDITION_FAILED, "it is older than what was purged here")
                .status(ExitStatus.FORBIDDEN, "the partner knows less than it did")
                .status(ExitStatus.UNREACHABLE, "it is for another site")
                .status(ExitStatus.DAMAGED_FILE, "it is damaged, or was made with another secret")
                .status(ExitStatus.NEWER_FILE, "it was made by a newer version")
                .status(ExitStatus.CLOCK_AHEAD, "it, or the clock here, is a day ahead").build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, IOException {
        FileArgument from = FileArgument.existing(arguments.at(0));
        try (SiteDirectory site = SiteDirectory.open(invocation, arguments, 1);
                DiskFile disk = from.disk().open(from.name(), Disk.Mode.READ);
                Progress progress = new Progress(invocation, "bytes", arguments.has(GlobalOptions.QUIET))) {
            BundleVerification.Result result = new BundleVerification(site.store(), Clock.REAL.wallMs())
                    .run(disk, bytes -> progress.show(bytes, 0));
            boolean receipt = result.file().head().kind() == BundleHead.Kind.RECEIPT;
            if (receipt || result.refused().isPresent()) {
                site.write(BundleMerge.statement(result), "PUT /admin/partners/" + result.partner().name());
                BundleVerifier.checkRules(arguments.at(0), result);
                invocation.out().println("receipt of " + result.partner().name()
                        + " is taken: the next bundle for it begins there");
                return ExitStatus.DONE;
            }
            site.checkMerge();
            return merged(site, result, progress);
        } catch (RejectedBundleException e) {
            throw SiteDirectory.failure(arguments.at(0), e);
        }
    }

    private ExitStatus merged(SiteDirectory site, BundleVerification.Result result, Progress progress)
            throws IOException, CommandException {
        String partner = result.partner().name();
        BundleMerge merge = new BundleMerge(site.store(), new BundleMerge.WriteRunner() {
            @Override
            public <T> T run(TransactionWrite<T> write) throws IOException {
                try {
                    return site.batch(write);
                } catch (Refusal e) {
                    throw new IOException("the merge was interrupted: " + e.detail() + "; what was merged"
                            + " stays, and the same file ends it", e);
                }
            }
        }, result, Clock.REAL.wallMs());
        site.beginBatches("POST /admin/merges " + partner);
        BundleMerge.Summary done = merge(merge, progress);
        progress.clear();
        boolean known = result.zones().stream()
                .allMatch(zone -> zone.verdict() == BundleRules.Verdict.NOTHING_NEW);
        long all = result.file().trailer().entries();
        invocation.out().println((known ? "nothing new" : "merged") + ": "
                + done.taken() + " of " + all + " versions of " + partner + (done.buried() == 0 ? ""
                        : ", and " + done.buried() + " keys ended that it has ended"));
        if (!done.complete()) {
            invocation.err().println("kvs: some versions are not readable here, or from the future: merge the"
                    + " same file again later");
        }
        return done.complete() ? ExitStatus.DONE : ExitStatus.FAILED;
    }

    /** Merges a file that was checked as a whole: a fault now is one of the stick, or somebody changed it. */
    private static BundleMerge.Summary merge(BundleMerge merge, Progress progress)
            throws IOException, CommandException {
        try {
            return merge.run(bytes -> progress.show(bytes, 0));
        } catch (RejectedBundleException e) {
            throw new CommandException(ExitStatus.DAMAGED_FILE, "the file changed while it was merged: what"
                    + " was merged stays; merge a sound copy of it again", e);
        }
    }
}
