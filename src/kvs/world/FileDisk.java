package kvs.world;

import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A real directory. Directories are made for their owner only (0700), files too (0600), where the file system
 * has such bits.
 */
public final class FileDisk implements Disk {

    private static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews()
            .contains("posix");

    private final Path directory;

    private FileDisk(Path directory) {
        this.directory = directory;
    }

    /** Opens a directory, which is made with its parents if need be. */
    public static FileDisk open(Path directory) throws IOException {
        Files.createDirectories(directory, bits("rwx------"));
        return new FileDisk(directory);
    }

    /**
     * Opens a directory, which is made with its parents if need be, so that a power cut does not remove it.
     */
    public static FileDisk make(Path directory) throws IOException {
        List<Path> above = new ArrayList<>();
        for (Path at = directory; !Files.exists(at); at = at.getParent()) {
            above.add(at.getParent());
        }
        FileDisk disk = FileDisk.open(directory);
        for (Path parent : above) {
            FileDisk.open(parent).force();
        }
        return disk;
    }

    @Override
    public List<String> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public List<String> directories() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
                    .map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public DiskFile open(String name, Mode mode) throws IOException {
        Set<OpenOption> how = switch (mode) {
            case READ -> Set.of(StandardOpenOption.READ);
            case WRITE -> Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
            case CREATE -> Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE,
                    StandardOpenOption.CREATE_NEW);
        };
        return new ChannelFile(FileChannel.open(directory.resolve(name), how, bits("rw-------")));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(directory.resolve(from), directory.resolve(to), StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public void delete(String name) throws IOException {
        Files.delete(directory.resolve(name));
    }

    /**
     * Forces the directory. On systems that cannot open directories (Windows) their names are durable by
     * themselves.
     */
    @Override
    public void force() throws IOException {
        if (!POSIX) {
            return;
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Reads the free space from the file system itself: a jail may have no table of mounts, which
     * {@code Files.getFileStore} reads.
     */
    @Override
    public long freeBytes() throws IOException {
        File here = directory.toFile();
        long free = here.getUsableSpace();
        if (free == 0 && here.getTotalSpace() == 0) {
            throw new IOException("the file system of " + directory + " does not report its free space");
        }
        return free;
    }

    @Override
    public Optional<Closeable> lock(String name) throws IOException {
        FileChannel channel = FileChannel.open(directory.resolve(name),
                Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE), bits("rw-------"));
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return Optional.of(channel);
            }
        } catch (OverlappingFileLockException held) {
            channel.close();
            return Optional.empty();
        }
        channel.close();
        return Optional.empty();
    }

    @Override
    public String where() {
        return directory.toString();
    }

    static FileAttribute<?>[] bits(String bits) {
        return POSIX ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(
                PosixFilePermissions.fromString(bits))} : new FileAttribute<?>[0];
    }

    /** A file on a channel. */
    private record ChannelFile(FileChannel channel) implements DiskFile {

        /**
         * The bytes of one read into the heap: the JDK reads into memory off the heap, which it keeps for
         * the thread, and copies from there. So this memory stays small, and in the cache of the processor.
         */
        private static final int PIECE_BYTES = 64 << 10;

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            int piece = into.isDirect() ? into.remaining() : PIECE_BYTES;
            int end = into.limit();
            int bytes = 0;
            int more = 0;
            try {
                while (more >= 0 && into.position() < end) {
                    into.limit(Math.min(end, into.position() + piece));
                    more = channel.read(into, position + bytes);
                    bytes += Math.max(0, more);
                }
            } finally {
                into.limit(end);
            }
            return bytes;
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            long at = position;
            while (from.hasRemaining()) {
                at += channel.write(from, at);
            }
        }

        /** Forces without the times of the file: fdatasync, which still makes its length durable. */
        @Override
        public void force() throws IOException {
            channel.force(false);
        }

        @Override
        public void truncate(long size) throws IOException {
            channel.truncate(size);
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
