package kvs.cli;

import java.io.IOException;
import java.util.List;
import kvs.bundle.BundleFile;
import kvs.bundle.FileResult;
import kvs.bundle.FileVerdict;
import kvs.bundle.IncomingSpool;
import kvs.command.CommandException;
import kvs.command.MisuseException;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/** The files that a site takes, by their names. One that cannot be read is a result, and stops no other. */
record NamedFiles(SiteFiles site, Finder finder) implements IncomingSpool.SizedFileTaker {

    /** The finder of a file. */
    @FunctionalInterface
    interface Finder {

        FileArgument file(String name) throws MisuseException, IOException;
    }

    @Override
    public FileResult take(String file) throws IOException {
        FileArgument from;
        try {
            from = finder.file(file);
            from.size();
        } catch (MisuseException | IOException e) {
            return new FileResult(FileVerdict.UNABLE, "it cannot be read: " + FailureText.text(e), "",
                    List.of());
        }
        try {
            return site.take(from);
        } catch (IOException e) {
            if (e.getCause() instanceof CommandException) {
                throw e;
            }
            return new FileResult(FileVerdict.INTERRUPTED, "nothing was changed: " + FailureText.text(e), "",
                    List.of());
        }
    }

    @Override
    public long madeMs(String file) {
        try {
            FileArgument from = finder.file(file);
            try (DiskFile disk = from.disk().open(from.name(), Disk.Mode.READ)) {
                return BundleFile.madeMs(disk);
            }
        } catch (MisuseException | IOException unreadable) {
            return Long.MAX_VALUE;
        }
    }

    @Override
    public long size(String file) throws IOException {
        try {
            return finder.file(file).size();
        } catch (MisuseException e) {
            throw new IOException(FailureText.text(e), e);
        }
    }
}
