package kvs.world;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of this machine. Owner and bits are checked where the file system has them. */
public final class RealTextFiles implements TextFiles {

    private static final boolean UNIX = FileSystems.getDefault().supportedFileAttributeViews()
            .contains("unix");
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int ANY_WRITE = 0022;
    private static final int GROUP_READ = 0040;
    private static final int OTHERS_READ = 0004;
    private static final int OTHERS_WRITE = 0002;
    private static final int BITS = 07777;

    private final Dice dice;
    private final HardLinker link;

    /** Gives a file a second name, which must be free. */
    interface HardLinker {

        void make(Path name, Path file) throws IOException;
    }

    /** Files with temporary names from {@code dice}. */
    public RealTextFiles(Dice dice) {
        this(dice, Files::createLink);
    }

    RealTextFiles(Dice dice, HardLinker link) {
        this.dice = dice;
        this.link = link;
    }

    @Override
    public Optional<String> text(String path) throws IOException {
        Path file = file(path);
        return traits(file).isEmpty() ? Optional.empty() : Optional.of(read(file));
    }

    @Override
    public Optional<String> secret(String path) throws IOException {
        Path file = file(path);
        Optional<Map<String, Object>> traits = traits(file);
        if (traits.isEmpty()) {
            return Optional.empty();
        }
        if (UNIX) {
            judge(file, traits.get());
        }
        String text = read(file);
        if (text.isBlank()) {
            throw new IOException(file + " must hold a secret but is empty: fill or remove it");
        }
        return Optional.of(text.endsWith("\n")
                ? text.substring(0, text.length() - (text.endsWith("\r\n") ? 2 : 1)) : text);
    }

    /**
     * The attributes of a regular file; empty when it does not exist. A dangling symbolic link counts as
     * existing, because it was made on purpose.
     */
    private static Optional<Map<String, Object>> traits(Path file) throws IOException {
        try {
            Map<String, Object> traits = Files.readAttributes(file,
                    UNIX ? "unix:isRegularFile,uid,mode" : "isRegularFile");
            if (!Boolean.TRUE.equals(traits.get("isRegularFile"))) {
                throw new IOException(file + " is not a regular file: name a regular file");
            }
            return Optional.of(traits);
        } catch (NoSuchFileException e) {
            if (Files.isSymbolicLink(file)) {
                throw new IOException(
                        file + " is a symbolic link without a target: create the target, or remove the"
                                + " link", e);
            }
            return Optional.empty();
        }
    }

    private static void judge(Path file, Map<String, Object> traits) throws IOException {
        long owner = uid(traits.get("uid"));
        long own = ownUid();
        if (owner != own && owner != 0) {
            throw new IOException(file + " holds a secret and belongs to uid " + owner
                    + ", neither to this process (uid " + own + ") nor to root: change its owner (chown)");
        }
        int mode = (Integer) traits.get("mode");
        if ((mode & ANY_WRITE) != 0) {
            throw open(file, "written by its group or by others", mode);
        }
        if ((mode & OTHERS_READ) != 0) {
            throw open(file, "read by others", mode);
        }
        if ((mode & GROUP_READ) != 0 && owner != 0) {
            throw open(file, "read by its group", mode);
        }
    }

    private static IOException open(Path file, String what, int mode) {
        return new IOException(String.format("%s holds a secret and may be %s (mode %04o): chmod 600 %s",
                file, what, mode & BITS, file));
    }

    private static String read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        }
        if (bytes.length > BYTES_MAX) {
            throw new IOException(file + " has more than " + BYTES_MAX + " bytes: name a small text file");
        }
        try {
            return ByteOrderMark.skipped(StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not UTF-8: name a text file", e);
        }
    }

    /**
     * The user of this process. {@code /proc/self} itself belongs to root when the process may not be dumped,
     * but its status names the user; where there is none, the owner of a new file is the user.
     */
    static long ownUid() throws IOException {
        if (Files.exists(STATUS)) {
            for (String line : Files.readAllLines(STATUS, StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("Uid:")) {
                    return Long.parseLong(line.split("\\s+")[2]);
                }
            }
        }
        Path probe = Files.createTempFile("kvs", ".uid");
        try {
            return uid(Files.getAttribute(probe, "unix:uid"));
        } finally {
            Files.delete(probe);
        }
    }

    private static long uid(Object attribute) {
        return Integer.toUnsignedLong((Integer) attribute);
    }

    @Override
    public boolean create(String path, String text) throws IOException {
        Path file = file(path);
        FileDisk disk = directory(file);
        String fresh = fresh(file);
        write(disk, fresh, text);
        boolean made;
        try {
            made = named(disk, file, fresh, text);
        } finally {
            disk.delete(fresh);
        }
        disk.force();
        return made;
    }

    /**
     * Gives the written file its final name, or writes it again under that name where there are no hard
     * links.
     */
    private boolean named(FileDisk disk, Path file, String fresh, String text) throws IOException {
        try {
            link.make(file, file.resolveSibling(fresh));
            return true;
        } catch (FileAlreadyExistsException taken) {
            return false;
        } catch (UnsupportedOperationException | IOException noLinks) {
            return writtenInPlace(disk, file, text, noLinks);
        }
    }

    private static boolean writtenInPlace(FileDisk disk, Path file, String text, Exception noLinks)
            throws IOException {
        try {
            write(disk, file.getFileName().toString(), text);
            return true;
        } catch (FileAlreadyExistsException taken) {
            return false;
        } catch (IOException e) {
            e.addSuppressed(noLinks);
            throw e;
        }
    }

    @Override
    public boolean ownDirectory(String path) {
        try {
            Path directory = Path.of(path);
            return directory.isAbsolute() && Files.isDirectory(directory)
                    && (!UNIX || uid(Files.getAttribute(directory, "unix:uid")) == ownUid());
        } catch (InvalidPathException | IOException unknown) {
            return false;
        }
    }

    @Override
    public String absolute(String path) throws IOException {
        return file(path).normalize().toString();
    }

    @Override
    public Optional<String> exposed(String path) throws IOException {
        try {
            int mode = UNIX ? (Integer) Files.getAttribute(Path.of(path).toAbsolutePath(), "unix:mode") : 0;
            boolean read = (mode & OTHERS_READ) != 0;
            boolean changed = (mode & OTHERS_WRITE) != 0;
            String how = read && changed ? "read and changed" : read ? "read" : "changed";
            return read || changed ? Optional.of(String.format("%s by others (mode %04o)", how, mode & BITS))
                    : Optional.empty();
        } catch (NoSuchFileException | InvalidPathException absent) {
            return Optional.empty();
        }
    }

    @Override
    public void replace(String path, String text) throws IOException {
        Path file = file(path);
        FileDisk disk = directory(file);
        String fresh = fresh(file);
        write(disk, fresh, text);
        try {
            disk.rename(fresh, file.getFileName().toString());
        } catch (IOException e) {
            remove(disk, fresh, e);
            throw e;
        }
        disk.force();
    }

    private static Path file(String path) throws IOException {
        Path file;
        try {
            file = Path.of(path).toAbsolutePath();
        } catch (InvalidPathException e) {
            throw new IOException("it is not a path: " + FailureText.text(e), e);
        }
        if (file.getFileName() == null) {
            throw new IOException(file + " is not a regular file: name a regular file");
        }
        return file;
    }

    /** The directory of a file, made durably if need be. */
    private static FileDisk directory(Path file) throws IOException {
        List<Path> above = new ArrayList<>();
        for (Path at = file.getParent();
                at.getParent() != null && !Files.exists(at, LinkOption.NOFOLLOW_LINKS); at = at.getParent()) {
            above.add(at.getParent());
        }
        FileDisk disk = FileDisk.open(file.getParent());
        for (Path parent : above) {
            FileDisk.open(parent).force();
        }
        return disk;
    }

    private String fresh(Path file) {
        return file.getFileName() + "." + HexFormat.of().toHexDigits(dice.bits()) + ".new";
    }

    /** Makes a file that must not exist; all but its name is durable. */
    private static void write(FileDisk disk, String name, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > BYTES_MAX) {
            throw new IOException(name + " would have more than " + BYTES_MAX + " bytes");
        }
        DiskFile made = disk.open(name, Disk.Mode.CREATE);
        try (made) {
            made.write(ByteBuffer.wrap(bytes), 0);
            made.force();
        } catch (IOException e) {
            remove(disk, name, e);
            throw e;
        }
    }

    private static void remove(FileDisk disk, String name, IOException failure) {
        try {
            disk.delete(name);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
