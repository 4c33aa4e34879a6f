package kvs.metrics;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/**
 * Formats metrics as text: the exposition format of Prometheus, version 0.0.4, which every collector of
 * metrics reads. A pure function.
 *
 * <pre>
 *   # HELP kvs_http_refusals_total Requests that were refused, by reason.   \ and line ends are escaped
 *   # TYPE kvs_http_refusals_total counter
 *   kvs_http_refusals_total{reason="busy"} 7                                in label values " is escaped too
 * </pre>
 * Lines end in a line feed, the last one too. The samples of a family are adjacent; no two have the same name
 * and labels.
 */
final class PrometheusText {

    /** Whole numbers up to this are exact in a double. */
    private static final double WHOLE_MAX = 1L << 53;

    private PrometheusText() { }

    /** The type of a family. */
    enum Kind {
        /** A value that only grows while the process lives. */
        COUNTER,
        /** A value that goes up and down. */
        GAUGE,
        /** The number of values up to each bound, and the sum of all values. */
        HISTOGRAM
    }

    /** A label and its value. */
    record Label(String name, String value) { }

    /** One line: {@code suffix} is appended to the name of the family. */
    record Sample(String suffix, List<Label> labels, double value) { }

    /** A family of samples under one name. */
    record Family(String name, String help, Kind kind, List<Sample> samples) { }

    /** The text of these families. */
    static String of(List<Family> families) {
        StringBuilder text = new StringBuilder();
        for (Family family : families) {
            text.append("# HELP ").append(family.name).append(' ').append(escape(family.help)).append('\n');
            text.append("# TYPE ").append(family.name).append(' ')
                    .append(family.kind.name().toLowerCase(Locale.ROOT)).append('\n');
            family.samples.forEach(sample -> write(text, family.name, sample));
        }
        return text.toString();
    }

    private static void write(StringBuilder text, String name, Sample sample) {
        text.append(name).append(sample.suffix);
        String before = "{";
        for (Label label : sample.labels) {
            text.append(before).append(label.name).append("=\"")
                    .append(escape(label.value).replace("\"", "\\\"")).append('"');
            before = ",";
        }
        text.append(sample.labels.isEmpty() ? " " : "} ").append(number(sample.value)).append('\n');
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\n", "\\n");
    }

    /** A number without an exponent, for readability. */
    static String number(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        boolean whole = Math.rint(value) == value && Math.abs(value) <= WHOLE_MAX;
        return whole ? Long.toString((long) value)
                : BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }
}
