package kvs.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import kvs.config.Settings;
import kvs.world.Dice;
import kvs.world.RealTextFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalNodesTest {

    private static final Path ROOT = Path.of(System.getProperty("kvs.root"));
    private static final String STATE = "/var/lib";

    @TempDir
    private Path home;
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private LocalNodes nodes() {
        return new LocalNodes(new RealTextFiles(Dice.real()), home.toString());
    }

    private String only() throws IOException {
        return nodes().only(Path.of("/none"), new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    @Test
    void findsTheOnlyNodeThatServesAndNamesSeveral() throws IOException {
        Path one = Files.createDirectories(home.resolve("one"));
        Path two = Files.createDirectories(home.resolve("two"));
        for (Path node : List.of(one, two, one)) {
            nodes().note(node.toString());
        }
        assertEquals(List.of(one.toString(), two.toString()), Files.readAllLines(home.resolve(".kvs/nodes")));
        assertTrue(assertThrows(IOException.class, this::only).getMessage()
                .contains("no running node was found on this machine"));
        Files.writeString(two.resolve(LocalNodes.URL_FILE), "http://127.0.0.1:1");
        assertEquals(two.toString(), only());
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("the node in " + two));
        Files.writeString(one.resolve(LocalNodes.URL_FILE), "http://127.0.0.1:2");
        String several = assertThrows(IOException.class, this::only).getMessage();
        assertTrue(several.contains(one + " and " + two) && several.contains("KVS_DATA_DIR"), several);
    }

    @Test
    void remembersTheLastThirtyTwo() throws IOException {
        for (int i = 0; i < 40; i++) {
            nodes().note("/d" + i);
        }
        List<String> noted = Files.readAllLines(home.resolve(".kvs/nodes"));
        assertEquals(32, noted.size());
        assertEquals("/d39", noted.get(31));
    }

    /** The unit, the program and the manual speak of the same files and settings. */
    @Test
    void theUnitOfSystemdFits() throws IOException {
        List<String> unit = Files.readAllLines(ROOT.resolve("conf/kvs.service"));
        assertEquals(LocalNodes.UNIT, value(unit, "WorkingDirectory="));
        assertEquals(LocalNodes.UNIT, STATE + "/" + value(unit, "StateDirectory="));
        int settings = 0;
        for (String line : unit) {
            String name = line.replaceFirst("^Environment=\"?", "").replaceFirst("=.*", "");
            if (line.startsWith("Environment=") && name.startsWith("KVS_")) {
                settings++;
                assertTrue(Settings.keys().contains(name.substring("KVS_".length()).toLowerCase(Locale.ROOT)),
                        line);
            }
        }
        assertTrue(settings > 0);
        assertTrue(unit.contains("Environment=KVS_DATA_DIR=%S/kvs"));
        String[] start = value(unit, "ExecStart=").split(" ");
        String manual = Files.readString(ROOT.resolve("src/kvs/docs/operations.md"));
        for (String path : List.of(start[start.length - 1], start[start.length - 2], LocalNodes.UNIT)) {
            assertTrue(manual.contains(path), "the manual does not name " + path);
        }
    }

    private static String value(List<String> unit, String key) {
        return unit.stream().filter(line -> line.startsWith(key)).findFirst().orElseThrow()
                .substring(key.length()).replace("%S", STATE);
    }
}
