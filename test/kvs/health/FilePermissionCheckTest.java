package kvs.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import kvs.model.HealthProblem;
import kvs.sim.HealthProblemCheck;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.Logger;
import kvs.world.RealTextFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modes of files and directories on the real file system. */
class FilePermissionCheckTest {

    @TempDir
    private Path directory;
    private final ByteArrayOutputStream logged = new ByteArrayOutputStream();

    private void mode(Path file, String bits) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(bits));
    }

    @Test
    void namesWhatOthersMayReadOrChangeUntilItIsMended() throws Exception {
        assumeTrue(Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null,
                "no such bits here");
        Path config = Files.writeString(directory.resolve("config.yaml"), "x");
        Path data = Files.createDirectory(directory.resolve("data"));
        mode(config, "rw-r-----");
        mode(data, "rwxrwx---");
        Logger log = new Logger(new PrintStream(logged, true, StandardCharsets.UTF_8),
                Logger.Level.INFO, Clock.REAL);
        FilePermissionCheck permissionCheck = new FilePermissionCheck(new RealTextFiles(Dice.real()),
                List.of(new FilePermissionCheck.ProtectedFile(config.toString(), "the cluster secret"),
                        new FilePermissionCheck.ProtectedFile(data.toString(), "the data"),
                        new FilePermissionCheck.ProtectedFile(directory + "/absent", "nothing")), log);
        permissionCheck.step();
        HealthProblemCheck.Subject subject = new HealthProblemCheck.Subject(permissionCheck::problems,
                ms -> permissionCheck.step());
        assertEquals(config + ", which holds the cluster secret, may be read by others (mode 0644):"
                + " chmod o-rwx " + config, HealthProblemCheck.comesAndGoes(HealthProblem.Kind.SECRET_EXPOSED,
                        subject, () -> mode(config, "rw-r--r--"), () -> mode(config, "rw-------")));
        assertTrue(HealthProblemCheck.comesAndGoes(HealthProblem.Kind.SECRET_EXPOSED, subject,
                () -> mode(data, "rwxrwxrwx"), () -> mode(data, "rwx------"))
                .contains("may be read and changed by others (mode 0777)"));
        assertTrue(HealthProblemCheck.comesAndGoes(HealthProblem.Kind.SECRET_EXPOSED, subject,
                () -> mode(data, "rwx----w-"), () -> mode(data, "rwx------"))
                .contains("may be changed by others"));
        permissionCheck.step();
        assertEquals(3, logged.toString(StandardCharsets.UTF_8).lines()
                .filter(line -> line.contains("\"warn\"")).count(), "a line each, once");
    }
}
