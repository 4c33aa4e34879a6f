package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kvs.bundle.BundleFile;
import kvs.bundle.FileResult;
import kvs.bundle.FileVerdict;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that cannot be read, among others. */
class NamedFilesTest {

    @TempDir
    private Path home;

    /** A site whose every file fails in the middle. */
    private record Failing(IOException failure) implements SiteFiles {

        @Override
        public PartnerFacts partner(String name) {
            throw new AssertionError("not asked for");
        }

        @Override
        public BundleFile make(FileRequest request, FileArgument to) throws IOException {
            throw failure;
        }

        @Override
        public FileResult take(FileArgument from) throws IOException {
            throw failure;
        }

        @Override
        public FileResult verify(FileArgument from) throws IOException {
            throw failure;
        }

        @Override
        public void close() { }
    }

    private FileVerdict taken(String name, IOException failure) throws IOException {
        return new NamedFiles(new Failing(failure), FileArgument::existing).take(home.resolve(name)
                .toString()).verdict();
    }

    @Test
    void unreadableFileIsOneResult() throws IOException {
        Files.writeString(home.resolve("x.bundle"), "x");
        Files.createSymbolicLink(home.resolve("y.bundle"), home);
        IOException broken = new IOException("Input/output error");
        assertEquals(List.of(FileVerdict.INTERRUPTED, FileVerdict.UNABLE, FileVerdict.UNABLE),
                List.of(taken("x.bundle", broken), taken("y.bundle", broken), taken("z.bundle", broken)));
        IOException unreachable = new IOException("", new CommandException(ExitStatus.UNREACHABLE, "no"));
        assertThrows(IOException.class, () -> taken("x.bundle", unreachable), "the others would fail alike");
    }
}
