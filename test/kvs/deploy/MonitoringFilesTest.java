package kvs.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import kvs.api.Manual;
import kvs.jar.Jar;
import kvs.jar.Shell;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.metrics.MetricFamilies;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files for Prometheus and Grafana: they name only what a node has. */
class MonitoringFilesTest {

    private static final Path CONF = Path.of(System.getProperty("kvs.root"), "conf");
    private static final Pattern METRIC = Pattern.compile("\\b(?:kvs|process)_[a-z0-9_]+");
    private static final Pattern LABEL = Pattern.compile("([a-z]+)=~?\"");
    private static final Set<String> LABELS = Set.of("job", "instance", "mode", "status", "member", "reason",
            "route", "method", "le");

    @TempDir
    private Path directory;

    private static String read(String name) throws IOException {
        return Files.readString(CONF.resolve(name));
    }

    private static List<String> texts(String file, String path) throws IOException {
        return YamlTree.leaves(YamlTree.documents(read(file)).get(0)).getOrDefault(path, List.of()).stream()
                .map(YamlTree.Scalar::text).toList();
    }

    /** The names under which Prometheus stores what a node shows. */
    private static Set<String> series() {
        Set<String> names = new TreeSet<>();
        for (String family : MetricFamilies.ALL) {
            String name = family.split(" ")[0];
            if (family.endsWith("histogram")) {
                names.addAll(List.of(name + "_bucket", name + "_sum", name + "_count"));
            } else {
                names.add(name);
            }
        }
        return names;
    }

    private static void assertKnown(String expression) {
        Set<String> used = new TreeSet<>(METRIC.matcher(expression).results().map(hit -> hit.group())
                .toList());
        assertFalse(used.isEmpty() && !expression.contains("up{"), expression);
        used.removeAll(series());
        assertEquals(Set.of(), used, expression);
        LABEL.matcher(expression).results().map(hit -> hit.group(1))
                .forEach(label -> assertTrue(LABELS.contains(label), label + " in " + expression));
        assertEquals(expression.chars().filter(c -> c == '(').count(),
                expression.chars().filter(c -> c == ')').count(), expression);
    }

    @Test
    void alertsNameMetricsAndPagesThatExist() throws IOException {
        String rules = "groups[].rules[].";
        List<String> expressions = texts("prometheus-alerts.yml", rules + "expr");
        assertTrue(expressions.size() > 10, expressions.toString());
        expressions.forEach(MonitoringFilesTest::assertKnown);
        List<String> alerts = texts("prometheus-alerts.yml", rules + "alert");
        assertEquals(new HashSet<>(alerts).size(), alerts.size(), "each has a name of its own");
        for (String must : List.of("labels.severity", "annotations.summary", "annotations.description")) {
            assertEquals(alerts.size(), texts("prometheus-alerts.yml", rules + must).size(), must);
        }
        Set<String> pages = new HashSet<>(Manual.names());
        for (String text : texts("prometheus-alerts.yml", rules + "annotations.description")) {
            Pattern.compile("Page (\\w+)").matcher(text).results().map(hit -> hit.group(1))
                    .forEach(page -> assertTrue(pages.contains(page), text));
        }
        String manual = Files.readString(CONF.resolve("../src/kvs/docs/monitoring.md"));
        alerts.forEach(alert ->
                assertTrue(manual.contains("`" + alert + "`"), alert + " is not in the manual"));
    }

    @Test
    void scrapeFileFindsTheRulesAndThePath() throws IOException {
        List<String> files = texts("prometheus.yml", "rule_files[]");
        assertEquals(List.of("prometheus-alerts.yml"), files);
        assertEquals(List.of("/metrics"), texts("prometheus.yml", "scrape_configs[].metrics_path"));
        assertEquals(List.of("kvs"), texts("prometheus.yml", "scrape_configs[].job_name"));
    }

    @Test
    void dashboardNamesMetricsThatExist() throws Exception {
        JsonValue board = JsonValue.parse(read("grafana.json").getBytes(StandardCharsets.UTF_8));
        List<String> expressions = new ArrayList<>();
        Set<Long> ids = new HashSet<>();
        List<JsonValue> panels = board.field("panels").orElseThrow().elements();
        for (JsonValue panel : panels) {
            assertTrue(ids.add(panel.field("id").orElseThrow().asLong()), "two panels have one id");
            JsonValue place = panel.field("gridPos").orElseThrow();
            assertTrue(number(place, "x") + number(place, "w") <= 24, "a panel is beside the page");
            for (JsonValue target : panel.field("targets").isEmpty() ? List.<JsonValue>of()
                    : panel.field("targets").get().elements()) {
                expressions.add(target.field("expr").orElseThrow().string());
            }
        }
        assertTrue(expressions.size() > 25, expressions.toString());
        expressions.forEach(MonitoringFilesTest::assertKnown);
    }

    private static long number(JsonValue object, String name) throws JsonException {
        return object.field(name).orElseThrow().asLong();
    }

    @Test
    void prometheusAcceptsTheFiles() throws Exception {
        assumeTrue(Shell.has("promtool"), "promtool is not installed");
        Files.writeString(directory.resolve("prometheus.yml"),
                read("prometheus.yml").replace("/etc/prometheus/kvs.token", "/dev/null"));
        Files.writeString(directory.resolve("prometheus-alerts.yml"), read("prometheus-alerts.yml"));
        Jar.Printed result = Shell.run(directory, "promtool check config prometheus.yml");
        assertEquals(0, result.status(), result.text());
    }
}
