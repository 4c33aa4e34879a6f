package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import kvs.bundle.BundleHead;
import kvs.bundle.MergeSeries;
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
import kvs.command.Style;
import kvs.command.ValueType;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.world.FailureText;
import kvs.world.PathCheck;

/** The command {@code merge}: takes files of partners into a node. */
final class MergeCommand implements LocalCommand {

    private static final String RECEIPT = "--receipt";
    private static final String WATCH = "--watch";
    private static final String EVERY = "--every";
    private static final long EVERY_MS = 10_000;

    private final Invocation invocation;

    MergeCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("merge", "take bundles and receipts of partners into a node")
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "a bundle or a receipt").many())
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "a bundle or a receipt").many(),
                        ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "the data of a stopped node"),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "its settings").optional())
                .form(ArgumentSpec.of("DATA_DIR", ValueType.DIRECTORY, "with " + WATCH).optional(),
                        ArgumentSpec.of("CONFIG", ValueType.FILE, "its settings").optional())
                .value(WATCH, ValueType.DIRECTORY, "go on, and take the files that come into this directory")
                .value(EVERY, ValueType.DURATION, "with " + WATCH + ": the time between two looks; 10s if"
                        + " absent")
                .value(BundleCommand.KEEP, ValueType.NUMBER, "with " + WATCH + ": the most files that are"
                        + " kept in done/, and in refused/; 100 if absent")
                .value(RECEIPT, ValueType.FILE, "then write this new file, which tells the partner what this"
                        + " site has now")
                .note("The whole file is checked before anything changes. A document that both sites changed"
                        + " has the later version afterwards; the other one stays in its history. If it is"
                        + " interrupted, the same file ends it.")
                .note("A receipt changes no document: the next bundle for its site begins after it.")
                .note("Of several files each has its line. Those that need another one are taken behind it,"
                        + " in whatever order they are named; the exit status is that of the first one that"
                        + " was not taken.")
                .example("kvs merge *.bundle data --receipt to-a.receipt", "all that came, and the way back")
                .example("kvs merge data --watch in", "a directory that something else fills")
                .example("kvs merge from-a.bundle", "at site b, into a running node")
                .example("kvs merge from-a.bundle data", "into a stopped one")
                .option(NodeSelection.NODE).usesCluster()
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
        if (arguments.option(WATCH).isPresent()) {
            return watch(arguments, arguments.option(WATCH).get());
        }
        if (arguments.option(EVERY).isPresent() || arguments.option(BundleCommand.KEEP).isPresent()) {
            throw new MisuseException(EVERY + " and " + BundleCommand.KEEP + " go with " + WATCH);
        }
        if (arguments.rest().isEmpty()) {
            throw new MisuseException("name the files, or " + WATCH + " and a directory in which they come");
        }
        int place = directoryPlace(arguments);
        Set<String> names = new TreeSet<>(arguments.rest().subList(0, place));
        for (String name : names) {
            FileArgument.existing(name);
        }
        Optional<String> receipt = arguments.option(RECEIPT);
        if (receipt.isPresent() && PathCheck.exists(Path.of(receipt.get()))) {
            throw new IOException("nothing was merged: " + receipt.get() + " exists: name a new file");
        }
        List<CommandException> failures = new ArrayList<>();
        try (SiteFiles site = SiteFiles.open(invocation, arguments, place);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            Set<String> partners = new TreeSet<>();
            new MergeSeries(new NamedFiles(site, FileArgument::existing), (file, result) -> {
                String name = names.size() > 1 && result.verdict().isGood() ? file + ": " : "";
                partners.add(result.partner());
                try {
                    FileReport.print(invocation, results, file, result.verdict(),
                            (results.isTable() ? name : "") + result.sentence());
                } catch (CommandException e) {
                    failures.add(e);
                }
            }).run(names);
            partners.remove("");
            if (receipt.isPresent() && !partners.isEmpty()) {
                receipt(site, receipt.get(), partners);
                (results.isTable() ? invocation.out() : invocation.err()).println("receipt for "
                        + partners.iterator().next() + " is written to " + receipt.get());
            }
        } catch (IOException e) {
            if (e.getCause() instanceof CommandException failure) {
                throw failure;
            }
            throw e;
        }
        return status(failures);
    }

    private ExitStatus watch(Arguments arguments, String directory) throws MisuseException, CommandException,
            ConfigException, UnusableDirectoryException, IOException {
        long every = arguments.durationMs(EVERY).orElse(EVERY_MS);
        if (every < 1) {
            throw new MisuseException(EVERY + " takes a time between two looks, such as 10s");
        }
        boolean named = arguments.maybe(0).isPresent();
        if (named && !PathCheck.isDirectory(Path.of(arguments.at(0)))
                || arguments.option(RECEIPT).isPresent()) {
            throw new MisuseException(WATCH + " takes the data directory and no file, and makes no receipt");
        }
        new SpoolRounds(invocation, arguments, 0).watch(directory, BundleCommand.kept(arguments), every);
        return ExitStatus.DONE;
    }

    /** The place of the argument that is a directory, behind the files; without one that behind the last. */
    private static int directoryPlace(Arguments arguments) {
        int last = arguments.rest().size() - 1;
        for (int place = Math.max(1, last - 1); place <= last; place++) {
            if (PathCheck.isDirectory(Path.of(arguments.at(place)))) {
                return place;
            }
        }
        return last + 1;
    }

    private static void receipt(SiteFiles site, String file, Set<String> partners)
            throws MisuseException, CommandException, IOException {
        if (partners.size() > 1) {
            throw new CommandException(ExitStatus.FAILED, "no receipt was written: the files are of "
                    + String.join(" and ", partners) + ", and a receipt is for one partner. Make them with"
                    + " 'kvs receipt'");
        }
        site.make(SiteFiles.FileRequest.next(BundleHead.Kind.RECEIPT, partners.iterator().next()),
                FileArgument.of(file));
    }

    /** The failure of the first file that was not taken; those of later ones are printed here. */
    private ExitStatus status(List<CommandException> failures) throws CommandException {
        if (failures.isEmpty()) {
            return ExitStatus.DONE;
        }
        for (CommandException later : failures.subList(1, failures.size())) {
            invocation.err().println("kvs: " + Style.safe(FailureText.text(later)));
        }
        throw failures.get(0);
    }
}
