package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar beside data of another program, of a newer version, and of an import that was cut. */
class ForeignDirectoryTest {

    @TempDir
    private Path directory;

    private static Map<String, String> contents(Path of) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(of)) {
            for (Path file : files.toList()) {
                contents.put(file.toString(),
                        Files.isRegularFile(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "");
            }
        }
        return contents;
    }

    private void refused(Path data, String what) throws IOException {
        refused(data, what, 1);
    }

    private void refused(Path data, String what, int status) throws IOException {
        Files.writeString(directory.resolve("config.yaml"),
                "\uFEFFport: 0\ndata_dir: \"" + data.getFileName() + "\"\n");
        Files.writeString(directory.resolve("in.ndjson"), "{\"path\":\"a\",\"data\":1}\n");
        Map<String, String> before = contents(data);
        for (List<String> command : List.of(List.of("config.yaml"),
                List.of("token", "config.yaml", "--user", "a", "--scopes", "read"),
                List.of("import", "in.ndjson", data.toString()))) {
            Jar.Printed printed = Jar.run(directory, command.toArray(String[]::new));
            assertEquals(status, printed.status(), command + ": " + printed.text());
            assertTrue(printed.text().contains(what), command + ": " + printed.text());
            assertEquals(before, contents(data), command + " changed something");
        }
        assertFalse(Files.exists(directory.resolve(".kvs")), "a secret was made");
    }

    /** An old config.yaml of the original beside its data, with a MANIFEST and without. */
    @Test
    void namesDataOfAnotherProgramAndTouchesNothing() throws IOException {
        Path data = Files.createDirectory(directory.resolve("original"));
        Files.write(data.resolve("000001.vlog"), new byte[] {1, 2, 3});
        Files.writeString(data.resolve("KEYREGISTRY"), "Hello Badger");
        Files.writeString(data.resolve("LOCK"), "");
        refused(data, "is not a data directory of KVS");
        Files.write(data.resolve("MANIFEST"), new byte[] {'B', 'd', 'g', 'r', 0, 0, 0, 8, 27, '[', 'J'});
        refused(data, "is not a data directory of KVS: its MANIFEST begins with"
                + " 'Bdgr\\u0000\\u0000\\u0000\\u0008\\u001b[J'");
        Path nested = Files.createDirectories(directory.resolve("nested/badger")).getParent();
        refused(nested, "is not a data directory of KVS: it contains 'badger'");
    }

    @Test
    void namesDataOfANewerVersion() throws IOException {
        Path data = Files.createDirectory(directory.resolve("newer"));
        Files.writeString(data.resolve("MANIFEST"), "kvs 2\nsomething else\n");
        refused(data, "was written by a newer version of KVS", 8);
    }

    /** The power went before there was a MANIFEST: the same import does it again, and so does a node. */
    @Test
    void repeatsAnImportThatWasCutAtItsBeginning() throws IOException {
        Files.writeString(directory.resolve("in.ndjson"), "\uFEFF{\"path\":\"a\",\"data\":1}\n");
        for (List<String> left : List.of(List.of("LOCK"), List.of("LOCK", "MANIFEST.tmp"))) {
            Path data = Files.createDirectory(directory.resolve("data" + left.size()));
            for (String name : left) {
                Files.writeString(data.resolve(name), name.equals("LOCK") ? "" : "kvs 1\nori");
            }
            Jar.Printed printed = Jar.run(directory, "import", "in.ndjson", data.toString());
            assertEquals(0, printed.status(), printed.text());
            assertEquals(0, Jar.run(directory, "verify", data.toString()).status());
        }
        Path stranger = Files.createDirectory(directory.resolve("stranger"));
        Files.writeString(stranger.resolve("notes.txt"), "mine");
        assertTrue(Jar.run(directory, "import", "in.ndjson", stranger.toString()).text()
                .contains("is not a data directory of KVS: it contains 'notes.txt'"));
    }
}
