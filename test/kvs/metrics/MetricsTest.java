package kvs.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTest {

    private final Metrics metrics = new Metrics();

    private MetricReader read() {
        return new MetricReader(metrics.text());
    }

    @Test
    void writesTheFormatWordForWord() {
        metrics.gauge("kvs_free_bytes", "Free \\ bytes\nhere.", () -> 12);
        metrics.counter("kvs_seen_total", "Seen.", List.of("what")).add(3, "a \"b\" \\ \n");
        metrics.histogram("kvs_wait_seconds", "Waits.", List.of("why"), 0.0005, 1).observe(0.25, "x");
        assertEquals("""
                # HELP kvs_free_bytes Free \\\\ bytes\\nhere.
                # TYPE kvs_free_bytes gauge
                kvs_free_bytes 12
                # HELP kvs_seen_total Seen.
                # TYPE kvs_seen_total counter
                kvs_seen_total{what="a \\"b\\" \\\\ \\n"} 3
                # HELP kvs_wait_seconds Waits.
                # TYPE kvs_wait_seconds histogram
                kvs_wait_seconds_bucket{why="x",le="0.0005"} 0
                kvs_wait_seconds_bucket{why="x",le="1"} 1
                kvs_wait_seconds_bucket{why="x",le="+Inf"} 1
                kvs_wait_seconds_sum{why="x"} 0.25
                kvs_wait_seconds_count{why="x"} 1
                """, metrics.text());
        assertEquals(Set.of("a \"b\" \\ \n"), read().labels.get("what"));
    }

    @ParameterizedTest
    @CsvSource({"0,0", "-0.0,0", "1,1", "0.0005,0.0005", "1e-9,0.000000001",
        "9007199254740992,9007199254740992", "1.5,1.5", "NaN,NaN",
        "Infinity,+Inf", "-Infinity,-Inf", "1e17,100000000000000000"})
    void numbersHaveNoExponent(double value, String text) {
        assertEquals(text, PrometheusText.number(value));
    }

    @Test
    void registersWhatWaitsWhenItIsReadAndOnce() {
        metrics.whenRead(() -> metrics.gauge("kvs_late", "Late.", () -> 7));
        assertEquals(Map.of("kvs_late", 7.0), read().values);
        assertEquals(Map.of("kvs_late", 7.0), read().values);
    }

    @Test
    void unknownFiguresAreLeftOut() {
        metrics.gauge("kvs_a", "A.", () -> Double.NaN);
        metrics.gauge("kvs_b", "B.", "x", () -> Map.of("known", 1, "unknown", Double.NaN));
        assertEquals(Map.of("kvs_b{x=\"known\"}", 1.0), read().values);
        assertEquals(Set.of("kvs_a", "kvs_b"), read().types().keySet());
    }

    @Test
    void valuesFallIntoTheBucketThatEndsAtThem() {
        Metrics.Histogram waits = metrics.histogram("kvs_w_seconds", "W.", List.of(), 1, 2);
        for (double value : new double[] {0, 1, 1.5, 2, 2.5}) {
            waits.observe(value);
        }
        MetricReader read = read();
        assertEquals(List.of(2.0, 4.0, 5.0, 7.0, 5.0), new ArrayList<>(read.values.values()));
    }

    @Test
    void labelsAreBoundedWhateverTheySay() {
        Metrics.Counter seen = metrics.counter("kvs_seen_total", "Seen.", List.of("a", "b"));
        Metrics.Histogram waits = metrics.histogram("kvs_w_seconds", "W.", List.of("a"), 1);
        Map<String, Integer> many = new TreeMap<>();
        for (int i = 0; i < 10_000; i++) {
            seen.add(1, "a" + i, "b");
            waits.observe(1, "a" + i);
            many.put("a" + i, i);
        }
        metrics.gauge("kvs_many", "Many.", "a", () -> many);
        seen.add(1, "a7", "b");
        MetricReader read = read();
        assertEquals(9_000, read.value("kvs_seen_total{a=\"other\",b=\"other\"}"));
        assertEquals(2, read.value("kvs_seen_total{a=\"a7\",b=\"b\"}"));
        assertEquals(9_000, read.value("kvs_w_seconds_count{a=\"other\"}"));
        assertEquals(1_001 + 1_001 * 4 + 1_000, read.values.size());
    }

    @Test
    void countsEverythingThatManyThreadsCount() throws Exception {
        Metrics.Counter seen = metrics.counter("kvs_seen_total", "Seen.", List.of("a"));
        Metrics.Histogram waits = metrics.histogram("kvs_w_seconds", "W.", List.of("a"), 0.5);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(new Thread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    seen.add(1, "a" + i % 7);
                    waits.observe(i % 2, "a" + i % 7);
                }
            }));
        }
        threads.forEach(Thread::start);
        while (threads.stream().anyMatch(Thread::isAlive)) {
            read();
        }
        double all = 0;
        double sum = 0;
        MetricReader read = read();
        for (int i = 0; i < 7; i++) {
            all += read.value("kvs_seen_total{a=\"a" + i + "\"}");
            sum += read.value("kvs_w_seconds_sum{a=\"a" + i + "\"}");
        }
        assertEquals(80_000, all);
        assertEquals(40_000, sum);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kvs_a_total", "kvs_A", "kvs-a", "", "9a", "kvs__a", "kvs_a_", "kvs_a_sum",
        "kvs_a_count", "kvs_a_bucket"})
    void refusesNamesThatAreNoneOfAGauge(String name) {
        assertThrows(IllegalArgumentException.class, () -> metrics.gauge(name, "x", () -> 1));
    }

    @Test
    void refusesWhatDoesNotFit() {
        metrics.gauge("kvs_a", "A.", () -> 1);
        assertThrows(IllegalArgumentException.class, () -> metrics.gauge("kvs_a", "again", () -> 1));
        assertThrows(IllegalArgumentException.class, () -> metrics.counter("kvs_b", "B.", () -> 1));
        assertThrows(IllegalArgumentException.class,
                () -> metrics.histogram("kvs_h", "H.", List.of("le"), 1));
        assertThrows(IllegalArgumentException.class, () -> metrics.histogram("kvs_h", "H.", List.of(), 2, 1));
        Metrics.Counter two = metrics.counter("kvs_two_total", "Two.", List.of("a", "b"));
        assertThrows(IllegalArgumentException.class, () -> two.add(1, "a"));
        assertEquals(Map.of("kvs_a", 1.0), read().values);
    }

    @ParameterizedTest
    @ValueSource(strings = {"kvs_a 1\n", "# TYPE kvs_a gauge\nkvs_a 1\n",
        "# HELP kvs_a A.\n# TYPE kvs_a gauge\nkvs_a 1\nkvs_a 1\n",
        "# HELP kvs_a A.\n# TYPE kvs_a gauge\nkvs_a 1", "# HELP kvs_a A.\n# TYPE kvs_a counter\nkvs_a 1\n",
        "# HELP kvs_a_ms A.\n# TYPE kvs_a_ms gauge\nkvs_a_ms 1\n",
        "# HELP kvs_a A.\n# TYPE kvs_a gauge\nkvs_a{x=\"\"\"} 1\n",
        "# HELP kvs_a A.\n# TYPE kvs_a gauge\nkvs_a{x=\"1\",y=\"2\"} 1\nkvs_a{y=\"2\",x=\"1\"} 1\n",
        "# HELP kvs_h A.\n# TYPE kvs_h histogram\nkvs_h_bucket{le=\"+Inf\"} 1\nkvs_h_sum 1\nkvs_h_count 2\n",
        "# HELP kvs_h A.\n# TYPE kvs_h histogram\nkvs_h_bucket{le=\"1\"} "
                + "2\nkvs_h_bucket{le=\"+Inf\"} 1\nkvs_h_sum 1\nkvs_h_count 1\n",
        "# HELP kvs_h A.\n# TYPE kvs_h histogram\nkvs_h_bucket{le=\"1\"} "
                + "0\nkvs_h_bucket{le=\"+Inf\"} 1\nkvs_h_sum 0.5\nkvs_h_count 1\n"})
    void theReaderOfTheseTestsCanFail(String bad) {
        assertTrue(assertThrows(AssertionError.class, () -> new MetricReader(bad)).getMessage().length() > 3);
    }
}
