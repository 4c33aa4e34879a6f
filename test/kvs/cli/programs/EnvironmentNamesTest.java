package kvs.cli.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import kvs.command.CommandException;
import kvs.json.JsonValue;
import org.junit.jupiter.api.Test;

class EnvironmentNamesTest {

    private static Map<String, String> of(String first, String... documents) throws Exception {
        Map<String, JsonValue> all = new TreeMap<>();
        for (int i = 0; i < documents.length; i += 2) {
            all.put(documents[i], JsonValue.parse(documents[i + 1].getBytes(StandardCharsets.UTF_8)));
        }
        return EnvironmentNames.of(all, first);
    }

    @Test
    void namesAreKeysAndMembersInCapitals() throws Exception {
        assertEquals(Map.of("DB_HOST", "h", "DB_PORT", "5432", "DB_TLS_ON", "true", "WEB_NAME", "a\"b\n",
                "TAGS", "[1, \"x\"]", "OFF", "", "_1ST_KEY", "1.50"),
                of("", "db", "{\"host\":\"h\",\"port\":5432,\"tls\":{\"on\":true}}", "web/name",
                        "\"a\\\"b\\n\"", "tags", "[1, \"x\"]", "off", "null", "1st-key", "1.50"));
        assertEquals(Map.of("APP_1", "1", "APP___", "2"), of("APP_", "1", "1", "ü.", "2"));
    }

    @Test
    void twoValuesOfOneNameAreRefused() {
        CommandException refused = assertThrows(CommandException.class,
                () -> of("", "a-b", "1", "a/b", "2"));
        assertTrue(refused.getMessage().contains("a-b and a/b would both be A_B"), refused.getMessage());
        assertThrows(CommandException.class, () -> of("", "a", "{\"b\":1}", "a/b", "2"));
    }

    @Test
    void valueWithNulIsRefused() {
        assertThrows(CommandException.class, () -> of("", "a", "\"\\u0000\""));
    }

    /** The bytes count, with the name and the equals sign. */
    @Test
    void variableThatNoProgramStartsWithIsRefused() throws Exception {
        assertEquals(1, of("APP_", "a", "\"" + "x".repeat(131_071 - 6) + "\"").size());
        CommandException refused = assertThrows(CommandException.class,
                () -> of("APP_", "a", "\"" + "x".repeat(131_071 - 7) + "ü\""));
        assertEquals("no environment was made: a makes a variable of 131072 bytes, and no program starts with"
                + " one over 131071. Give it as a file with 'kvs mirror'", refused.getMessage());
    }

    @Test
    void variablesThatAreTooLongTogetherAreRefused() throws Exception {
        String[] documents = new String[22];
        for (int i = 0; i < documents.length; i += 2) {
            documents[i] = "k" + (char) ('a' + i);
            documents[i + 1] = "\"" + "x".repeat(100_000) + "\"";
        }
        assertEquals(10, of("", Arrays.copyOf(documents, 20)).size());
        CommandException refused = assertThrows(CommandException.class, () -> of("", documents));
        assertTrue(refused.getMessage().contains("all variables together would be over 1048576 bytes"),
                refused.getMessage());
    }
}
