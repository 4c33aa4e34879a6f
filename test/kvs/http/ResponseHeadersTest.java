package kvs.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResponseHeadersTest {

    private final ResponseHeaders two = ResponseHeaders.of("A", "1", "B", "2");

    @Test
    void isTheMapOfItsFields() {
        assertEquals(Map.of("A", "1", "B", "2"), two);
        assertEquals(two, Map.of("B", "2", "A", "1"));
        assertEquals(two.hashCode(), Map.of("A", "1", "B", "2").hashCode());
        assertEquals("2", two.get("B"));
        assertEquals("none", two.getOrDefault("b", "none"));
        assertFalse(two.containsKey("C"));
        assertSame(two, ResponseHeaders.of(two));
        assertEquals(two, ResponseHeaders.of(Map.of("A", "1", "B", "2")));
        assertEquals(Map.of(), ResponseHeaders.of());
    }

    @Test
    void putsEachInThePlaceOfItsNameOrBehindAll() {
        ResponseHeaders more = two.with("C", "3", "A", "4").with(ResponseHeaders.of("D", "5", "B", "6"))
                .with(Map.of("D", "7"));
        List<String> told = new ArrayList<>();
        more.forEach((name, value) -> told.add(name + value));
        assertEquals(List.of("A4", "B6", "C3", "D7"), told);
        assertEquals(told.toString(), List.copyOf(more.entrySet()).toString().replace("=", ""));
        assertEquals(Map.of("A", "1", "B", "2"), two, "the old ones stay as they are");
        assertEquals(more, new LinkedHashMap<>(more));
        assertEquals(Map.of("A", "2"), ResponseHeaders.of("A", "1", "A", "2"));
    }
}
