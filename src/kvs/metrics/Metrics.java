package kvs.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import kvs.metrics.PrometheusText.Family;
import kvs.metrics.PrometheusText.Kind;
import kvs.metrics.PrometheusText.Label;
import kvs.metrics.PrometheusText.Sample;
import kvs.model.AsciiParsers;

/**
 * The metrics of a node. Each metric is registered in one line where the node is wired:
 * <pre>
 *   metrics.gauge("kvs_disk_free_bytes", "Free bytes of the disk for new data.", disk::free);
 *   metrics.counter("kvs_purged_versions_total", "Purged versions.", purger::total);
 * </pre>
 * Names follow Prometheus: {@code kvs_}, words with underscores, a base unit ({@code _seconds},
 * {@code _bytes}), {@code _total} for a counter. A value that is currently unknown is {@code NaN}, and
 * omitted.
 *
 * <p>Labels come from small closed sets, never from the content of requests. Memory is bounded even if they
 * do not: beyond {@value #SERIES_MAX} combinations of a family all others are counted together, under
 * {@value #OTHER}.
 *
 * <p>Thread-safe; counting takes no lock.
 */
public final class Metrics {

    /** Maximal number of combinations of labels of one family. */
    static final int SERIES_MAX = 1_000;
    /** The value of all labels of the combinations that are counted together. */
    static final String OTHER = "other";
    private static final int NAME_MAX = 100;
    private static final String TOTAL = "_total";
    /** The suffixes that a histogram adds to its name: no other name may end in them. */
    private static final List<String> TAKEN = List.of("_bucket", "_sum", "_count");

    private final Map<String, Supplier<Family>> families = new ConcurrentSkipListMap<>();
    private final Queue<Runnable> pending = new ConcurrentLinkedQueue<>();
    private final ReentrantLock registering = new ReentrantLock();

    /**
     * Registers metrics when the metrics are read for the first time, so that a start need not make what
     * they are read by. Not for metrics that count themselves. {@code registration} runs once.
     */
    public void whenRead(Runnable registration) {
        pending.add(registration);
    }

    /** Registers a metric that goes up and down. */
    public void gauge(String name, String help, DoubleSupplier value) {
        add(name, help, Kind.GAUGE, () -> one(value.getAsDouble()));
    }

    /** Registers a gauge with one series for each value of a label. */
    public void gauge(String name, String help, String label,
            Supplier<? extends Map<String, ? extends Number>> values) {
        add(name, help, Kind.GAUGE, () -> each(label(label), values.get()));
    }

    /** Registers a metric that only grows, and is counted elsewhere. */
    public void counter(String name, String help, DoubleSupplier total) {
        add(name, help, Kind.COUNTER, () -> one(total.getAsDouble()));
    }

    /** Registers counters, one for each value of a label, that are counted elsewhere. */
    public void counter(String name, String help, String label,
            Supplier<? extends Map<String, ? extends Number>> totals) {
        add(name, help, Kind.COUNTER, () -> each(label(label), totals.get()));
    }

    /** Registers and returns a counter with these labels. */
    public Counter counter(String name, String help, List<String> labels) {
        Counter counter = new Counter(labels);
        add(name, help, Kind.COUNTER, counter::samples);
        return counter;
    }

    /**
     * Registers and returns a histogram with these labels; {@code bounds} are the upper ends of its buckets,
     * growing.
     */
    public Histogram histogram(String name, String help, List<String> labels, double... bounds) {
        Histogram histogram = new Histogram(labels, bounds.clone());
        add(name, help, Kind.HISTOGRAM, histogram::samples);
        return histogram;
    }

    /** All metrics as they are now, in the text format of Prometheus. */
    public String text() {
        registerPending();
        return PrometheusText.of(families.values().stream().map(Supplier::get).toList());
    }

    private void registerPending() {
        registering.lock();
        try {
            for (Runnable next = pending.poll(); next != null; next = pending.poll()) {
                next.run();
            }
        } finally {
            registering.unlock();
        }
    }

    private void add(String name, String help, Kind kind, Supplier<List<Sample>> samples) {
        if (!isName(name) || TAKEN.stream().anyMatch(name::endsWith)
                || name.endsWith(TOTAL) != (kind == Kind.COUNTER)) {
            throw new IllegalArgumentException(name + " is not a valid name for a " + kind);
        }
        if (families.putIfAbsent(name, () -> new Family(name, help, kind, samples.get())) != null) {
            throw new IllegalArgumentException(name + " exists already");
        }
    }

    /** Words of small letters and digits with single underscores between; the first begins with a letter. */
    private static boolean isName(String name) {
        boolean words = AsciiParsers.name(name, "_", NAME_MAX) && name.equals(name.toLowerCase(Locale.ROOT));
        return words && name.charAt(0) >= 'a' && !name.contains("__") && !name.endsWith("_");
    }

    private static String label(String name) {
        if (!isName(name) || name.equals("le")) {
            throw new IllegalArgumentException(name + " is not a valid name for a label");
        }
        return name;
    }

    private static List<Sample> one(double value) {
        return Double.isNaN(value) ? List.of() : List.of(new Sample("", List.of(), value));
    }

    private static List<Sample> each(String label, Map<String, ? extends Number> values) {
        return values.entrySet().stream().filter(entry -> !Double.isNaN(entry.getValue().doubleValue()))
                .sorted(Map.Entry.comparingByKey()).limit(SERIES_MAX).map(entry -> new Sample("",
                        List.of(new Label(label, entry.getKey())), entry.getValue().doubleValue())).toList();
    }

    /** The series of a family by the values of their labels. */
    private static final class Series<T> {

        private final List<String> labels;
        private final Supplier<T> fresh;
        private final List<String> others;
        private final Map<List<String>, T> byValues = new ConcurrentHashMap<>();

        Series(List<String> labels, Supplier<T> fresh) {
            this.labels = labels.stream().map(Metrics::label).toList();
            this.fresh = fresh;
            this.others = labels.stream().map(label -> OTHER).toList();
        }

        T at(String... values) {
            List<String> key = List.of(values);
            T known = byValues.get(key);
            if (known != null) {
                return known;
            }
            if (values.length != labels.size()) {
                throw new IllegalArgumentException(labels + " are the labels, not " + key);
            }
            // Concurrent threads may each add one series beyond the bound.
            return byValues.computeIfAbsent(byValues.size() < SERIES_MAX ? key : others,
                    added -> fresh.get());
        }

        /** The labels of all series, in a fixed order. */
        List<List<String>> values() {
            return byValues.keySet().stream()
                    .sorted(Comparator.comparing(values -> String.join("\0", values))).toList();
        }

        List<Label> labels(List<String> values) {
            List<Label> all = new ArrayList<>();
            for (int i = 0; i < values.size(); i++) {
                all.add(new Label(labels.get(i), values.get(i)));
            }
            return all;
        }
    }

    /** A counter that its owner increments. */
    public static final class Counter {

        private final Series<LongAdder> series;

        private Counter(List<String> labels) {
            series = new Series<>(labels, LongAdder::new);
        }

        /** Adds {@code more} to the series with these label values; 0 creates the series. */
        public void add(long more, String... values) {
            series.at(values).add(more);
        }

        private List<Sample> samples() {
            return series.values().stream()
                    .map(values -> new Sample("", series.labels(values), series.byValues.get(values).sum()))
                    .toList();
        }
    }

    /** The distribution of measured values. */
    public static final class Histogram {

        private final Series<Distribution> series;
        private final double[] bounds;

        /**
         * The number of values in each bucket, not cumulative, the last one without a bound; and the sum of
         * all values.
         */
        private record Distribution(LongAdder[] buckets, DoubleAdder sum) { }

        private Histogram(List<String> labels, double[] bounds) {
            for (int i = 1; i < bounds.length; i++) {
                if (!(bounds[i - 1] < bounds[i])) {
                    throw new IllegalArgumentException("bounds must increase: " + Arrays.toString(bounds));
                }
            }
            this.bounds = bounds;
            this.series = new Series<>(labels,
                    () -> new Distribution(Arrays.stream(new LongAdder[bounds.length + 1])
                            .map(none -> new LongAdder()).toArray(LongAdder[]::new), new DoubleAdder()));
        }

        /** Adds a value. */
        public void observe(double value, String... values) {
            observe(value, series.at(values));
        }

        /** The series with these label values, looked up once; it begins with its first value. */
        public Observer observer(String... values) {
            return new Observer(this, values);
        }

        private void observe(double value, Distribution spread) {
            int bucket = 0;
            while (bucket < bounds.length && value > bounds[bucket]) {
                bucket++;
            }
            spread.buckets[bucket].increment();
            spread.sum.add(value);
        }

        /** The number of all values, in every series. */
        public long count() {
            long count = 0;
            for (Distribution spread : series.byValues.values()) {
                for (LongAdder bucket : spread.buckets) {
                    count += bucket.sum();
                }
            }
            return count;
        }

        private List<Sample> samples() {
            List<Sample> samples = new ArrayList<>();
            series.values()
                    .forEach(values -> write(samples, series.labels(values), series.byValues.get(values)));
            return samples;
        }

        /** The count is that of the last bucket, so that they agree during concurrent updates. */
        private void write(List<Sample> samples, List<Label> labels, Distribution spread) {
            long below = 0;
            for (int i = 0; i <= bounds.length; i++) {
                below += spread.buckets[i].sum();
                List<Label> bounded = new ArrayList<>(labels);
                bounded.add(new Label("le", i < bounds.length ? PrometheusText.number(bounds[i]) : "+Inf"));
                samples.add(new Sample("_bucket", bounded, below));
            }
            samples.add(new Sample("_sum", labels, spread.sum.sum()));
            samples.add(new Sample("_count", labels, below));
        }
    }
    /** One series of a histogram. */
    public static final class Observer {

        private final Histogram histogram;
        private final String[] values;
        private volatile Optional<Histogram.Distribution> known = Optional.empty();

        private Observer(Histogram histogram, String... values) {
            this.histogram = histogram;
            this.values = values.clone();
        }

        /** Adds a value. */
        public void observe(double value) {
            if (known.isEmpty()) {
                known = Optional.of(histogram.series.at(values));
            }
            histogram.observe(value, known.orElseThrow());
        }
    }
}
