package kvs.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import kvs.model.HealthProblem;
import kvs.sim.Depth;
import kvs.sim.HealthProblemCheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    private static Settings read(String text) throws ConfigException {
        return Settings.read("config.yaml", text, Map.of(), "box");
    }

    private static List<String> errors(String text, Map<String, String> environment) {
        return assertThrows(ConfigException.class,
                () -> Settings.read("config.yaml", text, environment, "box"), text).errors();
    }

    /** Settings are read at the start: what they warn of goes with a start that has others. */
    @Test
    void warningsComeAndGoWithTheSettings() throws Exception {
        AtomicReference<Settings> settings = new AtomicReference<>(read(""));
        HealthProblemCheck.comesAndGoes(HealthProblem.Kind.SETTING,
                new HealthProblemCheck.Subject(() -> settings.get().warnings().stream().map(
                        what -> new HealthProblem(HealthProblem.Kind.SETTING, what)).toList(), ms -> { }),
                () -> settings.set(read("auth_enabled: false\nbind_address: \"0.0.0.0\"")),
                () -> settings.set(read("")));
    }

    @Test
    void hasTheDefaultsOfTheOriginal() throws ConfigException {
        Settings s = read("");
        assertEquals("box", s.text("node_id"));
        assertEquals("127.0.0.1", s.text("bind_address"));
        assertEquals(8080, s.number("port"));
        assertEquals("./data", s.text("data_dir"));
        assertEquals(List.of(), s.list("seed_nodes"));
        assertEquals(720, s.number("bootstrap_max_age_hours"));
        assertEquals(1_048_576, s.number("max_json_size"));
        assertEquals(0, s.durationMs("default_ttl"));
        assertEquals(60_000, s.durationMs("rate_limit_window"));
        assertEquals(128L << 20, s.bytes("segment_size"));
        assertTrue(s.flag("auth_enabled") && s.flag("compression_enabled") && !s.flag("read_only")
                && !s.flag("allow_anonymous_write"));
        assertEquals("0 0 * * *", s.text("backup_schedule"));
        assertEquals(List.of(), s.warnings());
        assertEquals("cdwr,c-wr,c--r", s.text("default_permissions"));
    }

    /**
     * Each value that the manual, the commented config.yaml or the README of the original names, as it is
     * written there.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"bind_address | \"0.0.0.0\"", "port | 0",
        "http_engine | nio", "http_engine | jdk", "http_loops | 0", "http_loops | 8",
        "seed_nodes | []", "seed_nodes | [\"127.0.0.1:8081\", \"node2:8080\"]", "read_only | true",
        "log_level | debug", "log_level | info", "log_level | warn", "log_level | error",
        "slow_request_ms | 0", "advertise_address | \"\"", "durability | fsync", "durability | os",
        "compression_level | 1", "compression_level | 19", "compression_enabled | false",
        "default_ttl | \"0\"", "default_ttl | \"24h\"", "max_json_size | 1024", "max_json_size | 16777216",
        "revision_history_max | 0", "disk_reserve | 0", "disk_reserve | 0MiB", "disk_reserve | 192MiB",
        "segment_size | 1MiB", "segment_size | 1GiB", "rate_limit_window | \"1m\"", "throttle_delay_ms | 0",
        "fetch_delay_ms | 0", "bootstrap | loopback", "bootstrap | \"off\"", "cluster_secret | []",
        "cluster_secret_file | \"\"", "cluster_secret | \"0123456789abcdef0123456789abcdef\"",
        "cluster_secret | [\"0123456789abcdef0123456789abcdef\"]", "backup_schedule | \"@hourly\"",
        "backup_schedule | \"@daily\"", "backup_schedule | \"@weekly\"", "backup_schedule | \"@monthly\"",
        "backup_schedule | \"@yearly\"", "backup_schedule | \"*/5 1-9/2 * JAN MON\"",
        "backup_schedule | \"0 0 * * 7\"", "trusted_proxies | [\"10.0.0.0/8\", \"::1\"]",
        "cors_origins | [\"https://app.example\"]", "default_permissions | \"cdwr,----,----\"",
        "tls_cert | \"\"", "tls_ca | \"\"", "bootstrap_max_age_hours | 1", "backup_retention | 1"})
    void takesEveryDocumentedValue(String key, String value) throws ConfigException {
        Settings taken = Settings.read("config.yaml", key + ": " + value + "\n", Map.of(), "box");
        String bare = value.startsWith("[") ? value.replaceAll("[\\[\\]\" ]", "") : value.replace("\"", "");
        assertEquals(bare, key.equals("cluster_secret") || value.startsWith("[")
                ? String.join(",", taken.list(key)) : taken.text(key));
        if (!value.startsWith("[") || !bare.isEmpty()) {
            Settings.read("config.yaml", "", Map.of("KVS_" + key.toUpperCase(Locale.ROOT), bare), "box");
        }
    }

    @Test
    void zeroIsASize() throws ConfigException {
        assertEquals(0, read("disk_reserve: 0\n").bytes("disk_reserve"));
        assertEquals(1, errors("segment_size: 0\n", Map.of()).size());
        assertEquals(1, errors("tamper_log_max_bytes: 0\n", Map.of()).size());
        assertEquals(1, errors("disk_reserve: 01\n", Map.of()).size());
    }

    /** Some editors put it before the text. */
    @Test
    void skipsAByteOrderMark() throws ConfigException {
        assertEquals(9, read("\uFEFFport: 9\n").number("port"));
        assertEquals(9, read("\uFEFF# a comment\r\nport: 9\r\n").number("port"));
        assertEquals(8080, read("\uFEFF").number("port"));
        assertEquals(1, errors("port: 9\n\uFEFFread_only: true\n", Map.of()).size());
    }

    @Test
    void everyKeyCanBeUncommentedAsItStands() throws ConfigException {
        String template = Settings.template();
        assertEquals(60, Settings.keys().size());
        for (String key : Settings.keys()) {
            assertTrue(template.contains("\n#" + key + ": "), key);
            Settings s = read(template.replace("\n#" + key + ":", "\n" + key + ":"));
            Settings plain = read("");
            for (String other : Settings.keys()) {
                assertEquals(other.equals("node_id") && key.equals("node_id") ? List.of("hostname")
                        : plain.list(other), s.list(other), key);
            }
        }
    }

    @Test
    void sampleFilesAndReadmeAgree() throws IOException, ConfigException {
        Path root = Path.of(System.getProperty("kvs.root"));
        assertEquals(Settings.template(), Files.readString(root.resolve("conf/kvs.yaml")));
        for (int i = 1; i <= 3; i++) {
            Settings s = Settings.read("node" + i, Files.readString(root.resolve("conf/node" + i + ".yaml")),
                    Map.of(), "box");
            assertEquals("node" + i, s.text("node_id"));
            assertEquals(8080 + i, s.number("port"));
            assertFalse(Path.of(s.text("data_dir")).normalize().startsWith("data"),
                    "a node starts in no directory that holds others");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"port: 8081 # c|port|8081", "port:   8081|port|8081",
        "node_id: \"a\"|node_id|a", "node_id: 'a'|node_id|a", "node_id: a.b-c_1|node_id|a.b-c_1",
        "data_dir: \"/x y/#z\"|data_dir|/x y/#z", "data_dir: 'it''s'|data_dir|it's",
        "data_dir: \"a\\\\b\\\"c\"|data_dir|a\\b\"c", "segment_size: 64MiB|segment_size|64MiB",
        "read_only: true|read_only|true",
        "default_ttl: 1h30m|default_ttl|1h30m", "default_ttl: 0|default_ttl|0", "data_dir: C#|data_dir|C#"})
    void readsScalars(String text, String key, String expected) throws ConfigException {
        assertEquals(expected, read(text).text(key));
        assertEquals(expected, read("\r\n" + text + "\r\n").text(key));
    }

    @Test
    void readsLists() throws ConfigException {
        List<String> two = List.of("a:1", "b:2");
        for (String text : List.of("[\"a:1\", \"b:2\"]", "['a:1','b:2' ]  # two", "[a:1,b:2]",
                "\n  - \"a:1\"\n  - b:2 # c\n", "\n- a:1\n\n# c\n- 'b:2'")) {
            assertEquals(two, read("auth_enabled: false\nseed_nodes: " + text).list("seed_nodes"), text);
        }
        assertEquals(List.of(), read("seed_nodes: []").list("seed_nodes"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"port: 08080", "port: 1e4", "port: -1", "port: 65536", "port: \"8080\"",
        "port: [1]", "port:", "port:8080", "port 8080", "prot: 1", "port: 1\nport: 2", " port: 1",
        "\tport: 1", "port: 1 2", "log_level: info x", "log_level: loud", "read_only: yes",
        "read_only: True", "read_only: 1", "data_dir: &a x", "data_dir: *a", "data_dir: !!str x",
        "data_dir: |", "data_dir: >", "data_dir: a: b", "data_dir: \"x", "data_dir: 'x", "data_dir: \"\\q\"",
        "data_dir: \"a\" b", "data_dir: {a: 1}", "---\nport: 1", "...", "%YAML 1.2", "- a", "port: 1\n- a",
        "seed_nodes: x", "seed_nodes: [a", "seed_nodes: [a]",
        "seed_nodes: [\"a:0\"]", "seed_nodes: [\"a:1\",,]", "seed_nodes:\n  a: 1", "node_id: \"\"",
        "node_id: \"a b\"", "max_json_size: 1023", "max_json_size: 16777217",
        "segment_size: 1KiB", "segment_size: 2GiB", "segment_size: 1.5MiB", "default_ttl: 5",
        "default_ttl: -1s", "backup_schedule: \"* * *\"", "cors_origins: [\"*\"]", "compression_level: 20",
        "gossip_interval_min: 200", "default_permissions: rwx", "bootstrap: on", "tls_cert: a.pem",
        "tls_key: k.pem", "trusted_proxies: [box]", "rate_limit_window: 0", "cluster_secret: short",
        "? a", "a", "port: null", "port: ~"})
    void refusesEverythingElseNamingTheLine(String text) {
        List<String> errors = errors(text, Map.of());
        assertTrue(errors.stream().allMatch(e -> e.length() > 20), errors.toString());
    }

    @Test
    void listsAllErrorsWithLineKeyAndWhatIsAllowed() {
        List<String> errors = errors("port: x\n\nlog_lvl: info\nread_only: no\n",
                Map.of("KVS_PROT", "1", "KVS_COMPRESSION_LEVEL", "99"));
        assertEquals(5, errors.size());
        assertTrue(errors.get(0).contains("config.yaml, line 1: port: found 'x', allowed is a whole number"
                + " from 0 to 65535"), errors.get(0));
        assertTrue(errors.get(1).contains("line 3") && errors.get(1).contains("did you mean 'log_level'"),
                errors.get(1));
        assertTrue(errors.get(2).contains("line 4") && errors.get(2).contains("true or false"),
                errors.get(2));
        assertTrue(errors.toString().contains("KVS_PORT") && errors.toString().contains("1 to 19"),
                errors.toString());
    }

    @Test
    void asksWhomAValueIsForAndNamesTheLine() throws ConfigException {
        Settings.ValueCheck judge = (key, value) -> value.startsWith("60 ") ? Optional.of("minute '60'")
                : Optional.empty();
        ConfigException bad = assertThrows(ConfigException.class, () -> Settings.read("f",
                "\nbackup_schedule: \"60 * * * *\"", Map.of("KVS_BACKUP_SCHEDULE", "60 1 * * *"),
                "box", judge));
        assertEquals(List.of("f, line 2: backup_schedule: minute '60'",
                "environment variable KVS_BACKUP_SCHEDULE: minute '60'"), bad.errors());
        assertEquals("@daily", Settings.read("f", "backup_schedule: \"@daily\"", Map.of(), "box", judge)
                .text("backup_schedule"));
    }

    @Test
    void environmentWinsAndKubernetesIsIgnored() throws ConfigException {
        Map<String, String> environment = Map.of("KVS_PORT", "9", "KVS_ALLOWED_HOSTS", "a, b",
                "KVS_SERVICE_HOST", "10.0.0.1", "KVS_SERVICE_PORT", "80",
                "KVS_PORT_80_TCP", "tcp://10.0.0.1:80", "PATH", "x", "KVS_PORT_80_TCP_PROTO", "tcp");
        Settings s = Settings.read("f", "port: 8", environment, "box");
        assertEquals(9, s.number("port"));
        assertEquals(List.of("a", "b"), s.list("allowed_hosts"));
        assertEquals(4, s.warnings().size(), s.warnings().toString());
        assertEquals(8,
                Settings.read("f", "port: 8", Map.of("KVS_PORT", "tcp://10.0.0.1:80"), "box").number("port"));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, true, true", "127.8.9.1, false, true", "localhost, true, true",
        "0.0.0.0, true, false", "192.168.0.1, false, false"})
    void saysWhenItIsOpenToAll(String address, boolean auth, boolean loopback) throws ConfigException {
        Settings s = read("bind_address: \"" + address + "\"\nauth_enabled: " + auth);
        assertEquals(loopback, s.loopback());
        assertEquals(auth || loopback ? 0 : 1, s.warnings().size());
    }

    @Test
    void takesUpToFourSecretsAndNeverShowsThem() throws ConfigException {
        String good = "s".repeat(32);
        assertEquals(List.of(good), read("cluster_secret: " + good).list("cluster_secret"));
        assertEquals(List.of(good, good + "2"),
                read("cluster_secret: [" + good + ", " + good + "2]").list("cluster_secret"));
        assertEquals(List.of(), read("").list("cluster_secret"));
        for (String bad : List.of("cluster_secret: hunter2", "cluster_secret: [hunter2]",
                "cluster_secret: \"hunter2", "cluster_secret: hunter2: x",
                "cluster_secret: [hunter2", "cluster_secret: {hunter2}",
                "cluster_secret: &hunter2", "cluster_secret: [" + (good + ", ").repeat(4)
                        + "hunter2hunter2hunter2hunter2hunter2]")) {
            assertTrue(errors(bad, Map.of()).stream().noneMatch(error -> error.contains("hunter2")),
                    errors(bad, Map.of()).toString());
        }
        assertTrue(errors("", Map.of("KVS_CLUSTER_SECRET", "hunter2")).stream()
                .noneMatch(error -> error.contains("hunter2")));
    }

    @Test
    void knowsWhatWasGiven() throws ConfigException {
        assertTrue(read("rate_limit_requests: 100").given("rate_limit_requests"));
        assertEquals(false, read("").given("rate_limit_requests"));
    }

    @Tag(Depth.DEEP)
    @Test
    void neverFailsOtherwise() {
        SplittableRandom random = new SplittableRandom(3);
        byte[] template = Settings.template().replace("\n#", "\n").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < Depth.of(1_000, 20_000); i++) {
            byte[] text = i % 2 == 0 ? template.clone() : new byte[random.nextInt(60)];
            for (int changes = i % 2 == 0 ? 3 : text.length; changes > 0; changes--) {
                text[random.nextInt(text.length)] = (byte) " \n:-[]\"'#,abc1{}&*!|>%\t\r\\".charAt(
                        random.nextInt(25));
            }
            try {
                read(new String(text, StandardCharsets.UTF_8));
            } catch (ConfigException expected) {
                assertTrue(expected.errors().size() > 0);
            }
        }
    }
}
