package kvs.cli;

import java.io.IOException;
import java.util.List;
import kvs.bundle.BundleReceiver;
import kvs.bundle.FileResult;
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
                .option(OptionSpec.choice(GlobalOptions.OUTPUT, List.of("table", "json", "ndjson", "raw"),
                        "the form of results").letter('o'))
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
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            FileResult result;
            try (Progress progress = new Progress(invocation, "bytes", arguments.has(GlobalOptions.QUIET))) {
                result = new BundleReceiver(site.store(), Clock.REAL, site).merge(disk,
                        bytes -> progress.show(bytes, 0));
            }
            return FileReport.print(invocation, results, arguments.at(0), result.verdict(),
                    result.sentence());
        }
    }
}
