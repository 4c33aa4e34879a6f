package kvs.http;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Parses dates in the three forms of HTTP (RFC 9110, section 5.6.7): the usual one, that of RFC 850, and that
 * of C's asctime.
 */
final class HttpDate {

    private static final int LENGTH_MAX = "Wednesday, 09-Nov-94 08:49:37 GMT".length();
    private static final LocalDate FIRST = LocalDate.EPOCH;
    private static final List<DateTimeFormatter> FORMS = List.of(form("EEE, dd MMM uuuu HH:mm:ss 'GMT'"),
            new DateTimeFormatterBuilder().appendPattern("EEEE, dd-MMM-")
                    .appendValueReduced(ChronoField.YEAR, 2, 2, FIRST).appendPattern(" HH:mm:ss 'GMT'")
                    .toFormatter(Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT),
            form("EEE MMM ppd HH:mm:ss uuuu"));

    private HttpDate() { }

    private static DateTimeFormatter form(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
    }

    /** The Unix second of a date; empty for any other text. A year of two digits is between 1970 and 2069. */
    static Optional<Long> second(String text) {
        return text.length() > LENGTH_MAX ? Optional.empty()
                : FORMS.stream().map(form -> second(text, form)).flatMap(Optional::stream).findFirst();
    }

    private static Optional<Long> second(String text, DateTimeFormatter form) {
        try {
            return Optional.of(LocalDateTime.parse(text, form).toEpochSecond(ZoneOffset.UTC));
        } catch (DateTimeParseException other) {
            return Optional.empty();
        }
    }
}
