package kvs.jar;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The jar of the version before members told each other which protocol they speak, built from the history of
 * the repository. Kept in {@code build/} by the id of its commit, so a second run takes it as it is.
 */
final class OlderJar {

    /**
     * The file with which the protocol number came: the commit before the one that added it is the older
     * version.
     */
    private static final String MARK = "src/kvs/model/Protocol.java";
    private static final Path ROOT = Path.of(System.getProperty("kvs.root"));
    private static final Path BIN = Path.of(System.getProperty("java.home"), "bin");

    private OlderJar() { }

    /** The jar; empty without git, without a JDK, or where the history does not reach back so far. */
    static Optional<Path> find(Path scratch) throws IOException {
        Optional<String> added = output(scratch, "git", "-C", ROOT.toString(), "log", "--diff-filter=A",
                "--format=%H", "--", MARK).flatMap(text -> text.lines().reduce((first, last) -> last));
        Optional<String> commit = added.isEmpty() ? added : output(scratch, "git", "-C", ROOT.toString(),
                "rev-parse", "--verify", "--quiet", added.get() + "^").map(String::strip);
        return commit.isEmpty() ? Optional.empty() : built(commit.get(), scratch);
    }

    private static Optional<Path> built(String commit, Path scratch) throws IOException {
        Path jar = ROOT.resolve("build/older/kvs-" + commit + ".jar");
        if (Files.exists(jar)) {
            return Optional.of(jar);
        }
        Path tar = scratch.resolve("src.tar");
        Path tree = Files.createDirectories(scratch.resolve("tree"));
        Path classes = Files.createDirectories(scratch.resolve("classes"));
        Path made = scratch.resolve("older.jar");
        boolean all = output(scratch, "git", "-C", ROOT.toString(), "archive", "--output=" + tar, commit,
                "src").isPresent()
                && output(scratch, "tar", "-xf", tar.toString(), "-C", tree.toString()).isPresent()
                && compiled(scratch, tree, classes)
                && output(scratch, BIN.resolve("jar").toString(), "--create", "--file", made.toString(),
                        "--main-class", "kvs.Main", "-C", classes.toString(), "kvs").isPresent();
        if (!all) {
            return Optional.empty();
        }
        Files.createDirectories(jar.getParent());
        Path beside = Files.createTempFile(jar.getParent(), "made", ".tmp");
        Files.copy(made, beside, StandardCopyOption.REPLACE_EXISTING);
        return Optional.of(Files.move(beside, jar, StandardCopyOption.REPLACE_EXISTING));
    }

    private static boolean compiled(Path scratch, Path tree, Path classes) throws IOException {
        List<String> command = new ArrayList<>(List.of(BIN.resolve("javac").toString(), "--release", "17",
                "-encoding", "UTF-8", "-nowarn", "-proc:none", "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC", "-d", classes.toString()));
        try (Stream<Path> files = Files.walk(tree)) {
            files.map(Path::toString).filter(name -> name.endsWith(".java")).sorted().forEach(command::add);
        }
        return output(scratch, command.toArray(String[]::new)).isPresent();
    }

    /** What a command printed; empty when it failed or is not there. */
    private static Optional<String> output(Path directory, String... command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).directory(directory.toFile())
                    .redirectError(directory.resolve("errors").toFile()).start();
        } catch (IOException missing) {
            return Optional.empty();
        }
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Shell.await(process) == 0 ? Optional.of(text) : Optional.empty();
    }
}
