package kvs.world;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The terminal of this process. Where the system lists open files below {@code /proc} each stream is looked
 * at by itself; elsewhere they are terminals if the JDK finds a console, which needs both input and output.
 */
public final class RealTerminalDevice implements TerminalDevice {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @Override
    public boolean has(Stream stream) {
        Path link = DESCRIPTORS.resolve(Integer.toString(stream.ordinal()));
        try {
            String target = Files.readSymbolicLink(link).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty")
                    || target.startsWith("/dev/console");
        } catch (IOException | UnsupportedOperationException unknown) {
            return System.console() != null;
        }
    }

    @Override
    public Optional<String> readHidden(String prompt) {
        Console console = System.console();
        if (console == null) {
            return Optional.empty();
        }
        char[] line = console.readPassword("%s", prompt);
        return line == null ? Optional.empty() : Optional.of(new String(line));
    }
}
