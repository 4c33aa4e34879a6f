package kvs.world;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file for another program, in the directory for temporary files, for its owner only. */
public final class ScratchFile {

    private final Path path;

    private ScratchFile(Path path) {
        this.path = path;
    }

    /** A new file with that content. */
    public static ScratchFile make(String name, String ending, byte[] content) throws IOException {
        Path path = Files.createTempFile(name, ending);
        Files.write(path, content);
        return new ScratchFile(path);
    }

    /** Its path. */
    public String path() {
        return path.toString();
    }

    /** Its content, of at most {@value UserFiles#BYTES_MAX} bytes. */
    public byte[] read() throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            return UserFiles.of(in);
        }
    }

    /** Deletes it. */
    public void delete() throws IOException {
        Files.deleteIfExists(path);
    }
}
