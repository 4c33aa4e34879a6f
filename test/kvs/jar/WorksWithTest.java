package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import kvs.tidy.MarkdownPage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the manual's page of other programs, with these programs where they are installed. */
class WorksWithTest {

    private static final Path PAGE = Path.of(System.getProperty("kvs.root"), "src/kvs/docs/works-with.md");
    private static final byte[] NOTHING = {};
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    @TempDir
    private static Path directory;
    private static Jar node;

    @BeforeAll
    static void start() throws IOException {
        node = Jar.start(directory);
    }

    @AfterAll
    static void stop() throws IOException {
        node.close();
    }

    /** The block of the page that contains a text, with the addresses of this test. */
    private static String block(String part, Map<String, String> addresses) throws IOException {
        MarkdownPage page = new MarkdownPage("works-with.md", Files.readString(PAGE));
        String block = page.blocks().stream().map(one -> String.join("\n", one.lines()))
                .filter(text -> text.contains(part)).findFirst().orElseThrow();
        for (Map.Entry<String, String> address : addresses.entrySet()) {
            assertTrue(block.contains(address.getKey()), address.getKey() + " in " + block);
            block = block.replace(address.getKey(), address.getValue());
        }
        return block + "\n";
    }

    private static String authority() {
        return node.url.replace("http://", "").replace("0.0.0.0", "127.0.0.1");
    }

    private static void put(String key, String document) throws IOException {
        assertEquals(2, node.send("PUT", "/kv/" + key, document.getBytes(StandardCharsets.UTF_8)).statusCode()
                / 100);
    }

    /** The form that Prometheus asks of a list of targets: 200, this type, a bare array. */
    @Test
    void listOfTargetsHasTheFormOfHttpSd() throws Exception {
        put("prometheus/form", "[{\"targets\":[\"a:1\"]}]");
        HttpResponse<byte[]> list = node.send("GET", "/kv/prometheus/form?raw", NOTHING);
        assertEquals(200, list.statusCode());
        String type = list.headers().firstValue("Content-Type").orElse("");
        assertTrue(type.matches("application/json(; ?charset=utf-8)?"), type);
        assertEquals("[{\"targets\":[\"a:1\"]}]", new String(list.body(), StandardCharsets.UTF_8));
    }

    @Test
    void prometheusFollowsAKey() throws Exception {
        assumeTrue(Shell.has("prometheus"), "needs prometheus");
        Files.writeString(directory.resolve("token"), "any");
        String url = "127.0.0.1:" + Cluster.free();
        Files.writeString(directory.resolve("prometheus.yml"), block("scrape_configs",
                Map.of("127.0.0.1:8080", authority(), "/etc/prometheus/kvs.token",
                        directory.resolve("token").toString(), "refresh_interval: 30s",
                        "refresh_interval: 1s")));
        put("prometheus/web", "[{\"targets\":[\"127.0.0.1:9\"],\"labels\":{\"job\":\"web\"}}]");
        Process prometheus = new ProcessBuilder("prometheus", "--config.file=prometheus.yml",
                "--storage.tsdb.path=tsdb", "--web.listen-address=" + url).directory(directory.toFile())
                .redirectErrorStream(true).redirectOutput(directory.resolve("prometheus.log").toFile())
                .start();
        try {
            untilTargets(url, "127.0.0.1:9");
            put("prometheus/web", "[{\"targets\":[\"127.0.0.1:19\"],\"labels\":{\"job\":\"web\"}}]");
            untilTargets(url, "127.0.0.1:19");
        } finally {
            Shell.await(prometheus.destroyForcibly());
        }
    }

    private static void untilTargets(String url, String target) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + url + "/api/v1/targets"))
                .build();
        long start = System.nanoTime();
        String said = "";
        while (!said.contains("\"__address__\":\"" + target + "\"")) {
            assertTrue(System.nanoTime() - start < PATIENCE_NANOS, said
                    + Files.readString(directory.resolve("prometheus.log")));
            Jar.pauseBetweenLooks();
            try {
                said = Jar.CLIENT.send(request, HttpResponse.BodyHandlers.ofString()).body();
            } catch (IOException notYet) {
                said = notYet.toString();
            }
        }
    }

    @Test
    void terraformKeepsItsStateBehindNginx() throws Exception {
        assumeTrue(Shell.has("terraform") && Shell.has("nginx"), "needs terraform and nginx");
        String proxy = "127.0.0.1:" + Cluster.free();
        Path home = Files.createDirectories(directory.resolve("terraform"));
        String here = home.toString();
        Files.writeString(home.resolve("nginx.conf"), "daemon off; master_process off; pid " + here + "/pid;"
                + " error_log stderr; events {}\nhttp { access_log off; client_body_temp_path " + here
                + "/b; proxy_temp_path " + here + "/p; fastcgi_temp_path " + here + "/f; uwsgi_temp_path "
                + here + "/u; scgi_temp_path " + here + "/s;\n" + block("map $request_method",
                        Map.of("127.0.0.1:8088", proxy, "127.0.0.1:8080", authority())) + "}\n");
        Files.writeString(home.resolve("main.tf"), block("backend \"http\"", Map.of("127.0.0.1:8088",
                proxy)));
        Process nginx = new ProcessBuilder("nginx", "-p", here, "-c", here + "/nginx.conf")
                .redirectErrorStream(true).redirectOutput(home.resolve("log").toFile()).start();
        try {
            String environment = "export CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE=/dev/null\n"
                    + "for i in $(seq 100); do curl -s -o /dev/null " + proxy
                    + " && break; sleep 0.05; done\n";
            Jar.Printed applied = Shell.run(home, environment + "terraform init -no-color -input=false"
                    + " && terraform apply -no-color -auto-approve -input=false && terraform output -raw"
                    + " greeting");
            assertEquals(0, applied.status(), applied.text() + Files.readString(home.resolve("log")));
            assertTrue(applied.text().endsWith("hello"), applied.text());
        } finally {
            Shell.await(nginx.destroyForcibly());
        }
        String state = new String(node.send("GET", "/kv/terraform/site?raw", NOTHING).body(),
                StandardCharsets.UTF_8);
        assertTrue(state.contains("\"greeting\""), state);
    }

    @Test
    void jqReadsAndChangesDocuments() throws Exception {
        assumeTrue(Shell.has("jq"), "needs jq");
        String kvs = String.join(" ", Jar.command(directory).command());
        Jar.Printed printed = Shell.run(directory, "set -e; export KVS_ENDPOINT=" + node.url + "\nkvs() { "
                + kvs + " \"$@\"; }\n" + block("jq '.price", Map.of()));
        assertEquals(0, printed.status(), printed.text());
        List<String> numbers = printed.text().lines().filter(line -> line.matches("[0-9]+")).toList();
        assertEquals(List.of("7", "4"), numbers, printed.text());
    }
}
