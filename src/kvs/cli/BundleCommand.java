package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import kvs.bundle.BundleFile;
import kvs.bundle.BundleHead;
import kvs.client.NodeSelection;
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
import kvs.command.ResultWriter;
import kvs.command.ValueType;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.model.Refusal;
import kvs.model.Zone;
import kvs.world.PathCheck;

/**
 * The commands {@code bundle} and {@code receipt}: make a file for a partner, of what a node has, or of what
 * it covers.
 */
final class BundleCommand implements LocalCommand {

    private static final String RECEIPT = "--receipt";
    private static final String FULL = "--full";
    private static final String SINCE = "--since";
    private static final String SPOOL = "--spool";
    private static final String EVERY = "--every";
    /** The option for the number of files that lie in a directory. */
    static final String KEEP = "--keep";
    /** The number of them without that option. */
    static final long KEPT = 100;

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
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a stopped node;"
                                + " without it a running one does it").optional(),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "its settings").optional())
                .option(NodeSelection.NODE).usesCluster()
                .status(ExitStatus.ABSENT, bundle ? "there is no such partner, or no such earlier bundle"
                        : "there is no such partner");
        if (!bundle) {
            return spec.note("A receipt has no documents: only what is covered of each zone, and its digest."
                    + " 'kvs verify' at the other site compares it, 'kvs merge' there takes it for the next"
                    + " bundle.")
                    .example("kvs receipt a from-b.receipt", "for the next bundle of site a").build();
        }
        return spec.form(ArgumentSpec.of("NAME", ValueType.TEXT, "the partner"),
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "with " + SPOOL).optional(),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "its settings").optional())
                .value(SPOOL, ValueType.DIRECTORY, "make the file in this directory, under a name that sorts"
                        + " by time")
                .value(EVERY, ValueType.DURATION, "with " + SPOOL + ": go on, and make one after each such"
                        + " time")
                .value(KEEP, ValueType.NUMBER, "with " + SPOOL + ": the most bundles that may lie there;"
                        + " 100 if absent")
                .value(RECEIPT, ValueType.FILE, "a receipt of the partner: leave out what it has")
                .option(OptionSpec.of(PartnerCommand.ZONE, ValueType.TEXT, "carry this zone of the link, and"
                        + " no other that is not named; as 'kvs partner ls' shows it").shown("PATH,...")
                        .repeated())
                .flag(FULL, "leave out nothing")
                .value(SINCE, ValueType.NUMBER, "begin after this earlier bundle for the partner, because"
                        + " those behind it were lost")
                .note("The file is encrypted with the secret of the link. It appears under its name once it"
                        + " is complete and durable; it is read back then, and removed if that finds a"
                        + " fault.")
                .note("It leaves out what the partner has, by the last bundle or receipt of it that was taken"
                        + " here. It is full when something was purged here that the partner may still"
                        + " have.")
                .example("kvs bundle b to-b.bundle", "what b lacks of its zones, of a running node")
                .example("kvs bundle b to-b.bundle data", "the same of a stopped one")
                .example("kvs bundle b to-b.bundle data --since 12", "what came after bundle 12")
                .example("kvs bundle b small.bundle --zone plans", "only one zone of the link")
                .example("kvs bundle b data --spool out --every 15m", "a directory that something else"
                        + " carries")
                .example("kvs bundle b to-b.bundle data --full", "all data, whatever b has")
                .status(ExitStatus.UNREACHABLE, "the receipt is of another partner")
                .status(ExitStatus.DAMAGED_FILE, "the receipt is damaged")
                .status(ExitStatus.NEWER_FILE, "the receipt was made by a newer version")
                .status(ExitStatus.CLOCK_AHEAD, "the receipt, or the clock here, is a day ahead").build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, IOException {
        if (arguments.option(SPOOL).isPresent()) {
            return spool(arguments);
        }
        boolean series = arguments.option(EVERY).isPresent() || arguments.option(KEEP).isPresent();
        if (series || arguments.rest().size() < 2 || PathCheck.isDirectory(Path.of(arguments.at(1)))) {
            throw new MisuseException("name a new file, or " + SPOOL
                    + " and a directory for the files");
        }
        if (PathCheck.exists(Path.of(arguments.at(1)))) {
            throw new IOException(arguments.at(1) + " exists: name a new file");
        }
        if (arguments.has(FULL) && arguments.option(SINCE).isPresent()) {
            throw new MisuseException("take " + FULL + " or " + SINCE + ": a full bundle begins after none");
        }
        FileArgument to = FileArgument.of(arguments.at(1));
        SiteFiles.FileRequest request = new SiteFiles.FileRequest(kind, arguments.at(0), zones(arguments),
                arguments.has(FULL), arguments.number(SINCE), arguments.option(RECEIPT));
        try (SiteFiles site = SiteFiles.open(invocation, arguments, 2);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            BundleFile file = site.make(request, to);
            ZoneRows.title(invocation, results, file);
            for (int i = 0; i < file.head().zones().size(); i++) {
                results.add(ZoneRows.row(file, i));
            }
        }
        return ExitStatus.DONE;
    }

    private static List<Zone> zones(Arguments arguments) throws MisuseException {
        try {
            return PartnerCommand.zones(arguments);
        } catch (Refusal e) {
            throw new MisuseException(PartnerCommand.ZONE + ": " + e.detail());
        }
    }

    private ExitStatus spool(Arguments arguments) throws MisuseException, CommandException, ConfigException,
            UnusableDirectoryException, IOException {
        if (arguments.has(FULL) || arguments.option(SINCE).isPresent()
                || arguments.option(RECEIPT).isPresent() || arguments.option(PartnerCommand.ZONE).isPresent()
                || arguments.rest().size() > 3) {
            throw new MisuseException(SPOOL + " makes what the partner lacks: it takes neither a file nor "
                    + FULL + ", " + SINCE + ", " + RECEIPT + " and " + PartnerCommand.ZONE);
        }
        long every = arguments.durationMs(EVERY).orElse(0);
        new SpoolRounds(invocation, arguments, 1).fill(arguments.option(SPOOL).get(), arguments.at(0),
                kept(arguments), every > 0 ? Optional.of(every) : Optional.empty());
        return ExitStatus.DONE;
    }

    /** The most files that lie in a directory. */
    static int kept(Arguments arguments) throws MisuseException {
        long kept = arguments.number(KEEP).orElse(KEPT);
        if (kept < 1 || kept > Integer.MAX_VALUE) {
            throw new MisuseException(KEEP + " is a number from 1 on");
        }
        return (int) kept;
    }
}
