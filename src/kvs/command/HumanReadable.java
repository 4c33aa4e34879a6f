package kvs.command;

import java.util.Locale;

/** Numbers as people read them: durations in one or two units, bytes with three digits. Pure functions. */
public final class HumanReadable {

    private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB", "PB"};
    private static final int MINUTE = 60;
    private static final int HOUR = 3_600;
    private static final int DAY = 86_400;
    private static final int THOUSAND = 1_000;

    private HumanReadable() { }

    /** A duration: {@code 2 m 41 s}, {@code 3 d}. */
    public static String age(long ms) {
        long seconds = Math.max(0, ms) / THOUSAND;
        if (seconds < MINUTE) {
            return seconds + " s";
        }
        if (seconds < HOUR) {
            return seconds / MINUTE + " m" + (seconds % MINUTE == 0 ? "" : " " + seconds % MINUTE + " s");
        }
        return seconds < 2 * DAY ? seconds / HOUR + " h" : seconds / DAY + " d";
    }

    /** A number of bytes: {@code 76 GB}, {@code 1.4 KB}; a unit is a thousand of the one before. */
    public static String bytes(long bytes) {
        double value = bytes;
        int unit = 0;
        while (value >= THOUSAND && unit < UNITS.length - 1) {
            value /= THOUSAND;
            unit++;
        }
        return value < 10 && unit > 0 ? String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit])
                : Math.round(value) + " " + UNITS[unit];
    }
}
