package kvs.cli;

import java.io.IOException;
import java.util.List;
import kvs.bundle.BundleFile;
import kvs.bundle.RejectedBundleException;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
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
import kvs.world.Disk;
import kvs.world.DiskFile;

/** The command {@code inspect}: shows the head of a bundle or a receipt, for which no secret is needed. */
final class InspectCommand implements Command {

    private final Invocation invocation;

    InspectCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("inspect", "show what a bundle or a receipt is, without its secret")
                .form(ArgumentSpec.of("FILE", ValueType.FILE, "the bundle or the receipt"))
                .option(OptionSpec.choice(GlobalOptions.OUTPUT, List.of("table", "json", "ndjson", "raw"),
                        "the form of results").letter('o'))
                .note("Every byte is read, so damage is found. Who made it is proven only by 'kvs verify FILE"
                        + " DATA_DIR' at the site that it is for. The documents are encrypted.")
                .example("kvs inspect to-b.bundle", "its number, its zones and their digests")
                .status(ExitStatus.DAMAGED_FILE, "it is no bundle, or is damaged")
                .status(ExitStatus.NEWER_FILE, "it was made by a newer version")
                .build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        FileArgument from = FileArgument.existing(arguments.at(0));
        try (DiskFile disk = from.disk().open(from.name(), Disk.Mode.READ);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            BundleFile file = new BundleFile(disk);
            try (Progress progress = new Progress(invocation, "bytes", arguments.has(GlobalOptions.QUIET))) {
                file.checkHash(from.reading(progress));
            }
            ZoneRows.title(invocation, results, file);
            for (int i = 0; i < file.head().zones().size(); i++) {
                results.add(ZoneRows.row(file, i));
            }
            return ExitStatus.DONE;
        } catch (RejectedBundleException e) {
            throw SiteDirectory.failure(arguments.at(0), e);
        }
    }
}
