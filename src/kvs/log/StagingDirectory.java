package kvs.log;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * A directory in which a store is being made: its MANIFEST has another name, so that nobody takes it for a
 * store before it is complete. The code that makes it holds the lock of the directory already.
 */
public final class StagingDirectory implements Disk {

    /** The name of its MANIFEST until {@link #commit}. */
    public static final String NAME = Manifest.NAME + ".restoring";

    private final Disk disk;

    public StagingDirectory(Disk disk) {
        this.disk = disk;
    }

    /** Turns it into a store, in one step. */
    public void commit() throws IOException {
        disk.force();
        disk.rename(NAME, Manifest.NAME);
        disk.force();
    }

    private static String isStaged(String name) {
        return name.equals(Manifest.NAME) ? NAME : name;
    }

    @Override
    public List<String> list() throws IOException {
        return disk.list().stream().map(name -> name.equals(NAME) ? Manifest.NAME : name).toList();
    }

    @Override
    public DiskFile open(String name, Mode mode) throws IOException {
        return disk.open(isStaged(name), mode);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(isStaged(from), isStaged(to));
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(isStaged(name));
    }

    @Override
    public void force() throws IOException {
        disk.force();
    }

    @Override
    public long freeBytes() throws IOException {
        return disk.freeBytes();
    }

    @Override
    public Optional<Closeable> lock(String name) {
        return Optional.of(() -> { });
    }

    @Override
    public String where() {
        return disk.where();
    }
}
