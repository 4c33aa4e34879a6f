package kvs.health;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import kvs.model.HealthProblem;
import kvs.world.Disk;
import kvs.world.FailureText;
import kvs.world.Task;

/**
 * Reads the free space of a disk, and reports a problem while it is unknown. Thread-safe; only {@link #bytes}
 * and {@link #step} wait for the disk.
 */
public final class FreeSpaceProbe implements Task {

    private static final long LOOK_MS = 5_000;

    private final Disk disk;
    private volatile Optional<String> unknown = Optional.empty();
    private volatile OptionalLong last = OptionalLong.empty();

    /** A probe of {@code disk}. */
    public FreeSpaceProbe(Disk disk) {
        this.disk = disk;
    }

    /** The number of bytes that may still be written; empty while the disk does not report it. */
    public OptionalLong bytes() {
        try {
            OptionalLong bytes = OptionalLong.of(disk.freeBytes());
            unknown = Optional.empty();
            last = bytes;
            return bytes;
        } catch (IOException e) {
            unknown = Optional.of("the free space of the disk is unknown: " + FailureText.text(e));
            last = OptionalLong.empty();
            return OptionalLong.empty();
        }
    }

    /** The number of a few seconds ago, without waiting for the disk. */
    public OptionalLong lastBytes() {
        return last;
    }

    /** The problems for an operator. */
    public List<HealthProblem> problems() {
        return unknown.map(what -> new HealthProblem(HealthProblem.Kind.FREE_SPACE_UNKNOWN, what))
                .stream().toList();
    }

    @Override
    public long step() {
        bytes();
        return LOOK_MS;
    }
}
