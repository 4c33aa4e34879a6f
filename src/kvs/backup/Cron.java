package kvs.backup;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A schedule in the five fields of cron: minute, hour, day of month, month, day of week. A field is
 * {@code *}, or a list with commas of numbers, ranges {@code 1-5}, and steps of them, {@code *}{@code /5} or
 * {@code 1-9/2}. Months and days of the week have names too ({@code JAN}, {@code MON}); Sunday is 0 and 7.
 * {@code @hourly @daily @weekly @monthly @yearly} have their literal meaning.
 *
 * <p>Day of month and day of week must both match, unless neither begins with a star: then one is enough (as
 * in Vixie's cron).
 *
 * <p>Times are those of a zone. A time in an hour that the clocks skip is due right after the skip; a time in
 * an hour that they repeat is due in the first of the two only. Immutable, a pure function.
 */
public final class Cron {

    private static final Map<String, String> NICKNAMES = Map.of("@hourly", "0 * * * *", "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *", "@weekly", "0 0 * * 0", "@monthly", "0 0 1 * *", "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *");
    private static final List<Field> FIELDS = List.of(new Field("minute", 0, 59, List.of()),
            new Field("hour", 0, 23, List.of()),
            new Field("day of month", 1, 31, List.of()), new Field("month", 1, 12, List.of("JAN", "FEB",
                    "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
            new Field("day of week", 0, 7, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")));
    /** At most 40 years lie between two 29th of February on the same day of the week. */
    private static final int DAYS_MAX = 41 * 366;
    private static final int DAYS_OF_WEEK = 7;
    private static final int NUMBER_DIGITS = 4;

    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet days;
    private final BitSet months;
    private final BitSet weekdays;
    private final boolean both;

    /** A field with the range of its values; names count from its least number on. */
    private record Field(String name, int least, int most, List<String> names) { }

    /** A text that is no schedule; the message names the field. */
    public static final class CronSyntaxException extends Exception {

        private static final long serialVersionUID = 1L;

        CronSyntaxException(String message) {
            super(message);
        }
    }

    private Cron(List<BitSet> fields, boolean both) {
        this.minutes = fields.get(0);
        this.hours = fields.get(1);
        this.days = fields.get(2);
        this.months = fields.get(3);
        this.weekdays = fields.get(4);
        this.both = both;
        if (weekdays.get(DAYS_OF_WEEK)) {
            weekdays.set(0);
        }
    }

    /** The schedule in a text. */
    public static Cron parse(String text) throws CronSyntaxException {
        String five = NICKNAMES.getOrDefault(text.strip().toLowerCase(Locale.ROOT), text.strip());
        if (five.startsWith("@")) {
            throw new CronSyntaxException("'" + five + "' is not one of @hourly, @daily, @weekly, @monthly,"
                    + " @yearly");
        }
        String[] parts = five.replace('\t', ' ').split(" ");
        parts = Stream.of(parts).filter(part -> !part.isEmpty()).toArray(String[]::new);
        if (parts.length != FIELDS.size()) {
            throw new CronSyntaxException("the schedule needs five fields: minute, hour, day of month,"
                    + " month, day of week");
        }
        BitSet[] fields = new BitSet[parts.length];
        for (int i = 0; i < parts.length; i++) {
            fields[i] = field(FIELDS.get(i), parts[i]);
        }
        Cron cron = new Cron(List.of(fields), parts[2].startsWith("*") || parts[4].startsWith("*"));
        if (cron.day(LocalDate.of(2000, 1, 1)).isEmpty()) {
            throw new CronSyntaxException("day of month: these months have no day '" + parts[2] + "'");
        }
        return cron;
    }

    private static BitSet field(Field field, String text) throws CronSyntaxException {
        BitSet set = new BitSet(field.most + 1);
        for (String item : text.split(",", -1)) {
            int slash = item.indexOf('/');
            String range = slash < 0 ? item : item.substring(0, slash);
            int step = slash < 0 ? 1 : number(field, item.substring(slash + 1), text);
            if (step < 1) {
                throw bad(field, text, "a step must be at least 1");
            }
            int dash = range.indexOf('-');
            boolean star = range.equals("*");
            if (slash >= 0 && !star && dash < 0) {
                throw bad(field, text, "a step must follow '*' or a range");
            }
            int from = star ? field.least : value(field, dash < 0 ? range : range.substring(0, dash), text);
            int to = star ? field.most : dash < 0 ? from : value(field, range.substring(dash + 1), text);
            if (from > to) {
                throw bad(field, text, "a range must start with its smaller end");
            }
            for (int value = from; value <= to; value += step) {
                set.set(value);
            }
        }
        return set;
    }

    private static int value(Field field, String item, String text) throws CronSyntaxException {
        int name = field.names.indexOf(item.toUpperCase(Locale.ROOT));
        int value = name >= 0 ? field.least + name : number(field, item, text);
        if (value < field.least || value > field.most) {
            throw bad(field, text, "allowed is " + field.least + " to " + field.most);
        }
        return value;
    }

    private static int number(Field field, String digits, String text) throws CronSyntaxException {
        if (digits.isEmpty() || digits.length() > NUMBER_DIGITS
                || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw bad(field, text,
                    "'" + digits + "' is not a number" + (field.names.isEmpty() ? "" : " or a name"));
        }
        return Integer.parseInt(digits);
    }

    private static CronSyntaxException bad(Field field, String text, String why) {
        return new CronSyntaxException(field.name + " '" + text + "': " + why);
    }

    /** The first due time after a moment, Unix ms. */
    public long next(long afterMs, ZoneId zone) {
        LocalDateTime at = LocalDateTime.ofInstant(Instant.ofEpochMilli(afterMs), zone)
                .truncatedTo(ChronoUnit.MINUTES);
        long next = afterMs;
        while (next <= afterMs) {
            // More than one turn in the second of two equal hours only: its due times were served in the
            // first.
            at = fitting(at.plusMinutes(1));
            next = moment(at, zone);
        }
        return next;
    }

    /** The moment at which the clocks show that time first, or skip it. */
    private static long moment(LocalDateTime at, ZoneId zone) {
        ZoneOffsetTransition change = zone.getRules().getTransition(at);
        return change != null && change.isGap() ? change.getInstant().toEpochMilli()
                : ZonedDateTime.of(at, zone).toInstant().toEpochMilli();
    }

    /** The first matching time, {@code from} included. */
    private LocalDateTime fitting(LocalDateTime from) {
        LocalDate day = day(from.toLocalDate()).orElseThrow();
        if (day.equals(from.toLocalDate())) {
            int hour = hours.nextSetBit(from.getHour());
            int minute = hour == from.getHour() ? minutes.nextSetBit(from.getMinute())
                    : minutes.nextSetBit(0);
            if (hour >= 0 && minute < 0) {
                hour = hours.nextSetBit(hour + 1);
                minute = minutes.nextSetBit(0);
            }
            if (hour >= 0) {
                return day.atTime(hour, minute);
            }
            day = day(day.plusDays(1)).orElseThrow();
        }
        return day.atTime(hours.nextSetBit(0), minutes.nextSetBit(0));
    }

    /** The first matching day, {@code from} included; empty when there is none. */
    private Optional<LocalDate> day(LocalDate from) {
        return from.datesUntil(from.plusDays(DAYS_MAX)).filter(this::fits).findFirst();
    }

    private boolean fits(LocalDate day) {
        boolean date = days.get(day.getDayOfMonth());
        boolean weekday = weekdays.get(day.getDayOfWeek().getValue() % DAYS_OF_WEEK);
        return months.get(day.getMonthValue()) && (both ? date && weekday : date || weekday);
    }
}
