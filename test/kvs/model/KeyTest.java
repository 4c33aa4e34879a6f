package kvs.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "a/b", "a b", "...", ".a", "a.", "a/..b", "metadata/b", "a/metadata/b",
        "a/_b", "\u00e9", "\ud83d\ude00/x", "a%b", "a+b", "\u00a0"})
    void takesAnyOrdinaryPath(String path) {
        assertEquals(path, Key.of(path).storable().text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/a", "a/", "a//b", ".", "..", "a/.", "a/../b", "./a", "a\nb", "a\u0000",
        "a\u007f", "a\u0085", "a\u2028", "\ud800", "a\udc00b", "\udc00\ud800"})
    void refusesPathsThatNoKeyHas(String path) {
        assertEquals(Reason.BAD_KEY, assertThrows(Refusal.class, () -> Key.of(path)).reason());
    }

    @ParameterizedTest
    @ValueSource(strings = {"_a", "_range", "_a/b", "metadata", "a/metadata"})
    void refusesToStoreWhatIsReserved(String path) {
        Key key = Key.of(path);
        assertEquals(Reason.BAD_KEY, assertThrows(Refusal.class, key::storable).reason());
    }

    @Test
    void boundsTheLength() {
        assertEquals(Key.BYTES_MAX, Key.of("\u00e9".repeat(Key.BYTES_MAX / 2)).bytes().length);
        assertThrows(Refusal.class, () -> Key.of("\u00e9".repeat(Key.BYTES_MAX / 2) + "x"));
    }

    @Test
    void ordersByUnsignedBytes() {
        assertTrue(Key.of("a").compareTo(Key.of("a/b")) < 0);
        assertTrue(Key.of("z").compareTo(Key.of("\u00e9")) < 0);
        assertTrue(Key.of("\ufffd").compareTo(Key.of("\ud83d\ude00")) < 0,
                "UTF-16 would order these the other way");
    }

    @Test
    void prefixIsWhatAllKeysBelowStartWith() {
        assertArrayEquals("a/b/".getBytes(StandardCharsets.UTF_8), Key.prefix("a/b"));
        assertEquals(0, Key.prefix("").length);
    }
}
