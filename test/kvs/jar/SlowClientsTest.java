package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import kvs.RunTests;
import kvs.load.LoadClient;
import kvs.load.SlowCrowd;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clients that send or read a byte a second, and others beside them: all of them in the thread of the test.
 */
@Tag(RunTests.TIMED)
class SlowClientsTest {

    private static final int OF_EACH_KIND = 100;
    private static final int GOOD = 8;
    private static final int PER_SECOND = 200;
    private static final int RUN_MS = 5_000;
    private static final int LARGE_BYTES = 500_000;

    @TempDir
    private Path directory;

    @Test
    @Timeout(value = 120, unit = TimeUnit.SECONDS)
    void answersOthersWhileManyAreSlow() throws IOException {
        String document = "{\"name\":\"John Doe\",\"age\":30}";
        try (Jar node = Jar.start(directory)) {
            LoadClient.send(node.port(),
                    LoadClient.request("PUT /kv/large HTTP/1.1", '"' + "x".repeat(LARGE_BYTES) + '"'));
            LoadClient.send(node.port(), LoadClient.request("PUT /kv/small HTTP/1.1", document));
            List<byte[]> get = List.of(LoadClient.request("GET /kv/small?raw HTTP/1.1", ""));
            try (LoadClient good = new LoadClient(node.port(), get, GOOD,
                    document.getBytes(StandardCharsets.UTF_8));
                    SlowCrowd crowd = new SlowCrowd(node.port(), OF_EACH_KIND, "/kv/large?raw")) {
                good.beside(crowd::step);
                LoadClient.Result result = good.paced(PER_SECOND, RUN_MS);
                String what = result + ", slow: " + crowd.turns() + " turns, " + crowd.connected()
                        + " connected, " + crowd.cuts() + " cut";
                assertEquals(PER_SECOND * RUN_MS / 1_000, result.answered() + result.failures(), what);
                assertTrue(result.failures() <= result.answered() / 100, what);
                assertTrue(crowd.turns() >= 2 * crowd.size(), what);
            }
            assertEquals(200, node.send("GET", "/health", new byte[0]).statusCode());
        }
    }
}
