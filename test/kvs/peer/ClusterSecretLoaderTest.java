package kvs.peer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import kvs.world.Dice;
import kvs.world.RealTextFiles;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterSecretLoaderTest {

    private static final String A = "a".repeat(32);
    private static final String B = "b".repeat(32);
    private static final String C = "c".repeat(32);
    private static final String D = "d".repeat(32);

    @TempDir
    private Path directory;
    private Path data;
    private final ClusterSecretLoader secret = new ClusterSecretLoader(new RealTextFiles(Dice.real()),
            Dice.real());

    @BeforeEach
    void makeData() throws IOException {
        data = Files.createDirectory(directory.resolve("data"));
    }

    private ClusterSecretLoader.SecretSources places(List<String> configured, String file,
            Optional<String> credentials) {
        return new ClusterSecretLoader.SecretSources(configured, file, credentials, directory.toString(),
                data.toString());
    }

    private ClusterSecretLoader.SecretSources nothing() {
        return places(List.of(), "", Optional.empty());
    }

    private Path write(String path, String text) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        bits(file, "rw-------");
        return file;
    }

    private static void bits(Path file, String bits) throws IOException {
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(bits));
        }
    }

    private static List<String> texts(ClusterSecretLoader.LoadedSecrets found) {
        return found.secrets().stream().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).toList();
    }

    @Test
    void theFirstPlaceWins() throws IOException {
        write("data/cluster.secret", A + "\n");
        assertEquals(List.of(A), texts(secret.find(nothing())));
        write(".kvs/cluster.secret", B + "\n");
        assertEquals(List.of(B), texts(secret.find(nothing())));
        write("credentials/cluster.secret", C);
        Optional<String> credentials = Optional.of(directory.resolve("credentials").toString());
        assertEquals(List.of(C), texts(secret.find(places(List.of(), "", credentials))));
        Path file = write("own", D + "\n" + A + "\n\n");
        ClusterSecretLoader.LoadedSecrets own = secret.find(places(List.of(), file.toString(), credentials));
        assertEquals(List.of(D, A), texts(own), "the first signs");
        assertEquals(file.toString(), own.from());
        assertEquals(List.of(A, B), texts(secret.find(places(List.of(A, B), file.toString(), credentials))));
        assertEquals(List.of(B), texts(secret.find(places(List.of(), "", Optional.of("/nowhere")))),
                "systemd gave none");
    }

    @Test
    void isMadeOnceAtHomeForItsOwnerOnly() throws IOException {
        ClusterSecretLoader.LoadedSecrets made = secret.find(nothing());
        Path file = directory.resolve(".kvs/cluster.secret");
        assertEquals(file.toString(), made.from());
        assertEquals(43, texts(made).get(0).length(), "256 bits");
        assertEquals(texts(made), texts(secret.find(nothing())));
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
            assertEquals("rwx------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
        }
    }

    @Test
    void withoutAHomeItIsKeptWithTheData() throws IOException {
        for (String home : List.of("?", "relative", directory.resolve("none").toString())) {
            ClusterSecretLoader.LoadedSecrets found = secret.find(new ClusterSecretLoader.SecretSources(
                    List.of(), "", Optional.empty(), home, data.toString()));
            assertEquals(data.resolve("cluster.secret").toString(), found.from());
        }
    }

    @Test
    void aHomeThatCannotBeWrittenIsNoReasonNotToStart() throws IOException {
        Files.createSymbolicLink(directory.resolve(".kvs"), Path.of("/proc/nowhere"));
        assertEquals(data.resolve("cluster.secret").toString(), secret.find(nothing()).from());
    }

    @Test
    void nothingIsMadeForWhoOnlyLooks() throws IOException {
        assertEquals(Optional.empty(), secret.existing(nothing()));
        assertFalse(Files.exists(directory.resolve(".kvs")));
    }

    @Test
    void whatCannotBeASecretStopsTheStartAndIsNotTold() throws IOException {
        for (String text : List.of("short-" + "x".repeat(10), A + "\nshort-secret\n",
                String.join("\n", A, B, C, D, A))) {
            Path file = write("bad", text);
            IOException refused = assertThrows(IOException.class,
                    () -> secret.find(places(List.of(), file.toString(), Optional.empty())));
            assertTrue(refused.getMessage().contains("32 characters"), refused.getMessage());
            assertFalse(refused.getMessage().contains("short-") || refused.getMessage().contains(A),
                    refused.getMessage());
        }
        assertThrows(IOException.class,
                () -> secret.find(places(List.of(), "/nowhere/at/all", Optional.empty())));
    }

    @Test
    void aFileThatOthersMayReadOrWriteStopsTheStart() throws IOException {
        assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"),
                "needs a file system with bits");
        Path file = write(".kvs/cluster.secret", A);
        for (String bits : List.of("rw-rw----", "rw----r--", "rw-----w-", "rw-r-----")) {
            bits(file, bits);
            assertEquals(bits.equals("rw-r-----")
                    && Integer.valueOf(0).equals(Files.getAttribute(file, "unix:uid")), readable(), bits);
        }
        bits(file, "rw-------");
        assertTrue(readable());
    }

    private boolean readable() {
        try {
            return texts(secret.find(nothing())).equals(List.of(A));
        } catch (IOException refused) {
            assertFalse(refused.getMessage().contains(A), refused.getMessage());
            return false;
        }
    }

    @Test
    void nodesThatStartTogetherAgree() throws IOException, InterruptedException, ExecutionException {
        ExecutorService starters = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < 50; round++) {
                String home = Files.createDirectory(directory.resolve("home" + round)).toString();
                List<Future<List<String>>> nodes = new ArrayList<>();
                for (int node = 0; node < 3; node++) {
                    String own = Files.createDirectory(directory.resolve("data" + round + "-" + node))
                            .toString();
                    nodes.add(starters.submit(() -> texts(secret.find(new ClusterSecretLoader.SecretSources(
                            List.of(), "", Optional.empty(), home, own)))));
                }
                Set<List<String>> found = new HashSet<>();
                for (Future<List<String>> node : nodes) {
                    found.add(node.get());
                }
                assertEquals(1, found.size(), "round " + round);
            }
        } finally {
            starters.shutdown();
        }
    }
}
