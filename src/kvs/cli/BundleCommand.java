package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import kvs.bundle.BundleFile;
import kvs.bundle.BundleHead;
import kvs.bundle.BundleMaker;
import kvs.bundle.BundleMerge;
import kvs.bundle.BundleVerification;
import kvs.bundle.Partner;
import kvs.bundle.RejectedBundleException;
import kvs.bundle.SiteRecords;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.Progress;
import kvs.command.ResultWriter;
import kvs.command.ValueType;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.transfer.AtomicFileOutput;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.PathCheck;

/**
 * The commands {@code bundle} and {@code receipt}: make a file for a partner, of what a stopped node has, or
 * of what it covers.
 */
final class BundleCommand implements LocalCommand {

    private static final String RECEIPT = "--receipt";
    private static final String FULL = "--full";

    private final Invocation invocation;
    private final BundleHead.Kind kind;

    BundleCommand(Invocation invocation, BundleHead.Kind kind) {
        this.invocation = invocation;
        this.kind = kind;
    }

    @Override
    public CommandSpec spec() {
        boolean bundle = kind == BundleHead.Kind.BUNDLE;
        CommandSpec.Builder spec = CommandSpec.named(bundle ? "bundle" : "receipt", bundle
                ? "write the data for a partner to a file" : "write to a file what this site has, for a"
                        + " partner")
                .form(ArgumentSpec.of("NAME", ValueType.TEXT, "the partner"),
                        ArgumentSpec.of("FILE", ValueType.FILE, "the new file"),
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a stopped node"),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "its settings").optional())
                .option(OptionSpec.choice(GlobalOptions.OUTPUT, List.of("table", "json", "ndjson", "raw"),
                        "the form of results").letter('o'))
                .status(ExitStatus.ABSENT, "there is no such partner");
        if (!bundle) {
            return spec.note("A receipt has no documents: only what is covered of each zone, and its digest."
                    + " 'kvs verify' at the other site compares it, 'kvs merge' there takes it for the next"
                    + " bundle.")
                    .example("kvs receipt a from-b.receipt data", "for the next bundle of site a").build();
        }
        return spec.value(RECEIPT, ValueType.FILE, "a receipt of the partner: leave out what it has")
                .flag(FULL, "leave out nothing")
                .note("The file is encrypted with the secret of the link. It appears under its name once it"
                        + " is complete and durable; it is read back then, and removed if that finds a"
                        + " fault.")
                .note("It leaves out what the partner has, by the last bundle or receipt of it that was taken"
                        + " here. It is full when something was purged here that the partner may still"
                        + " have.")
                .example("kvs bundle b to-b.bundle data", "what b lacks of its zones")
                .example("kvs bundle b to-b.bundle data --full", "all data, whatever b has")
                .status(ExitStatus.UNREACHABLE, "the receipt is of another partner")
                .status(ExitStatus.DAMAGED_FILE, "the receipt is damaged")
                .status(ExitStatus.NEWER_FILE, "the receipt was made by a newer version")
                .status(ExitStatus.CLOCK_AHEAD, "the receipt, or the clock here, is a day ahead").build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, IOException {
        if (PathCheck.exists(Path.of(arguments.at(1)))) {
            throw new IOException(arguments.at(1) + " exists: name a new file");
        }
        FileArgument to = FileArgument.of(arguments.at(1));
        try (SiteDirectory site = SiteDirectory.open(invocation, arguments, 2);
                Progress progress = new Progress(invocation, "versions",
                        arguments.has(GlobalOptions.QUIET))) {
            Partner partner = site.partner(arguments.at(0));
            boolean goes = kind == BundleHead.Kind.BUNDLE ? partner.sends() : partner.receives();
            if (!goes) {
                throw new CommandException(ExitStatus.FAILED, "nothing was made: the link to "
                        + partner.name() + (kind == BundleHead.Kind.BUNDLE ? " only comes in: 'kvs receipt'"
                                + " makes a receipt" : " only goes out: 'kvs bundle' makes a bundle"));
            }
            site.checkWhole();
            if (arguments.option(RECEIPT).isPresent()) {
                take(site, partner, arguments.option(RECEIPT).get());
            }
            long number = kind == BundleHead.Kind.RECEIPT
                    ? SiteRecords.lastNumber(site.store().notes(), partner) : site.number(partner);
            BundleHead head = written(site, new BundleMaker.Request(kind, partner, site.site(), number,
                    Clock.REAL.wallMs(), 0), arguments.has(FULL), to, progress);
            readBack(to, partner, OutputFormat.of(arguments));
            if (!partner.receives()) {
                site.write(tx -> SiteRecords.delivered(tx, partner, head),
                        "PUT /admin/bundles " + partner.name());
            }
        }
        return ExitStatus.DONE;
    }

    /** Writes the file, which is complete and durable then; the request has no time of completeness yet. */
    private static BundleHead written(SiteDirectory site, BundleMaker.Request request, boolean full,
            FileArgument to, Progress progress) throws IOException {
        Partner partner = request.partner();
        try (BundleMaker maker = new BundleMaker(site.store());
                AtomicFileOutput out = new AtomicFileOutput(to.disk(), to.name())) {
            BundleHead head = maker.head(new BundleMaker.Request(request.kind(), partner, request.self(),
                    request.number(), request.madeMs(), maker.completeUntil(partner, request.madeMs(),
                            site.isMember())), full ? Optional.empty()
                            : Optional.of(site.records().statements(partner)), Dice.real());
            maker.write(head, partner, out, versions -> progress.show(versions, 0));
            out.complete();
            return head;
        }
    }

    /** Takes the statement in a file of the partner. */
    private static void take(SiteDirectory site, Partner partner, String file)
            throws MisuseException, CommandException, IOException {
        FileArgument from = FileArgument.existing(file);
        try (DiskFile disk = from.disk().open(from.name(), Disk.Mode.READ)) {
            BundleVerification.Result result = new BundleVerification(site.store(), Clock.REAL.wallMs())
                    .run(disk, bytes -> { });
            if (!result.partner().name().equals(partner.name())) {
                throw new CommandException(ExitStatus.UNREACHABLE, "nothing was made: " + file
                        + " is of the partner " + result.partner().name());
            }
            site.write(BundleMerge.statement(result), "PUT /admin/partners/" + partner.name());
        } catch (RejectedBundleException e) {
            throw SiteDirectory.failure(file, e);
        }
    }

    /** Reads the complete file again; it is removed if that finds a fault. */
    private void readBack(FileArgument to, Partner partner, OutputFormat format) throws IOException {
        try (DiskFile disk = to.disk().open(to.name(), Disk.Mode.READ);
                ResultWriter results = new ResultWriter(invocation, format, false)) {
            BundleFile file = BundleVerification.readBack(disk, partner);
            ZoneRows.title(invocation, results, file);
            for (int i = 0; i < file.head().zones().size(); i++) {
                results.add(ZoneRows.row(file, i));
            }
        } catch (RejectedBundleException | IOException e) {
            to.disk().delete(to.name());
            to.disk().force();
            throw new IOException("what was written to " + to + " reads back differently: the disk or the"
                    + " stick is faulty. The file was removed; use another one", e);
        }
    }
}
