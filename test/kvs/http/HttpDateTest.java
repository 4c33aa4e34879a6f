package kvs.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpDateTest {

    @ParameterizedTest
    @ValueSource(strings = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994"})
    void readsAllThreeForms(String date) {
        assertEquals(Optional.of(784_111_777L), HttpDate.second(date));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "yesterday", "0", "784111777", "Mon, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT",
        "1994-11-06T08:49:37Z", "Sun, 06 Nov 1994 24:00:00 GMT",
        "sun, 06 nov 1994 08:49:37 gmt", "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT"})
    void takesNothingElseForADate(String text) {
        assertEquals(Optional.empty(), HttpDate.second(text));
    }

    /** Cut before it is looked at. */
    @ParameterizedTest
    @ValueSource(strings = {" ", "Sun, ", ":", "9"})
    void looksAtNothingLong(String part) {
        assertEquals(Optional.empty(), HttpDate.second(part.repeat(30_000)));
    }
}
