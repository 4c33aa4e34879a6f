package kvs.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import kvs.gateway.RequestValidationTest;
import org.junit.jupiter.api.Test;

class RequestHeadersTest {

    private final RequestHeaders headers = RequestValidationTest.headers("Host: a|X-One: 1|ACCEPT:"
            + " x|accept: y|Accept: z");

    @Test
    void findsFieldsWithoutRegardToCase() {
        assertEquals(Optional.of("1"), headers.get("x-ONE"));
        assertEquals(List.of("1"), headers.all("X-One"));
        assertTrue(headers.has("hOST"));
        assertFalse(headers.has("Hos") || headers.has("Hosts") || headers.has(""));
        assertEquals(Optional.empty(), headers.get("Absent"));
        assertEquals(List.of(), headers.all("Absent"));
    }

    @Test
    void keepsTheOrderOfValues() {
        assertEquals(List.of("x", "y", "z"), headers.all("Accept"));
        assertEquals(Optional.of("x, y, z"), headers.get("Accept"));
        assertEquals(5, headers.count());
        assertTrue(headers.any(name -> name.startsWith("x-")));
        assertFalse(headers.any(name -> name.startsWith("X-")), "names are in lower case");
    }

    @Test
    void areTheSameInTurnAndLeaveThatAsItIs() {
        String[] inTurn = {"Host", "a", "X-One", "1", "ACCEPT", "x", "accept", "y", "Accept", "z"};
        RequestHeaders same = RequestHeaders.of(inTurn);
        assertEquals(headers.count(), same.count());
        for (int i = 0; i < same.count(); i++) {
            assertEquals(inTurn[2 * i].toLowerCase(Locale.ROOT), same.name(i));
            assertEquals(headers.all(same.name(i)), same.all(inTurn[2 * i]));
        }
        assertEquals("ACCEPT", inTurn[4]);
    }

    /** A dotless i and a long s become I and S in upper case; they are no letters of ours. */
    @Test
    void takesNoOtherLettersForOurs() {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        fields.put("author\u0131zation", List.of("a"));
        fields.put("ho\u017ft", List.of("b"));
        RequestHeaders strange = new RequestHeaders(fields);
        assertFalse(strange.has("Authorization") || strange.has("Host"));
    }
}
