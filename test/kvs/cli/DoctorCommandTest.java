package kvs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kvs.command.ExitStatus;
import kvs.config.Settings;
import kvs.json.JsonValue;
import kvs.node.Environment;
import kvs.node.Node;
import kvs.world.Clock;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The doctor finds each of ten planted troubles of a real node, and names its cure. */
class DoctorCommandTest {

    private static final long PATIENCE_NANOS = 60_000_000_000L;
    private static final long TEN_MINUTES_MS = 600_000;
    private static final long FREE_BYTES = 50L << 30;

    @TempDir
    private static Path home;
    private static MeasuredDisk disk;
    private static Path usage;
    private static Node node;

    /** A real directory whose free space is planted; negative: the disk does not report it. */
    private static final class MeasuredDisk implements Disk {

        private final Disk real;
        private volatile long freeBytes = FREE_BYTES;

        MeasuredDisk(Disk real) {
            this.real = real;
        }

        @Override
        public long freeBytes() throws IOException {
            if (freeBytes < 0) {
                throw new IOException("Input/output error");
            }
            return freeBytes;
        }

        @Override
        public List<String> list() throws IOException {
            return real.list();
        }

        @Override
        public List<String> directories() throws IOException {
            return real.directories();
        }

        @Override
        public DiskFile open(String name, Mode mode) throws IOException {
            return real.open(name, mode);
        }

        @Override
        public void rename(String from, String to) throws IOException {
            real.rename(from, to);
        }

        @Override
        public void delete(String name) throws IOException {
            real.delete(name);
        }

        @Override
        public void force() throws IOException {
            real.force();
        }

        @Override
        public Optional<Closeable> lock(String name) throws IOException {
            return real.lock(name);
        }

        @Override
        public String where() {
            return real.where();
        }
    }

    @BeforeAll
    static void startsANode() throws Exception {
        Path data = home.resolve("data");
        usage = Files.createDirectory(home.resolve("usage"));
        limit(65_536);
        CommandRun person = new CommandRun(home).with("KVS_PORT", "0").with("KVS_NODE_ID", "node1")
                .with("KVS_LOG_LEVEL", "error").with("KVS_HEARTBEAT_INTERVAL_MS", "100")
                .with("KVS_SUSPECT_AFTER_MS", "500").with("KVS_RATE_LIMIT_REQUESTS", "5")
                .with("KVS_BACKUP_PATH", home.resolve("backups").toString());
        NodeEnvironments environments = new NodeEnvironments(person.invocation());
        Settings settings = environments.settings(Optional.empty());
        disk = new MeasuredDisk(FileDisk.open(data));
        Environment real = environments.environment(settings, Logger.none(), disk, data);
        node = new Node(settings, new Environment(real.data(), real.auditDirectory(), real.backups(),
                real.files(), real.clock(), real.dice(), real.log(), real.sockets(), real.machine(),
                new ProcessUsage(usage)), false);
        until("ok     clock: ", doctor());
    }

    @AfterAll
    static void stopsIt() {
        node.close();
    }

    private static void limit(int files) throws IOException {
        Files.writeString(usage.resolve("limits"), "Max open files            " + files + "         " + files
                + "         files\n");
    }

    private static CommandRun doctor() {
        return new CommandRun(home);
    }

    /** The first diagnosis with that text. */
    private static CommandRun.Result until(String text, CommandRun person) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        CommandRun.Result result = person.run("doctor");
        while (!result.out().contains(text)) {
            assertTrue(System.nanoTime() < end, text + " is not in\n" + result.out() + result.err());
            result = person.run("doctor");
        }
        return result;
    }

    /** The trouble appears with its cure, and its topic is good again after it. */
    private static void finds(String topic, String detail, String cure, CommandRun person) {
        CommandRun.Result sick = until("FAULT  " + topic + ": ", person);
        assertEquals(ExitStatus.FAILED, sick.status());
        List<String> lines = sick.out().lines().toList();
        boolean found = false;
        for (int i = 0; i + 1 < lines.size(); i++) {
            found |= lines.get(i).startsWith("FAULT  " + topic + ": ") && lines.get(i).contains(detail)
                    && lines.get(i + 1).startsWith("       → ") && lines.get(i + 1).contains(cure);
        }
        assertTrue(found, sick.out());
    }

    private static CommandRun.RunningNode second(Map<String, String> more) throws Exception {
        CommandRun other = new CommandRun(home).with("KVS_DATA_DIR", home.resolve("data2").toString())
                .with("KVS_NODE_ID", "node2").with("KVS_HEARTBEAT_INTERVAL_MS", "100")
                .with("KVS_SEED_NODES", node.url().replace("http://", ""));
        return other.startNode(more);
    }

    @Test
    void clock() {
        for (long off : new long[]{TEN_MINUTES_MS, -TEN_MINUTES_MS}) {
            Clock wrong = new Clock() {
                @Override
                public long wallMs() {
                    return Clock.REAL.wallMs() + off;
                }

                @Override
                public long nanos() {
                    return Clock.REAL.nanos();
                }
            };
            finds("clock", off > 0 ? " ahead of that" : " behind that", "chronyc", doctor().at(wrong));
        }
    }

    @Test
    void diskThatDoesNotReportItsSpaceAndFullDisk() {
        disk.freeBytes = -1;
        finds("disk", "free space of the disk is unknown", "file system", doctor());
        disk.freeBytes = 0;
        finds("disk space", "node1 has only 0 B free", "kvs compact", doctor());
        disk.freeBytes = FREE_BYTES;
        until("ok     disk space: ", doctor());
        until("ok     disk: ", doctor());
    }

    @Test
    void limitOfOpenFiles() throws Exception {
        limit(256);
        finds("open files", "may open 256 files", "LimitNOFILE=65536", doctor());
        limit(65_536);
        until("ok     open files: ", doctor());
    }

    @Test
    void modesOfFiles() throws Exception {
        Path token = home.resolve("data").resolve("admin.token");
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw----r--"));
        finds("file modes", token + " may be read by others", "chmod o-rwx " + token, doctor());
        Files.setPosixFilePermissions(token, PosixFilePermissions.fromString("rw-------"));
        until("ok     file modes: ", doctor());
    }

    @Test
    void wrongSecretAndDeadMember() throws Exception {
        CommandRun.RunningNode foreign = second(Map.of("KVS_CLUSTER_SECRET",
                "another-secret-of-at-least-32-characters-xyz"));
        finds("cluster secret", "secret", "Copy the cluster secret",
                new CommandRun(home).with("KVS_DATA_DIR", home.resolve("data2").toString()));
        foreign.close();
        CommandRun.RunningNode member = new CommandRun(home).with("KVS_DATA_DIR",
                home.resolve("data3").toString()).startNode(Map.of("KVS_NODE_ID", "node3",
                "KVS_HEARTBEAT_INTERVAL_MS", "100", "KVS_SEED_NODES", node.url().replace("http://", "")));
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (!doctor().run("members").out().contains("node3")) {
            assertTrue(System.nanoTime() < end, "node3 has not joined");
        }
        member.close();
        finds("members", "node3", "DELETE /members/{id}", doctor());
        new CommandRun(home).run("members", "rm", "node3");
        until("ok     members: ", doctor());
    }

    @Test
    void expiredCertificate() throws Exception {
        Path store = home.resolve("expired.p12");
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool")
                .toString(), "-genkeypair", "-J-XX:TieredStopAtLevel=1", "-keyalg", "EC", "-dname", "CN=a",
                "-startdate", "-3d", "-validity", "1", "-keystore", store.toString(), "-storepass", "secret",
                "-alias", "a").redirectErrorStream(true).start();
        String said = new String(keytool.getInputStream().readAllBytes());
        assertEquals(0, keytool.waitFor(), said);
        byte[] leaf = KeyStore.getInstance(store.toFile(), "secret".toCharArray()).getCertificate("a")
                .getEncoded();
        Path pem = Files.writeString(home.resolve("expired.pem"), "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder().encodeToString(leaf) + "\n-----END CERTIFICATE-----\n");
        Path noted = Files.writeString(home.resolve("data").resolve("node.cert"), pem + "\n");
        finds("certificate", "the certificate of the node has expired on 20", "Put a valid certificate",
                doctor());
        Files.delete(noted);
        until("ok     certificate: ", doctor());
    }

    @Test
    void rateLimit() throws Exception {
        HttpRequest anonymous = HttpRequest.newBuilder(URI.create(node.url() + "/kv/a")).build();
        int status = 0;
        while (status != 429) {
            status = HttpClient.newHttpClient().send(anonymous, HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
        finds("rate limit", "requests", "Raise rate_limit_requests", doctor());
    }

    @Test
    void oldVersion() {
        finds("version", "this program is 9.9.9, and node1 runs test", "Upgrade the older one",
                doctor().ofVersion("9.9.9"));
    }

    @Test
    void silentNodeIsAFaultAndJsonHasOneRecordForEach() throws Exception {
        CommandRun.Result silent = doctor().run("doctor", "--endpoint", "http://127.0.0.1:1");
        assertEquals(ExitStatus.FAILED, silent.status());
        assertTrue(silent.out().startsWith("FAULT  node: ") && silent.out().contains("no process listens"),
                silent.out());
        JsonValue all = JsonValue.parse(doctor().run("doctor", "-o", "json").out().getBytes("UTF-8"));
        assertTrue(all.elements().size() >= 12, all.elements().size() + " records");
        assertTrue(all.elements().get(0).field("topic").orElseThrow().string().equals("node"));
    }
}
