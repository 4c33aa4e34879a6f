package kvs.cli.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class MirrorFileNamesTest {

    private static Map<String, String> names(String... keys) {
        return new TreeMap<>(MirrorFileNames.of(new TreeSet<>(Arrays.asList(keys))));
    }

    @Test
    void keyIsItsOwnNameButForFewExceptions() {
        assertEquals(Map.of("db", "db", "web/a b", "web/a b", "ü", "ü", "..x", "..x"),
                names("db", "web/a b", "ü", "..x"));
        assertEquals(Map.of("50%", "50%25", "a%25", "a%2525"), names("50%", "a%25"));
        assertEquals(Map.of(".kvs-mirror/state", "%2Ekvs-mirror/state", "a/.kvs-mirror", "a/.kvs-mirror"),
                names(".kvs-mirror/state", "a/.kvs-mirror"));
    }

    @Test
    void keyThatIsAlsoAPrefixIsAFileInItsDirectory() {
        assertEquals(Map.of("a", "a/%value", "a/b", "a/b", "a-b", "a-b", "ab", "ab"),
                names("a", "a/b", "a-b", "ab"));
        assertEquals(Map.of("a", "a/%value", "a/%value", "a/%25value"), names("a", "a/%value"));
    }

    @Test
    void partThatIsTooLongHasNoName() {
        assertEquals(Map.of(), names("a/" + "x".repeat(241)));
        assertEquals(1, names("a/" + "x".repeat(240)).size());
    }
}
