package kvs.model;

import java.util.List;

/**
 * Converts between durations and text: {@code 500ms 90s 15m 12h 7d}, sums in falling units such as
 * {@code 1h30m}, and {@code 0} for none.
 */
public final class Durations {

    /** The longest duration, ms: a hundred years of 365 days. */
    public static final long MAX_MS = 100L * 365 * 86_400_000;
    private static final List<Unit> UNITS = List.of(new Unit("d", 86_400_000), new Unit("h", 3_600_000),
            new Unit("m", 60_000), new Unit("s", 1_000), new Unit("ms", 1));
    private static final int DIGITS_MAX = 13;

    /** A unit and its length. */
    private record Unit(String name, long ms) { }

    private Durations() { }

    /**
     * The duration in a text, ms.
     *
     * @throws IllegalArgumentException with a message for the author of the text
     */
    public static long parse(String text) {
        if (text.equals("0")) {
            return 0;
        }
        long sum = 0;
        long before = Long.MAX_VALUE;
        int at = 0;
        while (at < text.length()) {
            int digits = run(text, at, true);
            int end = run(text, digits, false);
            String name = text.substring(digits, end);
            long unit = UNITS.stream().filter(u -> u.name.equals(name)).mapToLong(Unit::ms)
                    .findFirst().orElse(0);
            if (digits == at || digits - at > DIGITS_MAX || unit == 0 || unit >= before) {
                throw bad(text);
            }
            long number = Long.parseLong(text.substring(at, digits));
            if (number > MAX_MS / unit || sum + number * unit > MAX_MS) {
                throw new IllegalArgumentException("'" + AsciiParsers.shown(text)
                        + "' is longer than 100 years");
            }
            sum += number * unit;
            before = unit;
            at = end;
        }
        if (text.isEmpty()) {
            throw bad(text);
        }
        return sum;
    }

    /** The shortest text of a duration. */
    public static String text(long ms) {
        StringBuilder text = new StringBuilder();
        long left = ms;
        for (Unit unit : UNITS) {
            if (left >= unit.ms) {
                text.append(left / unit.ms).append(unit.name);
                left %= unit.ms;
            }
        }
        return text.isEmpty() ? "0" : text.toString();
    }

    private static int run(String text, int from, boolean digits) {
        int at = from;
        while (at < text.length() && (text.charAt(at) >= '0' && text.charAt(at) <= '9') == digits) {
            at++;
        }
        return at;
    }

    private static IllegalArgumentException bad(String text) {
        return new IllegalArgumentException("'" + AsciiParsers.shown(text) + "' is not a duration:"
                + " write a number and a unit, as in 500ms, 90s, 15m, 12h, 7d or 1h30m; 0 means none");
    }
}
