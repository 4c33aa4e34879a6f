package kvs.health;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.model.HealthProblem;
import kvs.world.Logger;
import kvs.world.Task;
import kvs.world.TextFiles;

/**
 * Checks that other users of the machine can neither read nor change the files and directories of a node:
 * every few seconds, at the cost of one system call each. Without permission bits in the file system there is
 * no finding. Thread-safe; only {@link #step} waits for the disk.
 */
public final class FilePermissionCheck implements Task {

    private static final long LOOK_MS = 5_000;

    private final TextFiles files;
    private final List<ProtectedFile> places;
    private final Logger log;
    private volatile List<String> found = List.of();

    /**
     * A file or directory.
     *
     * @param path its path
     * @param holds its content, in words for people
     */
    public record ProtectedFile(String path, String holds) { }

    /** A check of {@code places}. */
    public FilePermissionCheck(TextFiles files, List<ProtectedFile> places, Logger log) {
        this.files = files;
        this.places = List.copyOf(places);
        this.log = log;
    }

    /** The problems for an operator. */
    public List<HealthProblem> problems() {
        return found.stream()
                .map(what -> new HealthProblem(HealthProblem.Kind.SECRET_EXPOSED, what)).toList();
    }

    @Override
    public long step() {
        List<String> now = new ArrayList<>();
        for (ProtectedFile file : places) {
            how(file).ifPresent(how -> now.add(file.path + ", which holds " + file.holds + ", may be "
                    + how + ": chmod o-rwx " + file.path));
        }
        now.stream().filter(what -> !found.contains(what))
                .forEach(what -> log.warn("other users of this machine have access to files of this"
                        + " node", "what", what));
        found = List.copyOf(now);
        return LOOK_MS;
    }

    /** The exposure of a file; a file that cannot be examined is not known to be exposed. */
    private Optional<String> how(ProtectedFile file) {
        try {
            return files.exposed(file.path);
        } catch (IOException unknown) {
            log.debug("the mode of a file is unknown", "path", file.path);
            return Optional.empty();
        }
    }
}
