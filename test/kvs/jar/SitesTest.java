package kvs.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import kvs.cli.CommandRun;
import kvs.command.ExitStatus;
import kvs.sim.Depth;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sites of three nodes each, which meet only by files that are carried in both directions. In the deep
 * run the nodes are processes of the real jar.
 */
@Tag(Depth.DEEP)
class SitesTest {

    private static final byte[] NOTHING = {};
    private static final int NODES = 3;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final boolean REAL = Depth.of(0, 1) == 1;
    private static final int DOCUMENTS = Depth.of(30, 300);
    private static final String ALL = "/kv/_range?start_key=docs/&end_key=docs0&limit=1000";
    private static final Pattern VALUE = Pattern.compile("\"path\":\"([^\"]+)\".*?\"data\":([^,}]+)");

    @TempDir
    private Path directory;
    private Cluster a;
    private Cluster b;
    private int files;

    @BeforeEach
    void start() throws IOException {
        a = site("a");
        b = site("b");
        run(a, 0, ExitStatus.DONE, "partner", "add", "b", "--zone", "docs", "--write-link", at("link"));
        run(b, 1, ExitStatus.DONE, "partner", "add", "a", "--link", at("link"));
    }

    @AfterEach
    void stop() throws IOException {
        a.close();
        b.close();
    }

    private Cluster site(String name) throws IOException {
        Path home = Files.createDirectory(directory.resolve(name));
        return REAL ? new Cluster(home) : Cluster.inside(home);
    }

    private String at(String file) {
        return directory.resolve(file).toString();
    }

    private String run(Cluster site, int node, ExitStatus expected, String... args) throws IOException {
        Path home = Files.createDirectories(directory.resolve("person"));
        CommandRun.Result result = new CommandRun(home).with("KVS_ENDPOINT", site.node(node).url).run(args);
        assertEquals(expected, result.status(), String.join(" ", args) + ": " + result.out() + result.err());
        return result.out() + result.err();
    }

    private static void put(Cluster site, int node, String key, int value) {
        assertTrue(site.put(node, "docs/" + key, value), key);
    }

    /** The documents of a node, as lines of key and value. */
    private static String documents(Cluster site, int node) throws IOException {
        String text = new String(site.node(node).send("GET", ALL, NOTHING).body(), StandardCharsets.UTF_8);
        StringBuilder lines = new StringBuilder();
        Matcher value = VALUE.matcher(text);
        while (value.find()) {
            lines.append(value.group(1)).append(' ').append(value.group(2)).append('\n');
        }
        return lines.toString();
    }

    /** Carries a receipt of one node of the target to the source, and then a bundle back. */
    private void carry(String name, Cluster from, int maker, Cluster to, int taker) throws IOException {
        String receipt = at("receipt" + ++files);
        String bundle = at("bundle" + files);
        run(to, taker, ExitStatus.DONE, "receipt", name.equals("b") ? "a" : "b", receipt);
        run(from, maker, ExitStatus.DONE, "bundle", name, bundle, "--receipt", receipt);
        run(to, taker, ExitStatus.DONE, "merge", bundle);
    }

    /** Two exchanges at changing nodes, after which all six nodes have the same. */
    private String becomeEqual() throws IOException {
        for (int i = 0; i < 2; i++) {
            carry("b", a, i, b, (i + 1) % NODES);
            carry("a", b, (i + 2) % NODES, a, i + 1);
            level();
        }
        String all = documents(a, 0);
        for (int i = 0; i < NODES; i++) {
            assertEquals(all, documents(a, i), "site a, node " + i);
            assertEquals(all, documents(b, i), "site b, node " + i);
        }
        String receipt = at("last" + ++files);
        run(b, 0, ExitStatus.DONE, "receipt", "a", receipt);
        String verdict = run(a, 2, ExitStatus.DONE, "verify", receipt);
        assertTrue(verdict.contains("  equal here  "), verdict);
        return all;
    }

    /** Waits until each node has what the others of its site have. */
    private void level() throws IOException {
        for (Cluster site : List.of(a, b)) {
            for (int i = 0; i < NODES; i++) {
                String position = site.node(i).send("GET", ALL, NOTHING).headers()
                        .firstValue("KVS-Position").orElseThrow();
                for (int j = 0; j < NODES; j++) {
                    awaitPosition(site.node(j), position);
                }
            }
        }
    }

    /** A node takes over what another one has merged after a comparison: a few seconds. */
    private static void awaitPosition(Jar node, String position) throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (node.send("GET", ALL, NOTHING, "KVS-Position", position).statusCode() != 200) {
            assertTrue(System.nanoTime() < end, "never there");
        }
    }

    @Test
    void becomeEqualByFilesAlthoughOneIsLost() throws IOException {
        for (int i = 0; i < DOCUMENTS; i++) {
            put(a, i % NODES, "a" + i, i);
            put(b, i % NODES, "b" + i, i);
            put(a, i % NODES, "both" + i % 10, i);
            put(b, (i + 1) % NODES, "both" + i % 10, 1_000 + i);
        }
        assertEquals(2L * DOCUMENTS + 10, becomeEqual().lines().count());
        a.node(1).send("DELETE", "/kv/docs/a0", NOTHING);
        put(a, 2, "late", 1);
        level();
        run(a, 2, ExitStatus.DONE, "bundle", "b", at("lost stick"));
        put(b, 0, "b1", 77);
        String all = becomeEqual();
        assertTrue(all.contains("docs/late 1\n") && all.contains("docs/b1 77\n")
                && !all.contains("docs/a0 "), all);
    }

    /** A whole site is lost: a backup of it, and files of the other one, bring all back. */
    @Test
    void siteThatWasPutBackReceivesWhatItHad() throws IOException {
        assumeTrue(REAL, "in the deep run only: its nodes are processes");
        put(a, 0, "a", 1);
        put(b, 0, "b", 2);
        becomeEqual();
        String made = new String(b.node(0).send("POST", "/admin/backup?wait=30s", NOTHING).body(),
                StandardCharsets.UTF_8);
        String name = made.replaceFirst("(?s).*\"name\":\"([^\"]+)\".*", "$1");
        Path kept = Files.copy(b.home(0).resolve("backups").resolve(name), directory.resolve("kept"));
        put(b, 1, "seen", 5);
        put(a, 1, "away", 6);
        String before = becomeEqual();
        for (int i = 0; i < NODES; i++) {
            b.destroy(i);
        }
        Jar.Printed restored = Jar.run(Files.createDirectories(b.home(0)), "restore", kept.toString(),
                "data");
        assertEquals(0, restored.status(), restored.text());
        for (int i = 0; i < NODES; i++) {
            b.start(i);
        }
        b.all();
        put(b, 2, "later", 8);
        level();
        assertEquals(before.lines().collect(Collectors.toSet()), becomeEqual().lines()
                .filter(line -> !line.equals("docs/later 8")).collect(Collectors.toSet()));
    }
}
