package kvs.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A table in plain text for people: columns as wide as their longest cell. Belongs to one thread. */
final class TextTable {

    private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB", "PB"};
    private static final long UNIT = 1_000;
    private static final long TWO = 2;

    private final List<String[]> rows = new ArrayList<>();

    /** A table with that head. */
    TextTable(String... head) {
        rows.add(head);
    }

    /** Adds a row of as many cells as the head has. */
    void row(String... cells) {
        rows.add(cells);
    }

    /** The lines, two spaces between columns, none at the end. */
    String text() {
        int[] widths = IntStream.range(0, rows.get(0).length).map(column ->
                rows.stream().mapToInt(row -> row[column].length()).max().orElse(0)).toArray();
        return rows.stream().map(row -> IntStream.range(0, row.length)
                .mapToObj(column -> row[column] + " ".repeat(widths[column] - row[column].length()))
                .collect(Collectors.joining("  ")).stripTrailing() + "\n").collect(Collectors.joining());
    }

    /** A duration in its largest unit of which there are two: {@code 3 d}, {@code 50 h}, {@code 90 s}. */
    static String duration(long ms) {
        for (TimeUnit unit : List.of(TimeUnit.DAYS, TimeUnit.HOURS, TimeUnit.MINUTES)) {
            long count = unit.convert(ms, TimeUnit.MILLISECONDS);
            if (count >= TWO) {
                String word = unit == TimeUnit.MINUTES ? "min" : unit.name().substring(0, 1);
                return count + " " + word.toLowerCase(Locale.ROOT);
            }
        }
        return ms < TimeUnit.SECONDS.toMillis(TWO) ? Math.max(ms, 0) + " ms" : ms / UNIT + " s";
    }

    /** A number of bytes in its largest unit of which there are two: {@code 76 GB}. */
    static String bytes(long bytes) {
        long count = bytes;
        int unit = 0;
        while (count >= TWO * UNIT && unit < UNITS.length - 1) {
            count /= UNIT;
            unit++;
        }
        return count + " " + UNITS[unit];
    }
}
