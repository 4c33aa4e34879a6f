package kvs.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ConditionalHeadersTest {

    private static final DateTimeFormatter DATE = DateTimeFormatter
            .ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Test
    void writesDatesAsTheFormatterDoes() {
        assertEquals("Sun, 06 Nov 1994 08:49:37 GMT",
                ConditionalHeaders.lastModified(784_111_777_999L, Long.MAX_VALUE));
        long step = 86_400_000L * 11 + 3_723_004;
        for (long ms = 0; ms < 4_102_444_800_000L; ms += step) {
            assertEquals(DATE.format(Instant.ofEpochMilli(ms)),
                    ConditionalHeaders.lastModified(ms, Long.MAX_VALUE));
        }
    }

    @Test
    void isNeverLaterThanNow() {
        assertEquals("Thu, 01 Jan 1970 00:00:01 GMT", ConditionalHeaders.lastModified(99_000, 1_999));
    }
}
