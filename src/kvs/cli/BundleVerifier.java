package kvs.cli;

import java.io.IOException;
import kvs.bundle.BundleFile;
import kvs.bundle.FileResult;
import kvs.bundle.RejectedBundleException;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.world.Disk;
import kvs.world.DiskFile;

/** The part of the command {@code verify} that checks a file of a partner at a node. */
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

    /** Checks the file that the first argument names against the directory that the second one names, or a
     * running node. */
    ExitStatus run() throws MisuseException, CommandException, ConfigException, UnusableDirectoryException,
            IOException {
        FileArgument from = FileArgument.existing(arguments.at(0));
        try (SiteFiles site = SiteFiles.open(invocation, arguments, 1);
                DiskFile disk = from.disk().open(from.name(), Disk.Mode.READ);
                ResultWriter results = new ResultWriter(invocation, OutputFormat.of(arguments), false)) {
            FileResult result = site.verify(from);
            if (!result.zones().isEmpty()) {
                BundleFile file = new BundleFile(disk);
                ZoneRows.title(invocation, results, file);
                for (int i = 0; i < result.zones().size(); i++) {
                    FileResult.ZoneFinding zone = result.zones().get(i);
                    results.add(ZoneRows.found(file, i, zone.equal(), zone.text()));
                }
                results.flush();
            }
            if (!result.verdict().isGood()) {
                throw FileReport.failure(arguments.at(0), result.verdict(), result.sentence());
            }
            return ExitStatus.DONE;
        } catch (RejectedBundleException e) {
            throw SiteDirectory.failure(arguments.at(0), e);
        }
    }
}
