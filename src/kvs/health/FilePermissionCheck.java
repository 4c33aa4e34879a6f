package kvs.health;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.model.HealthProblem;
import kvs.world.LocalFiles;
import kvs.world.Logger;
import kvs.world.Task;

/**
 * The files and directories of a node that others on the machine must neither read nor change: looked at every few seconds, which costs one call
 * of the system each. Where files have no such bits nothing is found. Thread-safe; only {@link #step} waits for the disk.
 */
public final class FilePermissionCheck implements Task {

    private static final long LOOK_MS = 5_000;

    private final LocalFiles files;
    private final List<ProtectedFile> places;
    private final Logger log;
    private volatile List<String> found = List.of();

    /**
     * A file or directory.
     *
     * @param path of it
     * @param holds what is in it, for people
     */
    public record ProtectedFile(String path, String holds) { }

    /** The exposure of {@code places}. */
    public FilePermissionCheck(LocalFiles files, List<ProtectedFile> places, Logger log) {
        this.files = files;
        this.places = List.copyOf(places);
        this.log = log;
    }

    /** What an operator should know. */
    public List<HealthProblem> problems() {
        return found.stream().map(what -> new HealthProblem(HealthProblem.Kind.SECRET_EXPOSED, what)).toList();
    }

    @Override
    public long step() {
        List<String> now = new ArrayList<>();
        for (ProtectedFile place : places) {
            how(place).ifPresent(how -> now.add(place.path + ", which holds " + place.holds + ", may be " + how + ": chmod o-rwx " + place.path));
        }
        now.stream().filter(what -> !found.contains(what)).forEach(what -> log.warn("others on this machine are let too near", "what", what));
        found = List.copyOf(now);
        return LOOK_MS;
    }

    /** What cannot be looked at is not known to be open. */
    private Optional<String> how(ProtectedFile place) {
        try {
            return files.exposed(place.path);
        } catch (IOException unknown) {
            log.debug("a mode is not known", "path", place.path);
            return Optional.empty();
        }
    }
}
