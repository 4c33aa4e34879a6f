package kvs.command;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import kvs.model.AsciiParsers;
import kvs.model.Durations;
import kvs.world.Clock;

/**
 * Moments as people type and read them. Accepted are {@code 2h-ago}, {@code 10 min ago}, {@code 02:00} (the
 * last time that the clock showed it), {@code 2026-11-26}, {@code 2026-11-26T03:44}, the same with an offset
 * or {@code Z}, {@code now}, and Unix milliseconds. Without an offset the zone of this machine counts. Pure
 * functions.
 */
public final class TimeText {

    private static final int MS_DIGITS = 15;
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
    private static final String AGO = "ago";
    private static final List<String> LONG_UNITS = List.of("sec", "second", "min", "minute", "hour", "day");
    private static final List<String> SHORT_UNITS = List.of("s", "s", "m", "m", "h", "d");

    private TimeText() { }

    /** The moment that a text names, Unix ms. */
    public static long parse(String option, String text, long nowMs) throws MisuseException {
        return read(text.strip(), nowMs, ZoneId.systemDefault()).orElseThrow(() ->
                new MisuseException(option + " must be a time such as 2h-ago, '10 min ago', 02:00,"
                        + " 2026-11-26,"
                        + " 2026-11-26T03:44:35Z or Unix ms, not '" + AsciiParsers.shown(text) + "'"));
    }

    static Optional<Long> read(String text, long nowMs, ZoneId zone) {
        if (text.equals("now")) {
            return Optional.of(nowMs);
        }
        if (AsciiParsers.number(text, MS_DIGITS).isPresent()) {
            return Optional.of(Long.parseLong(text));
        }
        if (text.endsWith(AGO)) {
            return ago(text.substring(0, text.length() - AGO.length())).map(ms -> nowMs - ms);
        }
        try {
            return Optional.of(calendar(text, nowMs, zone).toEpochMilli());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The duration before {@code ago}: {@code 2h-}, {@code 10 min }. */
    private static Optional<Long> ago(String text) {
        String word = text.replace('-', ' ').strip().replace(" ", "");
        int digits = 0;
        while (digits < word.length() && Character.isDigit(word.charAt(digits))) {
            digits++;
        }
        String unit = word.substring(digits);
        for (int i = 0; i < LONG_UNITS.size(); i++) {
            if (unit.equals(LONG_UNITS.get(i)) || unit.equals(LONG_UNITS.get(i) + "s")) {
                word = word.substring(0, digits) + SHORT_UNITS.get(i);
            }
        }
        try {
            return Optional.of(Durations.parse(word));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Instant calendar(String text, long nowMs, ZoneId zone) {
        if (text.length() <= "HH:mm:ss".length()) {
            ZonedDateTime now = Instant.ofEpochMilli(nowMs).atZone(zone);
            ZonedDateTime today = now.with(LocalTime.parse(text)).truncatedTo(ChronoUnit.SECONDS);
            return (today.isAfter(now) ? today.minusDays(1) : today).toInstant();
        }
        if (!text.contains("T") && !text.contains(" ")) {
            return LocalDate.parse(text).atStartOfDay(zone).toInstant();
        }
        String iso = text.replace(' ', 'T');
        boolean offset = iso.endsWith("Z") || iso.lastIndexOf('+') > 0
                || iso.lastIndexOf('-') > iso.indexOf('T');
        return offset ? OffsetDateTime.parse(iso).toInstant() : LocalDateTime.parse(iso).atZone(zone)
                .toInstant();
    }

    /** A moment for the results: of the local zone on a terminal, else ISO 8601 in UTC. */
    public static String text(long ms, boolean terminal) {
        return terminal ? LOCAL.format(Instant.ofEpochMilli(ms).atZone(ZoneId.systemDefault()))
                : Clock.utc(ms);
    }

    /** The time of a line about something that happens now: without its date on a terminal. */
    public static String clock(long ms, boolean terminal) {
        return terminal ? CLOCK.format(Instant.ofEpochMilli(ms).atZone(ZoneId.systemDefault()))
                : Clock.utc(ms);
    }
}
