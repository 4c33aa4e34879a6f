package kvs.world;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/** A directory of this machine. */
public final class RealFileTree implements FileTree {

    private static final boolean POSIX = FileSystems.getDefault().supportedFileAttributeViews()
            .contains("posix");

    private final Path root;

    private RealFileTree(Path root) {
        this.root = root;
    }

    /** Opens a directory, which is made if need be. */
    public static RealFileTree open(String path) throws IOException {
        Path root = Path.of(path).toAbsolutePath().normalize();
        if (Files.exists(root) && !Files.isDirectory(root)) {
            throw new IOException(root + " is a file: name a directory");
        }
        Files.createDirectories(root);
        return new RealFileTree(root);
    }

    @Override
    public String where() {
        return root.toString();
    }

    private Path at(String path) {
        return root.resolve(path);
    }

    @Override
    public Kind kind(String path) throws IOException {
        try {
            BasicFileAttributes traits = Files.readAttributes(at(path), BasicFileAttributes.class,
                    LinkOption.NOFOLLOW_LINKS);
            return traits.isRegularFile() ? Kind.FILE : traits.isDirectory() ? Kind.DIRECTORY : Kind.OTHER;
        } catch (NoSuchFileException absent) {
            return Kind.ABSENT;
        } catch (InvalidPathException unusable) {
            return Kind.OTHER;
        } catch (FileSystemException e) {
            return reason(e).contains("too long") ? Kind.OTHER : absentBelowFile(e);
        }
    }

    private static String reason(FileSystemException e) {
        return Optional.ofNullable(e.getReason()).orElse("");
    }

    private static Kind absentBelowFile(FileSystemException e) throws FileSystemException {
        if (reason(e).contains("Not a directory")) {
            return Kind.ABSENT;
        }
        throw e;
    }

    @Override
    public List<String> list(String path) throws IOException {
        return FileDisk.open(at(path)).list();
    }

    @Override
    public Optional<byte[]> read(String path) throws IOException {
        return kind(path) == Kind.FILE ? UserFiles.of(at(path).toString()) : Optional.empty();
    }

    @Override
    public void write(String path, byte[] bytes, String like) throws IOException {
        Path file = at(path);
        Files.deleteIfExists(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW,
                StandardOpenOption.WRITE)) {
            if (POSIX && kind(like) == Kind.FILE) {
                Files.setPosixFilePermissions(file, Files.getPosixFilePermissions(at(like)));
            }
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                channel.write(left);
            }
            channel.force(true);
        }
    }

    @Override
    public void replace(String from, String to) throws IOException {
        Files.move(at(from), at(to), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public boolean move(String from, String to) throws IOException {
        try {
            Files.createLink(at(to), at(from));
        } catch (FileAlreadyExistsException taken) {
            return false;
        } catch (UnsupportedOperationException | FileSystemException noLinks) {
            return moved(from, to);
        }
        Files.delete(at(from));
        return true;
    }

    /** The same where there are no hard links: a file that another program makes just now may be lost. */
    private boolean moved(String from, String to) throws IOException {
        if (kind(to) != Kind.ABSENT) {
            return false;
        }
        replace(from, to);
        return true;
    }

    @Override
    public void delete(String path) throws IOException {
        Files.deleteIfExists(at(path));
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        Files.createDirectory(at(path));
    }

    @Override
    public void deleteDirectory(String path) throws IOException {
        try {
            if (kind(path) == Kind.DIRECTORY) {
                Files.delete(at(path));
            }
        } catch (DirectoryNotEmptyException inUse) {
            return;
        }
    }

    @Override
    public void force(String path) throws IOException {
        FileDisk.open(at(path)).force();
    }

    @Override
    public Optional<Closeable> lock(String path) throws IOException {
        return FileDisk.open(at(path).getParent()).lock(at(path).getFileName().toString());
    }
}
