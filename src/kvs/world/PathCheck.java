package kvs.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The checks of paths that a person has named on the command line, before something is opened there.
 * Thread-safe.
 */
public final class PathCheck {

    private PathCheck() { }

    /** Whether anything is there. */
    public static boolean exists(Path path) {
        return Files.exists(path);
    }

    /** Whether a regular file is there. */
    public static boolean isFile(Path path) {
        return Files.isRegularFile(path);
    }

    /** Whether a directory is there. */
    public static boolean isDirectory(Path path) {
        return Files.isDirectory(path);
    }

    /** The first directory inside a directory. */
    public static Optional<Path> directoryIn(Path directory) throws IOException {
        try (Stream<Path> inside = Files.list(directory)) {
            return inside.filter(Files::isDirectory).findFirst();
        }
    }

    /** Removes an empty directory. */
    public static void removeEmpty(Path directory) throws IOException {
        Files.delete(directory);
    }
}
