package kvs.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private static String next(String schedule, String after, ZoneId zone) throws Cron.CronSyntaxException {
        long ms = ZonedDateTime.parse(after).toInstant().toEpochMilli();
        long next = Cron.parse(schedule).next(ms, zone);
        assertTrue(next > ms);
        return ZonedDateTime.ofInstant(Instant.ofEpochMilli(next), zone).toOffsetDateTime().toString();
    }

    /** The 1st of January 2026 is a Thursday. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "* * * * *|2026-01-01T00:00:00Z|2026-01-01T00:01Z",
        "* * * * *|2026-01-01T00:00:59.999Z|2026-01-01T00:01Z",
        "0 0 * * *|2026-01-01T00:00:00Z|2026-01-02T00:00Z",
        "0 0 * * *|2025-12-31T23:59:59Z|2026-01-01T00:00Z",
        "*/5 * * * *|2026-01-01T00:56:00Z|2026-01-01T01:00Z",
        "1-9/2 * * * *|2026-01-01T00:03:00Z|2026-01-01T00:05Z",
        "1-9/2 * * * *|2026-01-01T00:09:00Z|2026-01-01T01:01Z",
        "*/50 * * * *|2026-01-01T00:50:00Z|2026-01-01T01:00Z",
        "0,15,30 8-10 * * *|2026-01-01T08:30:00Z|2026-01-01T09:00Z",
        "0,15,30 8-10 * * *|2026-01-01T10:30:00Z|2026-01-02T08:00Z",
        "30 4 1 * *|2026-01-01T04:30:00Z|2026-02-01T04:30Z",
        "0 0 31 * *|2026-01-31T00:00:00Z|2026-03-31T00:00Z",
        "0 0 29 2 *|2026-01-01T00:00:00Z|2028-02-29T00:00Z",
        "0 0 29 2 *|2096-03-01T00:00:00Z|2104-02-29T00:00Z",
        "0 0 * JAN,dec *|2026-01-31T00:00:00Z|2026-12-01T00:00Z",
        "0 0 * * MON-FRI|2026-01-02T00:00:00Z|2026-01-05T00:00Z",
        "0 0 * * 0|2026-01-01T00:00:00Z|2026-01-04T00:00Z",
        "0 0 * * 7|2026-01-01T00:00:00Z|2026-01-04T00:00Z",
        "0 0 * * sun|2026-01-01T00:00:00Z|2026-01-04T00:00Z",
        "0 0 * * 5-7|2026-01-03T00:00:00Z|2026-01-04T00:00Z",
        "0 0 13 * FRI|2026-01-01T00:00:00Z|2026-01-02T00:00Z",
        "0 0 13 * FRI|2026-01-09T00:00:00Z|2026-01-13T00:00Z",
        "0 0 */2 * FRI|2026-01-02T00:00:00Z|2026-01-09T00:00Z",
        "0 0 13 * */5|2026-01-01T00:00:00Z|2026-02-13T00:00Z",
        "@hourly|2026-01-01T00:00:00Z|2026-01-01T01:00Z",
        "@daily|2026-01-01T00:00:00Z|2026-01-02T00:00Z",
        "@Weekly|2026-01-01T00:00:00Z|2026-01-04T00:00Z",
        "@monthly|2026-01-01T00:00:00Z|2026-02-01T00:00Z",
        "@yearly|2026-01-01T00:00:00Z|2027-01-01T00:00Z"})
    void saysWhenItIsDue(String schedule, String after, String due) throws Cron.CronSyntaxException {
        assertEquals(due, next(schedule, after, ZoneOffset.UTC));
    }

    /** On 2026-03-29 the clocks of Berlin go from 2:00 to 3:00, on 2026-10-25 from 3:00 back to 2:00. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "30 2 * * *|2026-03-28T03:00:00+01:00|2026-03-29T03:00+02:00",
        "30 2 * * *|2026-03-29T03:00:00+02:00|2026-03-30T02:30+02:00",
        "*/20 * * * *|2026-03-29T01:40:00+01:00|2026-03-29T03:00+02:00",
        "*/20 * * * *|2026-03-29T03:00:00+02:00|2026-03-29T03:20+02:00",
        "0 3 * * *|2026-03-29T01:00:00+01:00|2026-03-29T03:00+02:00",
        "30 2 * * *|2026-10-25T01:00:00+02:00|2026-10-25T02:30+02:00",
        "30 2 * * *|2026-10-25T02:30:00+02:00|2026-10-26T02:30+01:00",
        "30 2 * * *|2026-10-25T02:10:00+01:00|2026-10-26T02:30+01:00",
        "*/20 * * * *|2026-10-25T02:40:00+02:00|2026-10-25T03:00+01:00",
        "*/20 * * * *|2026-10-25T02:10:00+01:00|2026-10-25T03:00+01:00",
        "0 0 * * *|2026-10-24T22:00:00Z|2026-10-26T00:00+01:00"})
    void followsTheClocks(String schedule, String after, String due) throws Cron.CronSyntaxException {
        assertEquals(due, next(schedule, after, BERLIN));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"60 * * * *|minute", "* 24 * * *|hour", "* * 0 * *|day of month",
        "* * 32 * *|day of month", "* * * 13 *|month", "* * * 0 *|month", "* * * FOO *|month",
        "* * * * 8|day of week", "* * * * FUN|day of week", "5-1 * * * *|minute",
        "*/0 * * * *|minute", "5/2 * * * *|minute", "*/x * * * *|minute", "1, * * * *|minute",
        ",1 * * * *|minute", "-1 * * * *|minute", "1- * * * *|minute", "* 1-2-3 * * *|hour",
        "** * * * *|minute", "JAN * * * *|minute", "* * * * MON-|day of week", "99999999999 * * * *|minute",
        "* * 30 2 *|day of month", "* * 31 4,6,9,11 *|day of month", "* * ٣ * *|day of month"})
    void namesTheFieldThatIsWrong(String schedule, String field) {
        String why = assertThrows(Cron.CronSyntaxException.class, () -> Cron.parse(schedule)).getMessage();
        assertTrue(why.startsWith(field + " '") || why.startsWith(field + ":"), why);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "* * * *", "* * * * * *", "@reboot", "@", "@daily @daily"})
    void wantsFiveFields(String schedule) {
        assertThrows(Cron.CronSyntaxException.class, () -> Cron.parse(schedule));
    }

    /** Against the definition: the first minute that fits. */
    @Test
    void agreesWithLookingAtEveryMinute() throws Cron.CronSyntaxException {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 300; i++) {
            int minute = random.nextInt(60);
            int hour = random.nextInt(24);
            int step = 1 + random.nextInt(6);
            int weekday = random.nextInt(8);
            Cron cron = Cron.parse(minute + " " + hour + " */" + step + " * " + weekday);
            LocalDateTime from = LocalDateTime.of(2026, 1 + random.nextInt(12), 1 + random.nextInt(28),
                    random.nextInt(24), random.nextInt(60));
            LocalDateTime at = from.plusMinutes(1);
            while (at.getMinute() != minute || at.getHour() != hour || (at.getDayOfMonth() - 1) % step != 0
                    || at.getDayOfWeek().getValue() % 7 != weekday % 7) {
                at = at.plusMinutes(1);
            }
            assertEquals(at.toInstant(ZoneOffset.UTC).toEpochMilli(),
                    cron.next(from.toInstant(ZoneOffset.UTC).toEpochMilli(), ZoneOffset.UTC));
        }
    }
}
