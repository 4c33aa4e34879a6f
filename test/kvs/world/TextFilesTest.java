package kvs.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files outside the data directory, on the real file system. */
class TextFilesTest {

    private static final String SECRET = "correct horse battery staple";
    private static final int THREADS = 32;
    private static final int NOBODY = 65_534;

    @TempDir
    private Path directory;
    private final TextFiles files = new RealTextFiles(Dice.real());

    @BeforeEach
    void needsBits() {
        assumeTrue(Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null,
                "no such bits here");
    }

    private String path(String name) {
        return directory.resolve(name).toString();
    }

    private String file(String name, String text, String mode) throws IOException {
        Path file = Files.writeString(directory.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
        return file.toString();
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    /** The names in a directory, sorted. */
    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** What is said when a secret is refused; never the secret. */
    private String refusal(String path) {
        String message = assertThrows(IOException.class, () -> files.secret(path)).getMessage();
        assertTrue(message.contains(path), message);
        assertFalse(message.contains("horse"), message);
        return message;
    }

    private static boolean isRoot() throws IOException {
        return RealTextFiles.ownUid() == 0;
    }

    private static void giveAway(Path file) throws IOException {
        assumeTrue(isRoot(), "only root gives files away");
        Files.setAttribute(file, "unix:uid", NOBODY);
    }

    @Test
    void readsTextsAsTheyAre() throws IOException {
        assertEquals(Optional.empty(), files.text(path("none")));
        assertEquals(Optional.of("a: ü\n\n"), files.text(file("one", "a: ü\n\n", "rw-rw-rw-")));
        assertEquals(Optional.of(""), files.text(file("empty", "", "rw-r--r--")));
        assertEquals(Optional.of("a: 1\n"), files.text(file("marked", "\uFEFFa: 1\n", "rw-r--r--")));
        assertEquals(Optional.of("hidden"),
                files.secret(file("secret-marked", "\uFEFFhidden\r\n", "rw-------")));
        String most = "x".repeat(TextFiles.BYTES_MAX);
        assertEquals(most, files.text(file("most", most, "rw-------")).orElseThrow());
    }

    @Test
    void refusesWhatIsNoSmallText() throws IOException {
        String large = file("large", "x".repeat(TextFiles.BYTES_MAX + 1), "rw-------");
        assertTrue(assertThrows(IOException.class, () -> files.text(large)).getMessage()
                .contains("more than"));
        Files.write(directory.resolve("binary"), new byte[] {'a', (byte) 0xc3, 'b'});
        assertTrue(assertThrows(IOException.class, () -> files.text(path("binary"))).getMessage()
                .contains("not UTF-8"));
        assertThrows(IOException.class, () -> files.text(directory.toString()));
        assertThrows(IOException.class, () -> files.text("/"));
        assertThrows(IOException.class, () -> files.text("a\0b"));
        Files.createSymbolicLink(directory.resolve("dangling"), Path.of("nothing"));
        assertTrue(assertThrows(IOException.class, () -> files.text(path("dangling"))).getMessage()
                .contains("link without a target"));
    }

    @Test
    void readsSecretsWithoutTheirLineBreak() throws IOException {
        assertEquals(Optional.empty(), files.secret(path("none")));
        assertEquals(Optional.of(SECRET), files.secret(file("bare", SECRET, "rw-------")));
        assertEquals(Optional.of(SECRET), files.secret(file("unix", SECRET + "\n", "r--------")));
        assertEquals(Optional.of(SECRET), files.secret(file("dos", SECRET + "\r\n", "rw-------")));
        assertEquals(Optional.of(SECRET + "\n"), files.secret(file("two", SECRET + "\n\n", "rw-------")));
    }

    @Test
    void refusesSecretsThatAreNone() throws Exception {
        assertTrue(refusal(file("empty", "", "rw-------")).contains("is empty"));
        assertTrue(refusal(file("blank", " \n", "rw-------")).contains("is empty"));
        assertTrue(refusal(directory.toString()).contains("not a regular file"));
        assertTrue(refusal("/dev/null").contains("not a regular file"));
        Process made = new ProcessBuilder("mkfifo", path("pipe")).start();
        assertEquals(0, made.waitFor());
        assertTrue(refusal(path("pipe")).contains("not a regular file"));
    }

    @ParameterizedTest
    @CsvSource({"rw--w----, written", "rw-----w-, written", "rw-rw----, written", "rw-r--r--, read by others",
        "rw----r--, read by others"})
    void refusesSecretsOpenToOthers(String mode, String word) throws IOException {
        String message = refusal(file("open", SECRET, mode));
        assertTrue(message.contains(word), message);
        assertTrue(message.contains("chmod 600 "), message);
    }

    @Test
    void allowsTheGroupToReadOnlyWhatIsOfRoot() throws IOException {
        String group = file("group", SECRET, "r--r-----");
        if (isRoot()) {
            assertEquals(Optional.of(SECRET), files.secret(group));
        } else {
            assertTrue(refusal(group).contains("read by its group"));
        }
    }

    @Test
    void refusesSecretsOfOthers() throws IOException {
        String path = file("foreign", SECRET, "rw-------");
        giveAway(Path.of(path));
        String message = refusal(path);
        assertTrue(message.contains("belongs to uid 65534") && message.contains("chown"), message);
        assertEquals(Optional.of(SECRET), files.text(path));
    }

    @Test
    void judgesTheTargetOfALink() throws IOException {
        String good = file("good", SECRET, "rw-------");
        String open = file("open", SECRET, "rw-rw-rw-");
        Files.createSymbolicLink(directory.resolve("to-good"), Path.of(good));
        Files.createSymbolicLink(directory.resolve("to-open"), Path.of(open));
        Files.createSymbolicLink(directory.resolve("to-nothing"), Path.of("nothing"));
        assertEquals(Optional.of(SECRET), files.secret(path("to-good")));
        assertTrue(refusal(path("to-open")).contains("written"));
        assertTrue(refusal(path("to-nothing")).contains("link without a target"));
    }

    @Test
    void createsForTheOwnerOnly() throws IOException {
        assertTrue(files.create(path("a/b/secret"), SECRET + "\n"));
        assertEquals("rwx------", mode(directory.resolve("a")));
        assertEquals("rwx------", mode(directory.resolve("a/b")));
        assertEquals("rw-------", mode(directory.resolve("a/b/secret")));
        assertEquals(List.of("secret"), names(directory.resolve("a/b")));
        assertEquals(Optional.of(SECRET), files.secret(path("a/b/secret")));
    }

    @Test
    void createsWithoutOpenBitsWhateverTheUmask() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String script = "umask 000; exec \"$0\" -XX:TieredStopAtLevel=1 -cp \"$1\""
                + " kvs.world.TextFilesTest \"$2\"";
        Process process = new ProcessBuilder("sh", "-c", script, java, System.getProperty("java.class.path"),
                path("wide/secret")).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertEquals("rw-rw-rw-", mode(directory.resolve("wide/secret.plain")), "the umask was 0");
        assertEquals("rwx------", mode(directory.resolve("wide")));
        assertEquals("rw-------", mode(directory.resolve("wide/secret")));
        assertEquals("rw-------", mode(directory.resolve("wide/secret.again")));
    }

    /** Another process, with an umask of its own. */
    public static void main(String[] args) throws IOException {
        TextFiles files = new RealTextFiles(Dice.real());
        files.create(args[0], SECRET);
        files.create(args[0] + ".again", SECRET);
        files.replace(args[0] + ".again", SECRET);
        Files.writeString(Path.of(args[0] + ".plain"), "");
    }

    @Test
    void leavesWhatIsThere() throws IOException {
        String taken = file("taken", "old", "rw-r--r--");
        assertFalse(files.create(taken, SECRET));
        assertEquals(Optional.of("old"), files.text(taken));
        Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nothing"));
        assertFalse(files.create(path("dangling"), SECRET));
        assertEquals(List.of("dangling", "taken"), names(directory));
    }

    @Test
    void createsOnceForAllThreads() throws Exception {
        List<String> texts = texts();
        List<Boolean> made = new ArrayList<>();
        Set<String> read = new HashSet<>();
        for (List<Object> seen : each(thread -> List.<Object>of(
                files.create(path("raced"), texts.get(thread)), files.secret(path("raced")).get()))) {
            made.add((Boolean) seen.get(0));
            read.add((String) seen.get(1));
        }
        assertEquals(1, made.stream().filter(Boolean::booleanValue).count());
        assertEquals(Set.of(texts.get(made.indexOf(true))), read);
        assertEquals(List.of("raced"), names(directory));
    }

    @Test
    void writesTheWholeTextBeforeItGetsItsName() throws IOException {
        List<String> seen = new ArrayList<>();
        TextFiles watched = new RealTextFiles(Dice.real(), (name, file) -> {
            seen.add(Files.readString(file) + " " + mode(file) + " " + Files.exists(name));
            Files.createLink(name, file);
        });
        assertTrue(watched.create(path("secret"), SECRET));
        assertEquals(List.of(SECRET + " rw------- false"), seen);
    }

    @Test
    void createsOnceForAllThreadsWithoutHardLinks() throws Exception {
        TextFiles unlinked = new RealTextFiles(Dice.real(), (name, file) -> {
            throw new FileSystemException(name.toString(), file.toString(), "Operation not permitted");
        });
        assertTrue(unlinked.create(path("alone"), SECRET));
        assertEquals(Optional.of(SECRET), unlinked.secret(path("alone")));
        assertEquals("rw-------", mode(directory.resolve("alone")));
        assertFalse(unlinked.create(path("alone"), "other"));
        List<Boolean> made = each(thread -> unlinked.create(path("raced"), "text " + thread));
        assertEquals(1, made.stream().filter(Boolean::booleanValue).count());
        assertEquals("text " + made.indexOf(true), files.text(path("raced")).orElseThrow());
        assertEquals(List.of("alone", "raced"), names(directory));
    }

    /** A text for each thread, long enough that a half of it may be seen. */
    private static List<String> texts() {
        return IntStream.range(0, THREADS)
                .mapToObj(thread -> Integer.toString(100 + thread).repeat(100_000)).toList();
    }

    private interface Step<T> {
        T run(int thread) throws Exception;
    }

    /** The results of all threads, which start together. */
    private static <T> List<T> each(Step<T> step) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(THREADS);
        try {
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Callable<T>> calls = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                calls.add(() -> {
                    start.await(20, TimeUnit.SECONDS);
                    return step.run(thread);
                });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> result : pool.invokeAll(calls)) {
                results.add(result.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void replacesInOneStep() throws Exception {
        String path = path("sub/config");
        List<String> texts = texts();
        files.replace(path, texts.get(0));
        List<Boolean> whole = each(thread -> {
            for (int i = 0; i < 10; i++) {
                if (thread % 2 == 0) {
                    files.replace(path, texts.get(thread));
                } else if (!texts.contains(files.text(path).orElseThrow())) {
                    return false;
                }
            }
            return true;
        });
        assertFalse(whole.contains(false));
        assertEquals(List.of("config"), names(directory.resolve("sub")));
    }

    @Test
    void replacesALinkAndNotItsTarget() throws IOException {
        String target = file("target", "old", "rw-r--r--");
        Files.createSymbolicLink(directory.resolve("link"), Path.of(target));
        files.replace(path("link"), "new");
        assertEquals(Optional.of("old"), files.text(target));
        assertEquals(Optional.of("new"), files.text(path("link")));
        assertEquals("rw-------", mode(directory.resolve("link")));
        files.replace(target, "new");
        assertEquals("rw-------", mode(Path.of(target)));
    }

    @Test
    void leavesNothingBehindWhenItFails() throws IOException {
        Files.createDirectories(directory.resolve("taken/inner"));
        assertThrows(IOException.class, () -> files.replace(path("taken"), "text"));
        assertThrows(IOException.class,
                () -> files.create(path("large"), "x".repeat(TextFiles.BYTES_MAX + 1)));
        file("plain", "", "rw-------");
        assertThrows(IOException.class, () -> files.create(path("plain/below"), "text"));
        assertEquals(List.of("plain", "taken"), names(directory));
    }

    @Test
    void knowsItsOwnDirectories() throws IOException {
        assertTrue(files.ownDirectory(directory.toString()));
        Files.createSymbolicLink(directory.resolve("link"), directory);
        assertTrue(files.ownDirectory(path("link")));
        assertFalse(files.ownDirectory(path("none")));
        assertFalse(files.ownDirectory(file("plain", "", "rw-------")));
        for (String nowhere : List.of("?", "", ".", "a\0b")) {
            assertFalse(files.ownDirectory(nowhere), nowhere);
        }
        Path foreign = Files.createDirectory(directory.resolve("foreign"));
        giveAway(foreign);
        assertFalse(files.ownDirectory(foreign.toString()));
    }
}
