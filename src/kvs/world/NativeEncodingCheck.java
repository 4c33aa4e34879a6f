package kvs.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Checks the names that the operating system passes to the Java runtime: arguments, environment, the working
 * directory. The runtime reads and writes them in the encoding of the locale, and without a UTF-8 locale
 * (LC_ALL=C, an empty environment) it silently replaces what it cannot read: a prefix would match nothing, a
 * directory would be made anew under another name. So a damaged name is refused. Pure functions, but for one
 * look at the directory.
 */
public final class NativeEncodingCheck {

    /** The replacement of a character that could not be read. */
    private static final char LOST = '\uFFFD';
    /** The replacement by the C code of the runtime. */
    private static final char LOST_BY_C = '?';
    private static final String PREFIX = "KVS_";
    private static final Path WORKING = Path.of("/proc/self/cwd");
    private static final String ADVICE = "this process has no UTF-8 locale, so Java cannot handle the name ";
    private static final String MENDED = ". Set LC_ALL=C.UTF-8, or another UTF-8 locale, and restart it";

    private NativeEncodingCheck() { }

    /**
     * Refuses arguments, settings of ours or a directory that could not be read completely.
     *
     * @throws InvalidPathException with the name
     */
    public static void check(List<String> arguments, Map<String, String> environment, String directory) {
        arguments.forEach(argument -> check(argument, argument));
        environment.forEach((name, value) -> check(name.startsWith(PREFIX) ? value : "", name + "=..."));
        if (isElsewhere(directory)) {
            throw lost(directory);
        }
    }

    private static void check(String text, String name) {
        if (text.indexOf(LOST) >= 0) {
            throw lost(name);
        }
    }

    private static InvalidPathException lost(String name) {
        return new InvalidPathException(name, "it could not be read");
    }

    /** The message for a name that cannot be used. */
    public static String unusable(InvalidPathException failure) {
        String name = failure.getInput();
        return name.indexOf('\0') >= 0 ? "a path has a NUL character"
                : ADVICE + "'" + shown(name) + "'" + MENDED;
    }

    /** Whether a directory is not the working directory of the process. */
    private static boolean isElsewhere(String directory) {
        if (directory.indexOf(LOST) < 0 && directory.indexOf(LOST_BY_C) < 0) {
            return false;
        }
        try {
            Path named = Path.of(directory);
            return Files.exists(WORKING) ? !Files.isSameFile(WORKING, named) : !Files.isDirectory(named);
        } catch (IOException | InvalidPathException unreadable) {
            return true;
        }
    }

    /** The name in ASCII: such a process may not be able to show more. */
    private static String shown(String name) {
        return name.replaceAll("[^ -~]", "?");
    }
}
