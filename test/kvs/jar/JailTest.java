package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jail without a table of mounts, where {@code Files.getFileStore} finds nothing. */
class JailTest {

    @TempDir
    private Path directory;

    /** The free space is asked for before a backup is made. */
    @Test
    void makesABackup() throws IOException {
        assumeTrue(Shell.has("unshare") && Shell.has("mount"), "unshare or mount is not installed");
        assumeTrue(Shell.run(directory, "unshare -m mount -t tmpfs none /proc").status() == 0,
                "this user may not hide /proc");
        Files.writeString(directory.resolve("in.ndjson"), "{\"path\":\"a\",\"data\":1}\n");
        String home = System.getProperty("java.home");
        String java = "LD_LIBRARY_PATH=" + home + "/lib:" + home + "/lib/server " + home
                + "/bin/java -Duser.home=. -jar " + Jar.ours();
        var printed = Shell.run(directory, "mkdir data && unshare -m sh -c 'mount -t tmpfs none /proc && "
                + java + " import in.ndjson data && " + java + " backup made.backup data' 2>&1");
        assertEquals(0, printed.status(), printed.text());
        assertTrue(printed.text().contains("1 keys"), printed.text());
    }
}
