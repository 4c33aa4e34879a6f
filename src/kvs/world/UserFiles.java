package kvs.world;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** Whole files that a person has named, of at most {@value #BYTES_MAX} bytes. Thread-safe. */
public final class UserFiles {

    /** More than any document or batch has. */
    public static final int BYTES_MAX = 64 << 20;

    private UserFiles() { }

    /** The bytes of a file; empty when it does not exist. */
    public static Optional<byte[]> of(String path) throws IOException {
        Path file = Path.of(path);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Optional.of(of(in));
        }
    }

    /** The bytes of a stream up to its end. */
    public static byte[] of(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(BYTES_MAX + 1);
        if (bytes.length > BYTES_MAX) {
            throw new IOException("the input has more than " + BYTES_MAX + " bytes");
        }
        return bytes;
    }

    /**
     * Replaces a small file in one step, for its owner only, and makes the directories above it. A power cut
     * may undo it: this is for what only saves time.
     */
    public static void replaceLoosely(String path, String text) throws IOException {
        Path file = Path.of(path);
        Path fresh = file.resolveSibling(file.getFileName() + "." + System.nanoTime() + ".new");
        FileDisk.open(file.getParent());
        Files.deleteIfExists(fresh);
        Files.createFile(fresh, FileDisk.bits("rw-------"));
        Files.writeString(fresh, text);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
