package kvs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ZoneTest {

    private static final UUID ORIGIN = new UUID(1, 2);

    private static Zone zone(String paths) {
        return Zone.of(List.of(paths.split("\\+")));
    }

    private static byte[] bytes(String text) {
        return text.replace('~', '\0').getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource({"a, a, true", "a, a/b, true", "a, ab, false", "a, a-b, false", "a, b, false", "a/b, a, false",
        "a+c, c/x, true", "/, a, true", "/, a/b, true", "/, ~meta/, true", "/, ~meta/a, true",
        "/, ~user/1, false", "/, ~site/id, false", "/, ~bootstrap-done, false",
        "a, ~meta/a, true", "a, ~meta/a/b, true", "a, ~meta/ab, false", "a, ~meta/, false",
        "a, ~meta/a~+, true", "a, ~meta/a/b~x, true", "a, ~meta/b~a, false", "a, ~user/a, false",
        "_accounts, ~user/1, true", "_accounts, ~group/1, true", "_accounts, ~member/1, true",
        "_accounts, ~gone/1, true", "_accounts, ~revoked/1, true", "_accounts, ~token/1, true",
        "_accounts, ~meta/a, false", "_accounts, ~site/partner/b, false",
        "_accounts, ~bootstrap-token, false",
        "_accounts, a, false"})
    void containsItsPathsTheirMetadataAndNothingElse(String paths, String key, boolean contains) {
        assertEquals(contains, zone(paths).contains(bytes(key)));
    }

    @ParameterizedTest
    @CsvSource({"a, a, true", "a, b, true", "a, ab, true", "a, a/b, false", "a/b, a, false", "a, /, false",
        "a+b, b+c, false", "a+b, b+a, true", "a+b, c+d, true", "_accounts, /, true",
        "_accounts, _accounts, true", "/, /, true"})
    void zonesAreEqualOrDisjoint(String one, String other, boolean good) {
        assertEquals(good, zone(one).equalOrDisjoint(zone(other)));
        assertEquals(good, zone(other).equalOrDisjoint(zone(one)));
    }

    @ParameterizedTest
    @CsvSource({"a+a", "a+a/b", "a/b+a", "/+a", "a//b", "a/", "_x", "_accounts+a", "a/../b"})
    void refusesPathsThatAreNoKeysOrTwiceThere(String paths) {
        assertThrows(Refusal.class, () -> zone(paths));
    }

    @Test
    void definitionIsTheIdentity() {
        assertEquals(zone("b+a"), zone("a+b"));
        assertEquals("a\nb\n", new String(zone("b+a").definition(), StandardCharsets.UTF_8));
        assertEquals("/\n", new String(zone("/").definition(), StandardCharsets.UTF_8));
        for (String paths : List.of("a", "a+b/c", "/", "_accounts")) {
            assertEquals(Optional.of(zone(paths)), Zone.decode(zone(paths).definition()), paths);
        }
        for (String bad : List.of("", "\n", "a", "b\na\n", "a\n\n", "a\na/b\n", "_x\n", "a\r\n", "//\n")) {
            assertEquals(Optional.empty(), Zone.decode(bytes(bad)), bad);
        }
        assertEquals(Optional.empty(), Zone.decode(new byte[] {(byte) 0xc3, '\n'}), "no UTF-8");
    }

    /** The ids never change: coverage under them is in the logs. */
    @Test
    void idsAreDerivedByHash() {
        assertEquals(UUID.fromString("07cc073b-3201-8303-8992-799b01d784b0"), zone("a+b").id());
        assertEquals(UUID.fromString("e4c1218e-9b60-84bb-8f62-6c08e7371ab6"), zone("a+b").derived(ORIGIN));
        assertEquals(8, zone("a").derived(ORIGIN).version());
        assertEquals(2, zone("a").derived(ORIGIN).variant());
        assertNotEquals(zone("a").derived(ORIGIN), zone("b").derived(ORIGIN));
        assertNotEquals(zone("a").derived(ORIGIN), zone("a").derived(new UUID(1, 3)));
    }

    /** [scope]: a number of a zone counts for that zone only, and never lowers that of all keys. */
    @ParameterizedTest
    @CsvSource({"0, 0, 0", "5, 0, 5", "0, 7, 7", "5, 7, 7", "9, 7, 9"})
    void coverageIsTheLargerOfBothNumbers(long plain, long ofZone, long expected) {
        Zone zone = zone("a");
        Coverage vector = Coverage.NONE.with(ORIGIN, plain).with(zone.derived(ORIGIN), ofZone);
        assertEquals(expected, zone.coverage(vector, Set.of(ORIGIN)).of(ORIGIN));
        assertEquals(plain, zone("b").coverage(vector, Set.of(ORIGIN)).of(ORIGIN));
        assertTrue(zone.coverage(vector, Set.of(ORIGIN)).numbers().size() <= 1);
    }
}
