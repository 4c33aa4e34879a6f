package kvs.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import kvs.config.Settings;
import kvs.jar.Jar;
import kvs.jar.Shell;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The example for Kubernetes: each field is one of its API with a value of its type, by a table kept here
 * after the reference of the API (v1, apps/v1, policy/v1), and the parts fit together and to the program.
 */
class KubernetesFileTest {

    private static final Path ROOT = Path.of(System.getProperty("kvs.root"));
    private static final Map<String, Object> DOCUMENTS = new LinkedHashMap<>();
    private static final String POD = "spec.template.spec.";
    private static final String CONTAINER = POD + "containers[].";

    /** Name of a kind: fields and types. A name that ends with {@code .*} stands for any below it. */
    private static final Map<String, String> FIELDS = Map.of("Service", """
            apiVersion v1
            kind text
            metadata.name name
            metadata.labels.* text
            spec.clusterIP None
            spec.publishNotReadyAddresses bool
            spec.selector.* text
            spec.ports[].name name
            spec.ports[].port int
            """, "PodDisruptionBudget", """
            apiVersion policy/v1
            kind text
            metadata.name name
            spec.maxUnavailable int
            spec.selector.matchLabels.* text
            """, "StatefulSet", """
            apiVersion apps/v1
            kind text
            metadata.name name
            metadata.labels.* text
            spec.serviceName name
            spec.replicas int
            spec.podManagementPolicy Parallel|OrderedReady
            spec.selector.matchLabels.* text
            spec.template.metadata.labels.* text
            spec.template.metadata.annotations.* text
            spec.template.spec.enableServiceLinks bool
            spec.template.spec.automountServiceAccountToken bool
            spec.template.spec.terminationGracePeriodSeconds int
            spec.template.spec.topologySpreadConstraints[].maxSkew int
            spec.template.spec.topologySpreadConstraints[].topologyKey text
            spec.template.spec.topologySpreadConstraints[].whenUnsatisfiable ScheduleAnyway|DoNotSchedule
            spec.template.spec.topologySpreadConstraints[].labelSelector.matchLabels.* text
            spec.template.spec.securityContext.runAsNonRoot bool
            spec.template.spec.securityContext.runAsUser int
            spec.template.spec.securityContext.runAsGroup int
            spec.template.spec.securityContext.fsGroup int
            spec.template.spec.securityContext.fsGroupChangePolicy OnRootMismatch|Always
            spec.template.spec.securityContext.seccompProfile.type RuntimeDefault|Unconfined|Localhost
            spec.template.spec.containers[].name name
            spec.template.spec.containers[].image text
            spec.template.spec.containers[].imagePullPolicy Always|IfNotPresent|Never
            spec.template.spec.containers[].ports[].name name
            spec.template.spec.containers[].ports[].containerPort int
            spec.template.spec.containers[].env[].name text
            spec.template.spec.containers[].env[].value text
            spec.template.spec.containers[].env[].valueFrom.fieldRef.fieldPath text
            spec.template.spec.containers[].resources.requests.cpu quantity
            spec.template.spec.containers[].resources.requests.memory quantity
            spec.template.spec.containers[].resources.limits.memory quantity
            spec.template.spec.containers[].securityContext.allowPrivilegeEscalation bool
            spec.template.spec.containers[].securityContext.readOnlyRootFilesystem bool
            spec.template.spec.containers[].securityContext.capabilities.drop[] text
            spec.template.spec.containers[].volumeMounts[].name name
            spec.template.spec.containers[].volumeMounts[].mountPath text
            spec.template.spec.containers[].volumeMounts[].readOnly bool
            spec.template.spec.volumes[].name name
            spec.template.spec.volumes[].secret.secretName name
            spec.template.spec.volumes[].secret.defaultMode int
            spec.volumeClaimTemplates[].metadata.name name
            spec.volumeClaimTemplates[].spec.accessModes[] ReadWriteOnce|ReadWriteOncePod
            spec.volumeClaimTemplates[].spec.resources.requests.storage quantity
            """ + probe("startupProbe") + probe("readinessProbe") + probe("livenessProbe"));

    private static String probe(String name) {
        return """
                httpGet.path text
                httpGet.port name
                periodSeconds int
                timeoutSeconds int
                failureThreshold int
                """.replaceAll("(?m)^", CONTAINER + name + ".").replaceAll("(?m)^\\S+\\.$", "");
    }

    @BeforeAll
    static void readsTheFile() throws IOException {
        for (Object document : YamlTree.documents(Files.readString(ROOT.resolve("conf/kubernetes.yaml")))) {
            Map<String, List<YamlTree.Scalar>> leaves = YamlTree.leaves(document);
            DOCUMENTS.put(leaves.get("kind").get(0).text() + " " + leaves.get("metadata.name").get(0).text(),
                    document);
        }
    }

    private static List<String> texts(String document, String path) {
        return YamlTree.leaves(DOCUMENTS.get(document)).getOrDefault(path, List.of()).stream()
                .map(YamlTree.Scalar::text).toList();
    }

    private static String text(String document, String path) {
        List<String> texts = texts(document, path);
        assertEquals(1, texts.size(), path);
        return texts.get(0);
    }

    private static boolean fits(String type, YamlTree.Scalar value) {
        return switch (type) {
            case "text" -> value.isText();
            case "name" -> value.isText() && value.text().matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");
            case "int" -> !value.quoted() && value.text().matches("[0-9]{1,9}");
            case "bool" -> !value.quoted() && value.text().matches("true|false");
            case "quantity" -> value.text().matches("[0-9]+(m|Mi|Gi)?");
            default -> value.isText() && value.text().matches(type);
        };
    }

    @Test
    void eachFieldIsOneOfTheApi() {
        assertEquals(Set.of("Service kvs-nodes", "Service kvs", "PodDisruptionBudget kvs", "StatefulSet kvs"),
                DOCUMENTS.keySet());
        DOCUMENTS.forEach((name, document) -> {
            Map<String, String> types = new HashMap<>();
            FIELDS.get(name.split(" ")[0]).lines().forEach(line ->
                    types.put(line.split(" ")[0], line.split(" ")[1]));
            YamlTree.leaves(document).forEach((path, values) -> {
                String type = types.containsKey(path) ? types.get(path) : types.entrySet().stream()
                        .filter(any -> any.getKey().endsWith(".*")
                                && path.startsWith(any.getKey().substring(0, any.getKey().length() - 1)))
                        .map(Map.Entry::getValue).findFirst().orElse("no field");
                values.forEach(value -> assertTrue(fits(type, value), name + ": " + path + " is " + type
                        + ", not " + value));
            });
        });
    }

    /** The published schemas of its API, where they are installed: {@code .ci/run} gets them. */
    @Test
    void fitsThePublishedSchemas(@TempDir Path directory) throws IOException {
        Path modules = ROOT.resolve("build/npm/node_modules");
        assumeTrue(Shell.has("node") && Files.isDirectory(modules.resolve("kubernetes-models"))
                && Files.isDirectory(modules.resolve("yaml")), "needs node with kubernetes-models and yaml");
        Files.writeString(directory.resolve("validate.js"), """
                const text = require('fs').readFileSync(process.argv[2], 'utf8');
                for (const document of require('yaml').parseAllDocuments(text)) {
                  const object = document.toJS();
                  const Kind = require('kubernetes-models/' + object.apiVersion)[object.kind];
                  new Kind(object).validate();
                  console.log(object.kind);
                }
                """);
        String file = Files.readString(ROOT.resolve("conf/kubernetes.yaml"));
        Jar.Printed good = validate(directory, modules, file);
        assertEquals("Service Service PodDisruptionBudget StatefulSet",
                good.text().strip().replace('\n', ' '));
        assertEquals(0, good.status());
        Jar.Printed bad = validate(directory, modules, file.replace("replicas: 3", "replicas: three"));
        assertTrue(bad.status() != 0 && bad.text().contains("replicas must be integer"), bad.text());
    }

    private static Jar.Printed validate(Path directory, Path modules, String yaml) throws IOException {
        Files.writeString(directory.resolve("kubernetes.yaml"), yaml);
        return Shell.run(directory, "NODE_PATH='" + modules + "' node validate.js kubernetes.yaml");
    }

    @Test
    void partsFitTogether() {
        Set<List<String>> labels = new HashSet<>();
        for (String path : List.of("spec.selector.matchLabels.app.kubernetes.io/name",
                "spec.template.metadata.labels.app.kubernetes.io/name",
                POD + "topologySpreadConstraints[].labelSelector.matchLabels.app.kubernetes.io/name")) {
            labels.add(texts("StatefulSet kvs", path));
        }
        labels.add(texts("PodDisruptionBudget kvs", "spec.selector.matchLabels.app.kubernetes.io/name"));
        labels.add(texts("Service kvs", "spec.selector.app.kubernetes.io/name"));
        labels.add(texts("Service kvs-nodes", "spec.selector.app.kubernetes.io/name"));
        assertEquals(Set.of(List.of("kvs")), labels);
        assertEquals("kvs-nodes", text("StatefulSet kvs", "spec.serviceName"));
        Set<String> volumes = new TreeSet<>(texts("StatefulSet kvs", POD + "volumes[].name"));
        volumes.addAll(texts("StatefulSet kvs", "spec.volumeClaimTemplates[].metadata.name"));
        assertEquals(volumes, new TreeSet<>(texts("StatefulSet kvs", CONTAINER + "volumeMounts[].name")));
        for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
            assertEquals(texts("StatefulSet kvs", CONTAINER + "ports[].name"),
                    texts("StatefulSet kvs", CONTAINER + probe + ".httpGet.port"), probe);
        }
        assertEquals("/health/ready", text("StatefulSet kvs", CONTAINER + "readinessProbe.httpGet.path"));
        assertEquals("/health/live", text("StatefulSet kvs", CONTAINER + "livenessProbe.httpGet.path"));
    }

    /** The variables of the container, with those in them replaced as Kubernetes does. */
    private static Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        Map<?, ?> spec = child(child(child((Map<?, ?>) DOCUMENTS.get("StatefulSet kvs"), "spec"), "template"),
                "spec");
        for (Object each : (List<?>) ((Map<?, ?>) ((List<?>) spec.get("containers")).get(0)).get("env")) {
            Map<?, ?> variable = (Map<?, ?>) each;
            String name = ((YamlTree.Scalar) variable.get("name")).text();
            String value = variable.containsKey("value") ? ((YamlTree.Scalar) variable.get("value")).text()
                    : name.equals("NAMESPACE") ? "kvs" : "kvs-1";
            for (Map.Entry<String, String> earlier : variables.entrySet()) {
                value = value.replace("$(" + earlier.getKey() + ")", earlier.getValue());
            }
            assertFalse(value.contains("$("), name + ": only an earlier variable is replaced: " + value);
            variables.put(name, value);
        }
        return variables;
    }

    private static Map<?, ?> child(Map<?, ?> map, String name) {
        return (Map<?, ?>) map.get(name);
    }

    @Test
    void variablesAreSettingsOfANode() throws Exception {
        Map<String, String> variables = variables();
        Settings settings = Settings.read("none", "", variables, "machine");
        assertEquals(List.of(), settings.warnings());
        assertEquals("kvs-1", settings.text("node_id"));
        assertEquals("kvs-1.kvs-nodes.kvs.svc:8080", settings.text("advertise_address"));
        assertEquals(Integer.parseInt(text("StatefulSet kvs", "spec.replicas")),
                settings.list("seed_nodes").size());
        assertTrue(settings.list("seed_nodes").contains(settings.text("advertise_address")));
        String secret = settings.text("cluster_secret_file");
        assertTrue(texts("StatefulSet kvs", CONTAINER + "volumeMounts[].mountPath").contains(
                secret.substring(0, secret.lastIndexOf('/'))), secret);
        long grace = Long.parseLong(text("StatefulSet kvs", POD + "terminationGracePeriodSeconds"));
        assertTrue(settings.number("drain_seconds") + 30 <= grace, "time for the stop itself");
        long notices = Long.parseLong(text("StatefulSet kvs", CONTAINER + "readinessProbe.periodSeconds"))
                * Long.parseLong(text("StatefulSet kvs", CONTAINER + "readinessProbe.failureThreshold"));
        assertTrue(settings.number("drain_seconds") / 2 > notices, "half a drain, until all have noticed");
    }

    @Test
    void parserRefusesWhatItDoesNotKnow() {
        List<String> bad = new ArrayList<>(List.of("a: {b: c}", "a: \"b", "a: |\n  b", "a: b: c",
                "a:\n  b: 1\n c: 2", "a: 1\na: 2", "- a\nb: c", "a: *b", "a:"));
        bad.removeIf(text -> {
            try {
                YamlTree.documents(text);
                return false;
            } catch (AssertionError refused) {
                return true;
            }
        });
        assertEquals(List.of(), bad);
    }
}
