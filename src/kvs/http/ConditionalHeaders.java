package kvs.http;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import kvs.documents.EntityTag;
import kvs.documents.Preconditions;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * The headers of RFC 9110, section 8.8, that distinguish one state of a resource from another: tags, dates,
 * and the conditions of requests.
 */
public final class ConditionalHeaders {

    private static final List<String> DAYS = List.of("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun");
    private static final List<String> MONTHS = List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug",
            "Sep", "Oct", "Nov", "Dec");
    private static final int DATE_LENGTH = 29;

    private ConditionalHeaders() { }

    /** The conditions of a request. */
    public static Preconditions conditions(RequestHeaders headers) {
        Optional<Preconditions.Match> match = headers.get("If-Match").map(Preconditions.Match::header);
        Optional<Preconditions.Match> noneMatch = headers.get("If-None-Match")
                .map(Preconditions.Match::header);
        // A date replaces a tag that the client does not know (RFC 9110, section 13.1.4).
        Optional<Long> unmodifiedSince = match.isPresent() ? Optional.empty()
                : headers.get("If-Unmodified-Since").map(ConditionalHeaders::date);
        return match.isEmpty() && noneMatch.isEmpty() && unmodifiedSince.isEmpty() ? Preconditions.NONE
                : new Preconditions(match, noneMatch, unmodifiedSince);
    }

    private static long date(String text) {
        return HttpDate.second(text).orElseThrow(() -> new Refusal(Reason.BAD_REQUEST,
                "If-Unmodified-Since must be a date such as Sun, 06 Nov 1994 08:49:37 GMT"));
    }

    /** {@code response} with its tag, if there is one. */
    public static Response tagged(Response response, Optional<EntityTag> tag) {
        return tag.map(present -> response.with("ETag", present.text())).orElse(response);
    }

    /**
     * The date of a write, never later than now: a timestamp may be ahead of the wall clock, a date may not
     * be ahead of Date.
     */
    public static String lastModified(long timestamp, long now) {
        LocalDateTime at = LocalDateTime.ofEpochSecond(Math.floorDiv(Math.min(timestamp, now), 1_000L), 0,
                ZoneOffset.UTC);
        StringBuilder date = new StringBuilder(DATE_LENGTH).append(DAYS.get(at.getDayOfWeek().ordinal()))
                .append(", ");
        two(date, at.getDayOfMonth()).append(' ').append(MONTHS.get(at.getMonthValue() - 1)).append(' ')
                .append(at.getYear()).append(' ');
        two(date, at.getHour()).append(':');
        two(date, at.getMinute()).append(':');
        return two(date, at.getSecond()).append(" GMT").toString();
    }

    private static StringBuilder two(StringBuilder date, int number) {
        return date.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
