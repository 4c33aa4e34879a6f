package kvs.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the text format of Prometheus 0.0.4 and believes nothing: every line, name, escape and number must be
 * as the format and the rules of naming say, each family must stand together behind its HELP and TYPE, no
 * series may come twice, and histograms must add up.
 */
public final class MetricReader {

    private static final Pattern HELP = Pattern.compile(
            "# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) ((?:[^\\\\]|\\\\\\\\|\\\\n)+)");
    private static final Pattern TYPE = Pattern.compile("# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*)"
            + " (counter|gauge|histogram)");
    private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile(
            "([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\\\\\|\\\\\"|\\\\n)*)\"(,|$)");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(.)");
    private static final String NUMBER = "[+-]?([0-9]+(\\.[0-9]+)?([eE][+-]?[0-9]+)?|Inf)|NaN";
    private static final Set<String> SMALL_UNITS = Set.of("ms", "millis", "milliseconds", "us", "micros",
            "nanos", "ns", "minutes", "hours", "days",
            "kb", "kib", "mb", "mib", "kilobytes", "megabytes", "percent", "ratio");

    /** The value of each series by its name and labels as they are written. */
    public final Map<String, Double> values = new LinkedHashMap<>();
    /** What each label says, by its name. */
    public final Map<String, Set<String>> labels = new TreeMap<>();
    private final Map<String, String> types = new LinkedHashMap<>();
    private final Map<String, TreeMap<Double, Double>> buckets = new HashMap<>();
    private final Map<String, Double> counts = new HashMap<>();
    private final Map<String, Double> sums = new HashMap<>();
    private final Set<String> series = new HashSet<>();
    private String helped = "";
    private String family = "";

    /** Reads a whole text. */
    public MetricReader(String text) {
        check(text.endsWith("\n"), "the last line ends too");
        for (String line : text.split("\n")) {
            read(line);
        }
        histograms();
    }

    /** The families by name, and what they are. */
    public Map<String, String> types() {
        return types;
    }

    /** The value of a series that must be there. */
    public double value(String series) {
        check(values.containsKey(series), series + " is not among " + values.keySet());
        return values.get(series);
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private void read(String line) {
        Matcher help = HELP.matcher(line);
        Matcher type = TYPE.matcher(line);
        if (help.matches()) {
            helped = help.group(1);
            check(!types.containsKey(helped), "twice: " + line);
        } else if (type.matches()) {
            family = type.group(1);
            check(family.equals(helped), "HELP comes just before: " + line);
            check(types.put(family, type.group(2)) == null, "twice: " + line);
            name(family, type.group(2));
        } else {
            sample(line);
        }
    }

    private static void name(String name, String type) {
        check(name.startsWith("kvs_") || name.startsWith("process_"), name);
        check(name.matches("[a-z][a-z0-9]*(_[a-z0-9]+)*"), name);
        check(name.endsWith("_total") == type.equals("counter"), name + " is a " + type);
        check(!name.matches(".*_(bucket|sum|count)"), name);
        check(List.of(name.split("_")).stream().noneMatch(SMALL_UNITS::contains), name + " has no base unit");
        check(!name.contains("duration") || name.endsWith("_seconds"), name);
    }

    private void sample(String line) {
        Matcher sample = SAMPLE.matcher(line);
        check(sample.matches(), "no sample: " + line);
        String name = sample.group(1);
        boolean histogram = types.getOrDefault(family, "").equals("histogram");
        check(histogram ? name.matches(Pattern.quote(family) + "_(bucket|sum|count)") : name.equals(family),
                "not of " + family + ": " + line);
        check(sample.group(3).matches(NUMBER) && !sample.group(3).equals("NaN"), "no number: " + line);
        double value = Double.parseDouble(sample.group(3).replace("Inf", "Infinity"));
        check(value >= 0, "negative: " + line);
        Map<String, String> said = labels(sample.group(2), line);
        check(said.containsKey("le") == name.endsWith("_bucket"), "le belongs to buckets: " + line);
        check(values.put(line.substring(0, line.lastIndexOf(' ')), value) == null, "twice: " + line);
        check(series.add(name + said), "twice in another order: " + line);
        if (histogram) {
            part(name.substring(family.length()), said, value);
        }
    }

    private void part(String part, Map<String, String> said, double value) {
        Map<String, String> rest = new TreeMap<>(said);
        String le = rest.remove("le");
        String key = family + rest;
        switch (part) {
            case "_bucket" -> buckets.computeIfAbsent(key, k -> new TreeMap<>())
                    .put(Double.parseDouble(le.replace("Inf", "Infinity")), value);
            case "_sum" -> sums.put(key, value);
            default -> counts.put(key, value);
        }
    }

    private Map<String, String> labels(String text, String line) {
        Map<String, String> said = new TreeMap<>();
        int at = 0;
        while (text != null && at < text.length()) {
            Matcher label = LABEL.matcher(text).region(at, text.length());
            check(label.lookingAt(), "no label: " + line);
            check(!label.group(1).startsWith("__"), "reserved: " + line);
            String value = unescaped(label.group(2));
            check(said.put(label.group(1), value) == null, "a label twice: " + line);
            labels.computeIfAbsent(label.group(1), name -> new HashSet<>()).add(value);
            check(label.group(3).isEmpty() || label.end() < text.length(), "a comma at the end: " + line);
            at = label.end();
        }
        return said;
    }

    private static String unescaped(String text) {
        return ESCAPE.matcher(text).replaceAll(
                mark -> Matcher.quoteReplacement(mark.group(1).equals("n") ? "\n" : mark.group(1)));
    }

    private void histograms() {
        check(buckets.keySet().equals(counts.keySet()) && buckets.keySet().equals(sums.keySet()),
                "each has buckets, a sum and a count");
        buckets.forEach((key, ends) -> {
            List<Double> below = new ArrayList<>(ends.values());
            for (int i = 1; i < below.size(); i++) {
                check(below.get(i - 1) <= below.get(i), key + " goes down: " + ends);
            }
            check(ends.lastKey() == Double.POSITIVE_INFINITY, key + " has no +Inf");
            check(ends.get(Double.POSITIVE_INFINITY).equals(counts.get(key)),
                    key + " counts otherwise: " + ends + " " + counts.get(key));
            check(sums.get(key) >= lowest(ends) && (counts.get(key) > 0 || sums.get(key) == 0),
                    key + " sums up wrongly: " + sums.get(key));
        });
    }

    /** What the sum is at least: each value is above the end of the bucket before its own. */
    private static double lowest(TreeMap<Double, Double> ends) {
        double lowest = 0;
        double from = 0;
        double before = 0;
        for (Map.Entry<Double, Double> end : ends.entrySet()) {
            lowest += (end.getValue() - before) * from;
            before = end.getValue();
            from = end.getKey();
        }
        return lowest;
    }
}
