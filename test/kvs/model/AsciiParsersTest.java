package kvs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AsciiParsersTest {

    @ParameterizedTest
    @CsvSource({"0,1,0", "7,2,07", "12,2,12", "123,2,123", "42,19,0000000000000000042"})
    void padsNumbers(long number, int digits, String text) {
        assertEquals(text, AsciiParsers.padded(number, digits));
    }

    @ParameterizedTest
    @CsvSource({"0, 3, 0", "007, 3, 7",
        "999, 3, 999", "1000, 3, -1", "'', 3, -1", "-1, 3, -1", "+1, 3, -1", "1 , 3, 1", "1.0, 3, -1",
        "\u0661, 3, -1", "999999999999999999, 18, 999999999999999999", "9999999999999999999, 30, -1"})
    void readsNumbers(String text, int digits, long number) {
        assertEquals(number, AsciiParsers.number(text, digits).orElse(-1));
    }

    @ParameterizedTest
    @CsvSource({"00ff, 4, true", "00fF, 4, false", "00f, 4, false", "00fff, 4, false", "00fg, 4, false",
        "'', 0, true"})
    void knowsHexadecimalDigits(String text, int length, boolean good) {
        assertEquals(good, AsciiParsers.hex(text, length));
    }

    @ParameterizedTest
    @CsvSource({"node-1, true", "NODE_9, true", "'', false", "a b, false", "n\u00f6, false", "12345678, true",
        "123456789, false"})
    void knowsNames(String text, boolean good) {
        assertEquals(good, AsciiParsers.name(text, "-_", 8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1-1-1-1-1", "3F2504E0-4F89-11D3-9A0C-0305E82C3301",
        "3f2504e0-4f89-11d3-9a0c-0305e82c330", "3f2504e04f8911d39a0c0305e82c3301xxxx",
        "3f2504e0-4f89-11d3-9a0c-0305e82c33011", "3f2504e0-4f89-11d3-9a0c+0305e82c3301"})
    void takesAUuidInOneFormOnly(String text) {
        assertEquals(true, AsciiParsers.uuid(text).isEmpty());
    }

    @Test
    void readsUuids() {
        UUID uuid = new UUID(0x3f2504e04f8911d3L, 0x9a0c0305e82c3301L);
        assertEquals(uuid, AsciiParsers.uuid(uuid.toString()).orElseThrow());
    }
}
