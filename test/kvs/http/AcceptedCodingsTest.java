package kvs.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The truth table of {@code Accept-Encoding}. */
class AcceptedCodingsTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        // field | preferred coding | whether the plain form is accepted
        "gzip|gzip|yes", "GZIP|gzip|yes", "x-gzip|gzip|yes", "deflate|deflate|yes", "br|-|yes",
        "gzip, deflate, br|gzip|yes", "deflate, gzip|gzip|yes", "deflate;q=1.0, gzip;q=0.9|deflate|yes",
        "gzip;q=0|-|yes", "gzip;q=0, deflate|deflate|yes", "gzip;q=0.001|gzip|yes", "gzip;q=0.000|-|yes",
        "*|gzip|yes", "*;q=0|-|no", "gzip;q=0, *|deflate|yes", "*;q=0, gzip;q=0.1|gzip|no",
        "identity|-|yes", "identity, gzip;q=0.5|-|yes", "identity;q=0.5, gzip;q=0.5|gzip|yes",
        "identity;q=0|-|no", "identity;q=0, gzip|gzip|no", "identity;q=0, br|-|no",
        "identity;q=0, *;q=0.3|gzip|no", "identity;q=0.1, *;q=0|-|yes", "gzip;q=0.1, *;q=0.8|deflate|yes",
        "gzip;q=0.1, deflate;q=0.1, *;q=0.8|-|yes", "\"\"|-|yes", ",, gzip ,|gzip|yes",
        "gzip ; q = 0.5|gzip|yes", "gzip;Q=1.000|gzip|yes",
        // no weights, so they are ignored
        "gzip;q=2|-|yes", "gzip;q=-1|-|yes", "gzip;q=0.1234|-|yes", "gzip;q=|-|yes", "gzip;level=1|-|yes",
        "identity;q=00|-|yes", "gzip;q=1e-1|-|yes", "gzip;q=0.5;x=1|-|yes"})
    void readsTheField(String field, String best, String plain) {
        AcceptedCodings accepted = AcceptedCodings.of(RequestHeaders.of("Accept-Encoding", field));
        assertEquals(best, accepted.best().map(ContentCoding::text).orElse("-"));
        assertEquals(plain.equals("yes"), accepted.plain());
    }

    @Test
    void joinsRepeatedFieldsAndNeedsNone() {
        assertEquals(Optional.of(ContentCoding.DEFLATE), AcceptedCodings.of(RequestHeaders.of(
                "accept-encoding", "gzip;q=0.5", "Accept-Encoding", "deflate")).best());
        assertEquals(AcceptedCodings.NONE, AcceptedCodings.of(RequestHeaders.of("Accept", "gzip")));
        assertEquals(Optional.empty(), AcceptedCodings.NONE.of(1 << 20));
    }

    @Test
    void codesShortBodiesOnlyForWhoRefusesThePlainForm() {
        AcceptedCodings either = AcceptedCodings.of("gzip");
        assertEquals(Optional.empty(), either.of(1_024));
        assertEquals(Optional.of(ContentCoding.GZIP), either.of(1_025));
        AcceptedCodings never = AcceptedCodings.of("gzip, identity;q=0");
        assertEquals(Optional.of(ContentCoding.GZIP), never.of(1));
        assertEquals(Optional.empty(), never.of(0));
    }
}
