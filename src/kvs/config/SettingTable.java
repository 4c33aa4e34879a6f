package kvs.config;

import java.util.List;
import java.util.Optional;

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
                    "8080", "port for clients and peers; 0 takes any free one"),
            new Setting(CORE, "http_engine", SettingType.oneOf("nio", "jdk"),
                    "\"nio\"", "nio: ours; jdk: the server of the JDK, which https uses in any case"),
            new Setting(CORE, "max_connections", SettingType.integer(16, 1_000_000),
                    "10000", "open connections; one more takes the place of the longest idle (nio)"),
            new Setting(CORE, "max_connections_per_address", SettingType.integer(1, 1_000_000),
                    "512", "the same of one address; this machine and trusted_proxies are not counted (nio)"),
            new Setting(CORE, "data_dir", SettingType.path(),
                    "\"./data\"", "directory of the store, made if it is not there"),
            new Setting(CORE, "seed_nodes", SettingType.hostPorts(),
                    "[]", "nodes to join, as \"host:port\"; none: stand alone"),
            new Setting(CORE, "read_only", SettingType.bool(), "false", "refuse writes of clients"),
            new Setting(CORE, "log_level", SettingType.oneOf("debug", "info", "warn", "error"),
                    "\"info\"", "least level that is logged"),
            new Setting(CORE, "slow_request_ms", SettingType.integer(0, 3_600_000), "1000", "a request that"
                    + " takes longer is logged, waits that it asked for not counted, ms; 0: none"),
            new Setting(CORE, "advertise_address", SettingType.optionalHostPort(),
                    "\"\"", "host:port under which others reach this node"),
            new Setting(CORE, "cluster_name", SettingType.name(),
                    "\"kvs\"", "nodes of other names are strangers"),
            new Setting(CLUSTER, "gossip_interval_min", SettingType.integer(1, 86_400),
                    "60", "least time between two gossips, s"),
            new Setting(CLUSTER, "gossip_interval_max", SettingType.integer(1, 86_400),
                    "120", "most time between two gossips, s"),
            new Setting(CLUSTER, "heartbeat_interval_ms", SettingType.integer(50, 60_000),
                    "1000", "time between two heartbeats to each member, ms"),
            new Setting(CLUSTER, "suspect_after_ms", SettingType.integer(150, 600_000),
                    "3000", "a member that is silent for so long is suspect, ms"),
            new Setting(CLUSTER, "sync_interval", SettingType.integer(1, 86_400),
                    "300", "nodes that talk but are never equal compare everything after this, s"),
            new Setting(CLUSTER, "catchup_interval", SettingType.integer(1, 86_400),
                    "120", "a comparison that moved nothing is repeated after this at the latest, s"),
            new Setting(CLUSTER, "bootstrap_max_age_hours", SettingType.integer(1, 876_000),
                    "720", "how long a node may be away, h: what was deleted is kept that long at most"),
            new Setting(CLUSTER, "throttle_delay_ms", SettingType.integer(0, MINUTES * 1_000L),
                    "100", "pause between two bulk requests, ms"),
            new Setting(CLUSTER, "fetch_delay_ms", SettingType.integer(0, MINUTES * 1_000L),
                    "50", "pause between two bulk fetches, ms"),
            new Setting(DATA, "durability", SettingType.oneOf("fsync", "os"), "\"fsync\"", "fsync:"
                    + " acknowledged means on the disk; os: the operating system decides when"),
            new Setting(DATA, "segment_size", SettingType.bytes(1 << 20, 1 << 30),
                    "128MiB", "a file of the log is not continued beyond this"),
            new Setting(DATA, "compression_enabled", SettingType.bool(),
                    "true", "deflate documents of 512 bytes and more when that saves an eighth"),
            new Setting(DATA, "compression_level", SettingType.integer(1, 19),
                    "3", "1 fast to 19 small; above 9 means 9"),
            new Setting(DATA, "default_ttl", SettingType.duration(),
                    "\"0\"", "life of documents that are written without a ttl"),
            new Setting(DATA, "max_json_size", SettingType.integer(1 << 10, 16 << 20),
                    "1048576", "largest document, bytes"),
            new Setting(DATA, "revision_history_max", SettingType.integer(0, 1_000),
                    "10", "older versions that are kept of a key"),
            new Setting(DATA, "compaction_garbage_percent", SettingType.integer(10, 90),
                    "50", "share of the log that may be garbage before it is compacted, %"),
            new Setting(DATA, "disk_reserve", SettingType.bytes(0, 1 << 30), "192MiB", "room set aside for"
                    + " deletes and compaction on a full disk, best 1.5 times segment_size; 0 for none"),
            new Setting(ACCESS, "rate_limit_requests", SettingType.integer(1, 1_000_000_000),
                    "100", "requests of one client in a window"),
            new Setting(ACCESS, "rate_limit_window", SettingType.duration(), "\"1m\"", "that window"),
            new Setting(ACCESS, "auth_enabled", SettingType.bool(), "true", "tokens and permissions"),
            new Setting(ACCESS, "tamper_logging_enabled", SettingType.bool(),
                    "true", "chained log of who did what"),
            new Setting(ACCESS, "clustering_enabled", SettingType.bool(),
                    "true", "membership and replication"),
            new Setting(ACCESS, "rate_limiting_enabled", SettingType.bool(),
                    "true", "limit requests of a client"),
            new Setting(ACCESS, "revision_history_enabled", SettingType.bool(),
                    "true", "keep older versions"),
            new Setting(ACCESS, "allow_anonymous_read", SettingType.bool(),
                    "false", "reading without a token"),
            new Setting(ACCESS, "allow_anonymous_write", SettingType.bool(),
                    "false", "writing without a token; never deleting"),
            new Setting(ACCESS, "allowed_hosts", SettingType.hosts(),
                    "[]", "names of this node that requests may carry as Host"),
            new Setting(ACCESS, "trusted_proxies", SettingType.networks(),
                    "[]", "proxies whose X-Forwarded-For is believed"),
            new Setting(ACCESS, "default_permissions", SettingType.permissions(),
                    "\"cdwr,c-wr,c--r\"", "of the root until its metadata is set: owner, group, others"),
            new Setting(ACCESS, "bootstrap", SettingType.oneOf("loopback", "off"),
                    "\"loopback\"", "loopback: on a fresh node the first user needs no token"),
            new Setting(ACCESS, "cluster_secret", SettingType.secrets(),
                    "[]", "signs tokens and peers; none: a file, see the manual: access"),
            new Setting(ACCESS, "cluster_secret_file", SettingType.optionalPath(),
                    "\"\"", "file that holds it"),
            new Setting(ACCESS, "tamper_log_max_bytes", SettingType.bytes(1 << 20, 1L << 40),
                    "1GiB", "older files of the tamper log are removed beyond this"),
            new Setting(ACCESS, "tls_cert", SettingType.optionalPath(),
                    "\"\"", "PEM file of the certificate and its chain; with tls_key: https"),
            new Setting(ACCESS, "tls_key", SettingType.optionalPath(), "\"\"", "PEM file of the key, PKCS#8"),
            new Setting(ACCESS, "tls_ca", SettingType.optionalPath(),
                    "\"\"", "PEM file of the authorities that peers' certificates come from"),
            new Setting(ACCESS, "cors_origins", SettingType.origins(),
                    "[]", "web pages that may use this node from a browser"),
            new Setting(ACCESS, "metrics_open", SettingType.bool(),
                    "false", "/metrics without a token from other machines too"),
            new Setting(BACKUP, "backup_enabled", SettingType.bool(),
                    "true", "backups by the schedule; by request they are made anyway"),
            new Setting(BACKUP, "backup_schedule", SettingType.cron(),
                    "\"0 0 * * *\"", "when, in cron syntax or @daily"),
            new Setting(BACKUP, "backup_path", SettingType.path(), "\"./backups\"", "directory of backups"),
            new Setting(BACKUP, "backup_retention", SettingType.integer(1, 36_500),
                    "7", "days that a backup of this node is kept"));

    static Optional<Setting> find(String name) {
        return ALL.stream().filter(key -> key.name.equals(name)).findFirst();
    }

    /** The known name that is spelt most like {@code name}. */
    static String nearest(String name) {
        return Spelling.nearest(name, ALL.stream().map(Setting::name).toList());
    }
}
