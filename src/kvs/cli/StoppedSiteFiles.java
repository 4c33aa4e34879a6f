package kvs.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import kvs.bundle.BundleFile;
import kvs.bundle.BundleHead;
import kvs.bundle.BundleMaker;
import kvs.bundle.BundleMerge;
import kvs.bundle.BundleReceiver;
import kvs.bundle.BundleVerification;
import kvs.bundle.FileResult;
import kvs.bundle.MadeBundle;
import kvs.bundle.Partner;
import kvs.bundle.RejectedBundleException;
import kvs.bundle.SiteRecords;
import kvs.bundle.Statements;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.Progress;
import kvs.model.Refusal;
import kvs.model.Zone;
import kvs.transfer.AtomicFileOutput;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Disk;
import kvs.world.DiskFile;

/** The files of a site whose node is stopped: its directory is open, and locked, until this is closed. */
final class StoppedSiteFiles implements SiteFiles {

    private final Invocation invocation;
    private final SiteDirectory site;
    private final boolean quiet;

    /** The files of an open directory; quiet ones show no progress. */
    StoppedSiteFiles(Invocation invocation, SiteDirectory site, boolean quiet) {
        this.invocation = invocation;
        this.site = site;
        this.quiet = quiet;
    }

    @Override
    public PartnerFacts partner(String name) throws CommandException {
        Partner partner = site.partner(name);
        return new PartnerFacts(site.self(partner), partner.receives());
    }

    @Override
    public BundleFile make(FileRequest request, FileArgument to)
            throws MisuseException, CommandException, IOException {
        Partner partner = only(site.partner(request.partner()), request.zones());
        boolean bundle = request.kind() == BundleHead.Kind.BUNDLE;
        if (!(bundle ? partner.sends() : partner.receives())) {
            throw new CommandException(ExitStatus.FAILED, "nothing was made: the link to "
                    + partner.name() + (bundle ? " only comes in: 'kvs receipt' makes a receipt"
                            : " only goes out: 'kvs bundle' makes a bundle"));
        }
        Optional<String> conflict = partner.conflict(site.records().partners());
        if (conflict.isPresent()) {
            throw new CommandException(ExitStatus.FAILED, "nothing was made: " + conflict.get());
        }
        site.checkWhole();
        if (request.receipt().isPresent()) {
            takeStatement(partner, request.receipt().get());
        }
        Optional<Statements> said = said(request, partner);
        long number = bundle ? site.number(partner) : SiteRecords.lastNumber(site.store().notes(), partner);
        BundleHead head = write(new BundleMaker.Request(request.kind(), partner, site.self(partner), number,
                Clock.REAL.wallMs(), 0), said, to);
        BundleFile file = readBack(to, partner);
        if (bundle) {
            site.note(tx -> MadeBundle.note(tx, partner, head));
            if (!partner.receives() || site.isMember()) {
                site.write(tx -> SiteRecords.delivered(tx, partner, head),
                        "PUT /admin/bundles " + partner.name());
            }
        }
        return file;
    }

    private static Partner only(Partner partner, List<Zone> zones) throws CommandException {
        try {
            return partner.only(zones);
        } catch (Refusal e) {
            throw new CommandException(ExitStatus.FAILED, e.detail(), e);
        }
    }

    /** Writes the file, which is complete and durable then; the request has no time of completeness yet. */
    private BundleHead write(BundleMaker.Request request, Optional<Statements> said, FileArgument to)
            throws IOException {
        Partner partner = request.partner();
        try (BundleMaker maker = new BundleMaker(site.store());
                AtomicFileOutput out = new AtomicFileOutput(to.disk(), to.name());
                Progress progress = new Progress(invocation, "versions", quiet)) {
            BundleHead head = maker.head(new BundleMaker.Request(request.kind(), partner, request.self(),
                    request.number(), request.madeMs(), maker.completeUntil(partner, request.madeMs(),
                            site.isMember() ? List.of(0L) : List.of())), said, Dice.real());
            maker.write(head, partner, out, versions -> progress.show(versions, 0));
            out.complete();
            return head;
        }
    }

    /** The knowledge of what the partner has; empty for a full file. */
    private Optional<Statements> said(FileRequest request, Partner partner) throws CommandException {
        if (request.full()) {
            return Optional.empty();
        }
        Statements known = site.records().statements(partner);
        if (request.since().isEmpty()) {
            return Optional.of(known);
        }
        long number = request.since().getAsLong();
        MadeBundle since = MadeBundle.find(site.store().notes(), partner, number)
                .filter(made -> !made.coverages().isEmpty())
                .orElseThrow(() -> new CommandException(ExitStatus.ABSENT, "nothing was made: "
                        + site.name() + " does not know what bundle " + number + " for " + partner.name()
                        + " had: it keeps that of the last " + MadeBundle.KEPT + " that it made itself, which"
                        + " are " + numbers(partner) + ". Take one of these, or --full"));
        return Optional.of(known.since(since));
    }

    private String numbers(Partner partner) {
        var made = MadeBundle.all(site.store().notes(), partner);
        return made.isEmpty() ? "none" : made.get(0).number() + " to " + made.get(made.size() - 1).number();
    }

    /** Takes the statement in a file of the partner. */
    private void takeStatement(Partner partner, String file)
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
    private static BundleFile readBack(FileArgument to, Partner partner) throws IOException {
        try (DiskFile disk = to.disk().open(to.name(), Disk.Mode.READ)) {
            return BundleVerification.readBack(disk, partner);
        } catch (RejectedBundleException | IOException e) {
            to.disk().delete(to.name());
            to.disk().force();
            throw new IOException("what was written to " + to + " reads back differently: the disk or the"
                    + " stick is faulty. The file was removed; use another one", e);
        }
    }

    @Override
    public FileResult take(FileArgument from) throws IOException {
        try (DiskFile disk = from.disk().open(from.name(), Disk.Mode.READ);
                Progress progress = new Progress(invocation, "bytes", quiet)) {
            return new BundleReceiver(site.store(), Clock.REAL, site).merge(disk,
                    bytes -> progress.show(bytes, 0));
        }
    }

    @Override
    public FileResult verify(FileArgument from) throws IOException {
        try (DiskFile disk = from.disk().open(from.name(), Disk.Mode.READ);
                Progress progress = new Progress(invocation, "bytes", quiet)) {
            return new BundleReceiver(site.store(), Clock.REAL, site).verify(disk,
                    bytes -> progress.show(bytes, 0));
        }
    }

    @Override
    public void close() throws IOException {
        site.close();
    }
}
