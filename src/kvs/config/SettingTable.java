package kvs.config;

import java.util.List;
import java.util.Optional;
import kvs.model.NameSuggestion;

/** The table of all settings: the only place that defines their names, defaults and bounds. */
final class SettingTable {

    private static final int MINUTES = 60;

    private SettingTable() { }

    /**
     * One setting.
     *
     * @param group heading in the commented file
     * @param name key
     * @param kind allowed values
     * @param standard default as it is written in YAML
     * @param about one line for people
     */
    record Setting(String group, String name, SettingType kind, String standard, String about) { }

    private static final String CORE = "This node";
    private static final String DATA = "Data";
    private static final String CLUSTER = "Cluster timing";
    private static final String ACCESS = "Access";
    private static final String BACKUP = "Backup";

    static final List<Setting> ALL = List.of(
            new Setting(CORE, "node_id", SettingType.name(),
                    "\"hostname\"", "unique name of this node; default is the name of the machine"),
            new Setting(CORE, "bind_address", SettingType.address(),
                    "\"127.0.0.1\"", "address to listen on; 0.0.0.0 for all"),
            new Setting(CORE, "port", SettingType.integer(0, 65_535),
                    "8080", "port for clients and peers; 0: any free port"),
            new Setting(CORE, "http_engine", SettingType.oneOf("nio", "jdk"),
                    "\"nio\"", "nio: KVS's own; jdk: the server of the JDK"),
            new Setting(CORE, "http_loops", SettingType.integer(0, 64), "0", "threads that read requests and"
                    + " send responses; 0: one for two cores, at most 4 (nio)"),
            new Setting(CORE, "max_connections", SettingType.integer(16, 1_000_000),
                    "10000", "maximum of open connections; the next one closes the longest idle one (nio)"),
            new Setting(CORE, "max_connections_per_address", SettingType.integer(1, 1_000_000),
                    "512", "the same per address, without this machine and trusted_proxies (nio)"),
            new Setting(CORE, "max_waits_per_client", SettingType.integer(1, 1_000_000),
                    "64", "maximum of waiting requests and event streams of one user, or of one address"
                            + " without a token"),
            new Setting(CORE, "data_dir", SettingType.path(),
                    "\"./data\"", "data directory; created if it does not exist"),
            new Setting(CORE, "seed_nodes", SettingType.hostPorts(),
                    "[]", "nodes to join, as \"host:port\"; none: start alone"),
            new Setting(CORE, "read_only", SettingType.bool(), "false", "refuse writes of clients"),
            new Setting(CORE, "drain_seconds", SettingType.integer(0, 600), "0", "time between the signal"
                    + " to stop and the stop, in which /health/ready is 503, s; 0: stop at once"),
            new Setting(CORE, "log_level", SettingType.oneOf("debug", "info", "warn", "error"),
                    "\"info\"", "lowest level in the log"),
            new Setting(CORE, "slow_request_ms", SettingType.integer(0, 3_600_000), "1000", "log requests"
                    + " that take longer than this, requested waits not counted, ms; 0: none"),
            new Setting(CORE, "advertise_address", SettingType.optionalHostPort(),
                    "\"\"", "host:port where other nodes reach this node"),
            new Setting(CORE, "cluster_name", SettingType.name(),
                    "\"kvs\"", "name of the cluster; nodes with another name are refused"),
            new Setting(CLUSTER, "gossip_interval_min", SettingType.integer(1, 86_400),
                    "60", "minimum time between two gossip rounds, s"),
            new Setting(CLUSTER, "gossip_interval_max", SettingType.integer(1, 86_400),
                    "120", "maximum time between two gossip rounds, s"),
            new Setting(CLUSTER, "heartbeat_interval_ms", SettingType.integer(50, 60_000),
                    "1000", "time between two heartbeats of a pair, ms"),
            new Setting(CLUSTER, "suspect_after_ms", SettingType.integer(150, 600_000),
                    "3000", "a member that is silent for this time is suspect, ms"),
            new Setting(CLUSTER, "sync_interval", SettingType.integer(1, 86_400),
                    "300", "nodes that never become equal compare all keys after this time, s"),
            new Setting(CLUSTER, "catchup_interval", SettingType.integer(1, 86_400),
                    "120", "a comparison that transferred nothing is repeated after this time at most, s"),
            new Setting(CLUSTER, "bootstrap_max_age_hours", SettingType.integer(1, 876_000),
                    "720", "maximum absence of a node, h; deletions are kept for this time at most"),
            new Setting(CLUSTER, "throttle_delay_ms", SettingType.integer(0, MINUTES * 1_000L),
                    "100", "pause between two bulk requests, ms"),
            new Setting(CLUSTER, "fetch_delay_ms", SettingType.integer(0, MINUTES * 1_000L),
                    "50", "pause between two bulk fetches, ms"),
            new Setting(DATA, "durability", SettingType.oneOf("fsync", "os"), "\"fsync\"", "fsync:"
                    + " an acknowledged write is on the disk; os: the operating system decides when"),
            new Setting(DATA, "segment_size", SettingType.bytes(1 << 20, 1 << 30),
                    "128MiB", "size at which a new file of the log starts"),
            new Setting(DATA, "compression_enabled", SettingType.bool(),
                    "true", "compress documents of 512 bytes and more if that saves an eighth,"
                            + " of 16 KiB and more if it saves a third of a sample"),
            new Setting(DATA, "compression_level", SettingType.integer(1, 19),
                    "3", "1 (fast) to 19 (small); values above 9 mean 9; documents of 16 KiB and more"
                            + " have level 1 unless this one saves a sixteenth more"),
            new Setting(DATA, "default_ttl", SettingType.duration(),
                    "\"0\"", "lifetime of documents without a ttl of their own; 0: no expiry"),
            new Setting(DATA, "max_json_size", SettingType.integer(1 << 10, 16 << 20),
                    "1048576", "maximum size of a document, bytes"),
            new Setting(DATA, "revision_history_max", SettingType.integer(0, 1_000),
                    "10", "maximum number of older versions of a key"),
            new Setting(DATA, "compaction_garbage_percent", SettingType.integer(10, 90),
                    "50", "share of garbage in the log that starts a compaction, %"),
            new Setting(DATA, "disk_reserve", SettingType.bytes(0, 1 << 30), "192MiB", "space reserved for"
                    + " deletes and compaction on a full disk, best 1.5 times segment_size; 0: none"),
            new Setting(ACCESS, "rate_limit_requests", SettingType.integer(1, 1_000_000_000),
                    "100", "maximum number of requests of one client in a window"),
            new Setting(ACCESS, "rate_limit_window", SettingType.duration(), "\"1m\"", "length of the"
                    + " window"),
            new Setting(ACCESS, "auth_enabled", SettingType.bool(), "true", "tokens and permissions"),
            new Setting(ACCESS, "tamper_logging_enabled", SettingType.bool(),
                    "true", "tamper-evident log of accesses"),
            new Setting(ACCESS, "clustering_enabled", SettingType.bool(),
                    "true", "membership and replication"),
            new Setting(ACCESS, "rate_limiting_enabled", SettingType.bool(),
                    "true", "limit the requests of each client"),
            new Setting(ACCESS, "revision_history_enabled", SettingType.bool(),
                    "true", "keep older versions"),
            new Setting(ACCESS, "allow_anonymous_read", SettingType.bool(),
                    "false", "allow reads without a token"),
            new Setting(ACCESS, "allow_anonymous_write", SettingType.bool(),
                    "false", "allow writes without a token, but no deletes"),
            new Setting(ACCESS, "allowed_hosts", SettingType.hosts(),
                    "[]", "names of this node that are allowed in Host"),
            new Setting(ACCESS, "trusted_proxies", SettingType.networks(),
                    "[]", "proxies whose X-Forwarded-For is trusted"),
            new Setting(ACCESS, "default_permissions", SettingType.permissions(),
                    "\"cdwr,c-wr,c--r\"", "permissions of the root without metadata: owner, group, others"),
            new Setting(ACCESS, "bootstrap", SettingType.oneOf("loopback", "off"),
                    "\"loopback\"", "loopback: create the first user of a fresh node without a token"),
            new Setting(ACCESS, "cluster_secret", SettingType.secrets(),
                    "[]", "signs tokens and requests of peers; none: from a file, see the manual's page"
                            + " access"),
            new Setting(ACCESS, "cluster_secret_file", SettingType.optionalPath(),
                    "\"\"", "file with the cluster secret"),
            new Setting(ACCESS, "tamper_log_max_bytes", SettingType.bytes(1 << 20, 1L << 40),
                    "1GiB", "maximum size of the tamper log; the oldest files are removed"),
            new Setting(ACCESS, "tls_cert", SettingType.optionalPath(),
                    "\"\"", "PEM file with the certificate and its chain; with tls_key: https"),
            new Setting(ACCESS, "tls_key", SettingType.optionalPath(), "\"\"", "PEM file with the private"
                    + " key, PKCS#8"),
            new Setting(ACCESS, "tls_ca", SettingType.optionalPath(),
                    "\"\"", "PEM file with the authorities of the peers' certificates"),
            new Setting(ACCESS, "cors_origins", SettingType.origins(),
                    "[]", "origins of web pages that may use this node from a browser"),
            new Setting(ACCESS, "metrics_open", SettingType.bool(),
                    "false", "allow /metrics from other machines without a token"),
            new Setting(ACCESS, "console_enabled", SettingType.bool(),
                    "true", "serve the console, the web page of the node, at /console/"),
            new Setting(BACKUP, "backup_enabled", SettingType.bool(),
                    "true", "make backups by the schedule; requests make backups in any case"),
            new Setting(BACKUP, "backup_schedule", SettingType.cron(),
                    "\"0 0 * * *\"", "time of the backups, in cron syntax or as @daily"),
            new Setting(BACKUP, "backup_path", SettingType.path(), "\"./backups\"", "directory of backups"),
            new Setting(BACKUP, "backup_retention", SettingType.integer(1, 36_500),
                    "7", "retention of the backups of this node, days"));

    static Optional<Setting> find(String name) {
        return ALL.stream().filter(key -> key.name.equals(name)).findFirst();
    }

    /** The known name that is spelt most like {@code name}. */
    static String nearest(String name) {
        return NameSuggestion.nearest(name, ALL.stream().map(Setting::name).toList());
    }
}
