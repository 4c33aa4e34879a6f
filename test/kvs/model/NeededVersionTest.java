package kvs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The name of the version that a file of a later format needs. */
class NeededVersionTest {

    @ParameterizedTest
    @CsvSource({"KVSBAK 2|1.4.0||||, version 1.4.0 or a later one",
        "KVSBND 3|10.20.30-rc.1234, version 10.20.30-rc.1234 or a later one",
        "KVSBAK 2|||||||, that version or a later one", "KVSBAK 2|1.4\u001b[31m, that version or a later one",
        "KVSBAK 2|v1, that version or a later one", "KVSBAK 2, that version or a later one"})
    void isInTheFirstBytes(String start, String words) {
        byte[] bytes = start.replaceFirst("\\|", "").replace('|', '\0').getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(words, NeededVersion.of(bytes));
    }

    @ParameterizedTest
    @CsvSource({"kvs 2 needs 1.4.0, version 1.4.0 or a later one", "kvs 2, that version or a later one",
        "kvs 2 needs , that version or a later one"})
    void isInTheFirstLine(String line, String words) {
        assertEquals(words, NeededVersion.of(line));
    }
}
