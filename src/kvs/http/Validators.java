package kvs.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import kvs.data.Conditions;
import kvs.data.Tag;

/** What tells one state of a resource from another (RFC 9110, section 8.8): tags, dates, and the conditions of requests. */
final class Validators {

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private Validators() { }

    /** The conditions of a request. */
    static Conditions conditions(Headers headers) {
        return new Conditions(headers.get("If-Match").map(Conditions.Match::header),
                headers.get("If-None-Match").map(Conditions.Match::header));
    }

    /** {@code response} with its tag, if there is one. */
    static Response tagged(Response response, Optional<Tag> tag) {
        return tag.map(present -> response.with("ETag", present.text())).orElse(response);
    }

    /** When something was written, never later than now: a timestamp may be ahead of the wall, a date may not be ahead of Date. */
    static String lastModified(long timestamp, long now) {
        return DATE.format(Instant.ofEpochMilli(Math.min(timestamp, now)));
    }
}
