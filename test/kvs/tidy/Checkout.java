package kvs.tidy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The tree below a root, without {@code .git} and without what {@code .gitignore} names at the top, which is
 * made, not written. Read once, at construction.
 */
public final class Checkout {
    private static final Set<String> TOP = Set.of(
            "Makefile", "src", "test", "conf", "README.md", "LICENSE", ".ci", ".gitignore", ".editorconfig");

    private final Set<String> top = new TreeSet<>();
    private final List<Source> sources = new ArrayList<>();

    /** Reads the tree. Files that hold a NUL byte are no text and are left out. */
    public Checkout(Path root) throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            entries.forEach(entry -> top.add(root.relativize(entry).toString()));
        }
        top.remove(".git");
        top.removeAll(ignored(root.resolve(".gitignore")));
        for (String entry : top) {
            read(root, root.resolve(entry));
        }
    }

    /** The names that a {@code .gitignore} anchors at the top: {@code /build/}. */
    private static Set<String> ignored(Path file) throws IOException {
        var names = new TreeSet<String>();
        for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
            if (line.startsWith("/")) {
                names.add(line.replace("/", ""));
            }
        }
        return names;
    }

    private void read(Path root, Path below) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(below)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
            if (text.indexOf('\0') < 0) {
                sources.add(new Source(root.relativize(file).toString().replace('\\', '/'), text));
            }
        }
    }

    /** Every text file, in the order of the paths. */
    public List<Source> sources() {
        return sources;
    }

    /** The text of one file, empty when there is none. */
    public String text(String path) {
        return sources.stream().filter(source -> source.path().equals(path)).map(Source::text)
                .findFirst().orElse("");
    }

    /** Every entry at the top that has no business there. */
    public List<String> strangers() {
        return top.stream().filter(name -> !TOP.contains(name))
                .map(name -> name + ": does not belong at the top").toList();
    }
}
