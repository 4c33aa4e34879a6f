package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import kvs.metrics.MetricFamilies;
import kvs.metrics.MetricReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures of the real jar. */
class JarMetricsTest {

    private static final byte[] NOTHING = {};

    @TempDir
    private Path directory;

    private static MetricReader read(Jar node) throws IOException {
        HttpResponse<byte[]> answer = node.send("GET", "/metrics", NOTHING);
        assertEquals(200, answer.statusCode());
        assertEquals("text/plain; version=0.0.4; charset=utf-8",
                answer.headers().firstValue("Content-Type").orElseThrow());
        return new MetricReader(new String(answer.body(), StandardCharsets.UTF_8));
    }

    private static String series(String route, String method, int status) {
        return "kvs_http_request_duration_seconds_count{route=\"" + route + "\",method=\"" + method
                + "\",status=\"" + status + "\"}";
    }

    @Test
    void tellWhatALiveNodeDid() throws Exception {
        try (Jar node = Jar.inside(directory, Map.of("KVS_SLOW_REQUEST_MS", "0"))) {
            MetricReader before = read(node);
            for (int i = 0; i < 50; i++) {
                byte[] body = ("{\"n\":" + i + "}").getBytes(StandardCharsets.UTF_8);
                assertEquals(201, node.send("PUT", "/kv/place/number" + i, body).statusCode());
                assertEquals(200, node.send("GET", "/kv/place/number" + i, NOTHING).statusCode());
            }
            assertEquals(404, node.send("GET", "/kv/none", NOTHING).statusCode());
            assertEquals(204, node.send("DELETE", "/kv/place/number7", NOTHING).statusCode());
            MetricReader after = read(node);
            Set<String> families = new TreeSet<>();
            after.types().forEach((name, type) -> families.add(name + " " + type));
            assertEquals(new TreeSet<>(MetricFamilies.ALL), families);
            assertEquals(50, after.value(series("/kv/{path}", "PUT", 201)));
            assertEquals(50, after.value(series("/kv/{path}", "GET", 200)));
            assertEquals(1, after.value("kvs_http_refusals_total{reason=\"not_found\"}"));
            assertEquals(49, after.value("kvs_store_keys"));
            assertEquals(51, after.value("kvs_store_records_written_total")
                    - before.value("kvs_store_records_written_total"), 5);
            assertTrue(after.value("kvs_store_fsyncs_total") >= before.value("kvs_store_fsyncs_total") + 51);
            assertTrue(after.value("kvs_store_fsync_seconds_total") > 0);
            assertTrue(after.value("kvs_store_log_bytes") > before.value("kvs_store_log_bytes") + 50 * 50);
            assertEquals(1, after.value("kvs_store_log_segments"));
            assertTrue(after.value("kvs_http_requests_in_flight") >= 1);
            assertEquals(1, after.value("kvs_mode{mode=\"normal\"}"));
            assertEquals(1, after.value("kvs_cluster_members{status=\"alive\"}"));
            assertEquals(0, after.value("kvs_problems"));
            assertTrue(after.value("kvs_disk_free_bytes") > 0 && after.value("kvs_jvm_heap_max_bytes") > 0);
            assertTrue(after.values.keySet().stream()
                    .noneMatch(name -> name.contains("place") || name.contains("number")));
            assertEquals(1, after.values.keySet().stream()
                    .filter(name -> name.startsWith("kvs_build_info{version=")).count());
            if (Files.exists(Path.of("/proc/self/status"))) {
                assertTrue(after.value("process_cpu_seconds_total") > 0 && after.value("process_threads") > 5
                        && after.value("process_open_fds") < after.value("process_max_fds"));
            }
        }
        assertFalse(Files.readString(directory.resolve("stderr")).contains("slow request"));
    }

    @Test
    void aWaitIsParkedAndAStreamIsOpen() throws Exception {
        try (Jar node = Jar.inside(directory, Map.of())) {
            var watch = Jar.CLIENT.sendAsync(
                    HttpRequest.newBuilder(URI.create(node.url + "/kv/_changes?since=now&wait=20s")).build(),
                    HttpResponse.BodyHandlers.ofString());
            var stream = Jar.CLIENT.sendAsync(
                    HttpRequest.newBuilder(URI.create(node.url + "/kv/_changes?since=now")).header("Accept",
                            "text/event-stream").build(), HttpResponse.BodyHandlers.ofLines());
            MetricReader now = read(node);
            while (now.value("kvs_http_requests_parked") < 2 || now.value("kvs_http_streams_open") < 1) {
                Thread.sleep(20);
                now = read(node);
            }
            assertEquals(3, now.value("kvs_http_requests_in_flight"));
            node.send("PUT", "/kv/a", "1".getBytes(StandardCharsets.UTF_8));
            assertEquals(200, watch.join().statusCode());
            assertEquals(200, stream.join().statusCode());
        }
    }

    @Test
    void nodesTellHowFarTheyAreBehind() throws Exception {
        try (Cluster cluster = new Cluster(directory)) {
            cluster.until(0, "/metrics", "kvs_replication_lag_seconds\\{member=\"node2\"}.*member=\"node3\"");
            MetricReader read = read(cluster.node(0));
            assertEquals(Set.of("node2", "node3"), read.labels.get("member"));
            assertTrue(read.value("kvs_replication_lag_seconds{member=\"node2\"}") < 60);
            assertEquals(3, read.value("kvs_cluster_members{status=\"alive\"}"));
            assertEquals(0, read.value("kvs_cluster_members{status=\"failed\"}"));
            cluster.until(0, "/health?verbose", "\"id\":\"node3\",[^}]*\"self\":false,[^}]*"
                    + "\"version\":\"[^\"]+\",\"uptime_ms\":[0-9]+,\"disk_free_bytes\":[0-9]+");
        }
    }
}
