package kvs.config;

import java.util.List;
import java.util.Optional;

/** The table of all settings: the only place that knows their names, defaults and bounds. */
final class Keys {

    private static final int MINUTES = 60;

    private Keys() { }

    /**
     * One setting.
     *
     * @param group heading in the commented file
     * @param name key
     * @param kind what is allowed
     * @param standard default as it is written in YAML
     * @param about one line for people
     */
    record Key(String group, String name, Kind kind, String standard, String about) { }

    private static final String CORE = "This node";
    private static final String DATA = "Data";
    private static final String CLUSTER = "Cluster timing";
    private static final String ACCESS = "Access";
    private static final String BACKUP = "Backup";

    static final List<Key> ALL = List.of(
            new Key(CORE, "node_id", Kind.name(), "\"hostname\"", "unique name of this node; default is the name of the machine"),
            new Key(CORE, "bind_address", Kind.address(), "\"127.0.0.1\"", "address to listen on; 0.0.0.0 for all"),
            new Key(CORE, "port", Kind.integer(0, 65_535), "8080", "port for clients and peers; 0 takes any free one"),
            new Key(CORE, "http_engine", Kind.oneOf("nio", "jdk"), "\"nio\"", "nio: ours; jdk: the server of the JDK, which https uses in any case"),
            new Key(CORE, "max_connections", Kind.integer(16, 1_000_000), "10000", "open connections; one more takes the place of the longest idle"
                    + " (nio)"),
            new Key(CORE, "max_connections_per_address", Kind.integer(1, 1_000_000), "512", "the same of one address; this machine and"
                    + " trusted_proxies are not counted (nio)"),
            new Key(CORE, "data_dir", Kind.path(), "\"./data\"", "directory of the store, made if it is not there"),
            new Key(CORE, "seed_nodes", Kind.hostPorts(), "[]", "nodes to join, as \"host:port\"; none: stand alone"),
            new Key(CORE, "read_only", Kind.bool(), "false", "refuse writes of clients"),
            new Key(CORE, "log_level", Kind.oneOf("debug", "info", "warn", "error"), "\"info\"", "least level that is logged"),
            new Key(CORE, "slow_request_ms", Kind.integer(0, 3_600_000), "1000", "a request that takes longer is logged, waits that it asked for"
                    + " not counted, ms; 0: none"),
            new Key(CORE, "advertise_address", Kind.optionalHostPort(), "\"\"", "host:port under which others reach this node"),
            new Key(CORE, "cluster_name", Kind.name(), "\"kvs\"", "nodes of other names are strangers"),
            new Key(CLUSTER, "gossip_interval_min", Kind.integer(1, 86_400), "60", "least time between two gossips, s"),
            new Key(CLUSTER, "gossip_interval_max", Kind.integer(1, 86_400), "120", "most time between two gossips, s"),
            new Key(CLUSTER, "heartbeat_interval_ms", Kind.integer(50, 60_000), "1000", "time between two heartbeats to each member, ms"),
            new Key(CLUSTER, "suspect_after_ms", Kind.integer(150, 600_000), "3000", "a member that is silent for so long is suspect, ms"),
            new Key(CLUSTER, "sync_interval", Kind.integer(1, 86_400), "300",
                    "nodes that talk but are never equal compare everything after this, s"),
            new Key(CLUSTER, "catchup_interval", Kind.integer(1, 86_400), "120",
                    "a comparison that moved nothing is repeated after this at the latest, s"),
            new Key(CLUSTER, "bootstrap_max_age_hours", Kind.integer(1, 876_000), "720", "how long a node may be away, h: what was"
                    + " deleted is kept that long at most"),
            new Key(CLUSTER, "throttle_delay_ms", Kind.integer(0, MINUTES * 1_000L), "100", "pause between two bulk requests, ms"),
            new Key(CLUSTER, "fetch_delay_ms", Kind.integer(0, MINUTES * 1_000L), "50", "pause between two bulk fetches, ms"),
            new Key(DATA, "durability", Kind.oneOf("fsync", "os"), "\"fsync\"", "fsync: acknowledged means on the disk; os: the operating system"
                    + " decides when"),
            new Key(DATA, "segment_size", Kind.bytes(1 << 20, 1 << 30), "128MiB", "a file of the log is not continued beyond this"),
            new Key(DATA, "compression_enabled", Kind.bool(), "true", "deflate documents of 512 bytes and more when that saves an eighth"),
            new Key(DATA, "compression_level", Kind.integer(1, 19), "3", "1 fast to 19 small; above 9 means 9"),
            new Key(DATA, "default_ttl", Kind.duration(), "\"0\"", "life of documents that are written without a ttl"),
            new Key(DATA, "max_json_size", Kind.integer(1 << 10, 16 << 20), "1048576", "largest document, bytes"),
            new Key(DATA, "revision_history_max", Kind.integer(0, 1_000), "10", "older versions that are kept of a key"),
            new Key(DATA, "compaction_garbage_percent", Kind.integer(10, 90), "50", "share of the log that may be garbage before it is"
                    + " compacted, %"),
            new Key(DATA, "disk_reserve", Kind.bytes(0, 1 << 30), "192MiB", "room set aside for deletes and compaction on a full disk, best 1.5"
                    + " times segment_size; 0 for none"),
            new Key(ACCESS, "rate_limit_requests", Kind.integer(1, 1_000_000_000), "100", "requests of one client in a window"),
            new Key(ACCESS, "rate_limit_window", Kind.duration(), "\"1m\"", "that window"),
            new Key(ACCESS, "auth_enabled", Kind.bool(), "true", "tokens and permissions"),
            new Key(ACCESS, "tamper_logging_enabled", Kind.bool(), "true", "chained log of who did what"),
            new Key(ACCESS, "clustering_enabled", Kind.bool(), "true", "membership and replication"),
            new Key(ACCESS, "rate_limiting_enabled", Kind.bool(), "true", "limit requests of a client"),
            new Key(ACCESS, "revision_history_enabled", Kind.bool(), "true", "keep older versions"),
            new Key(ACCESS, "allow_anonymous_read", Kind.bool(), "false", "reading without a token"),
            new Key(ACCESS, "allow_anonymous_write", Kind.bool(), "false", "writing without a token; never deleting"),
            new Key(ACCESS, "allowed_hosts", Kind.hosts(), "[]", "names of this node that requests may carry as Host"),
            new Key(ACCESS, "trusted_proxies", Kind.networks(), "[]", "proxies whose X-Forwarded-For is believed"),
            new Key(ACCESS, "default_permissions", Kind.permissions(), "\"cdwr,c-wr,c--r\"", "of the root until its metadata is set: owner,"
                    + " group, others"),
            new Key(ACCESS, "bootstrap", Kind.oneOf("loopback", "off"), "\"loopback\"", "loopback: on a fresh node the first user needs no"
                    + " token"),
            new Key(ACCESS, "cluster_secret", Kind.secrets(), "[]", "signs tokens and peers; none: a file, see README"),
            new Key(ACCESS, "cluster_secret_file", Kind.optionalPath(), "\"\"", "file that holds it"),
            new Key(ACCESS, "tamper_log_max_bytes", Kind.bytes(1 << 20, 1L << 40), "1GiB", "older files of the tamper log are removed beyond"
                    + " this"),
            new Key(ACCESS, "tls_cert", Kind.optionalPath(), "\"\"", "PEM file of the certificate and its chain; with tls_key: https"),
            new Key(ACCESS, "tls_key", Kind.optionalPath(), "\"\"", "PEM file of the key, PKCS#8"),
            new Key(ACCESS, "tls_ca", Kind.optionalPath(), "\"\"", "PEM file of the authorities that peers' certificates come from"),
            new Key(ACCESS, "cors_origins", Kind.origins(), "[]", "web pages that may use this node from a browser"),
            new Key(ACCESS, "metrics_open", Kind.bool(), "false", "/metrics without a token from other machines too"),
            new Key(BACKUP, "backup_enabled", Kind.bool(), "true", "backups by the schedule; by request they are made anyway"),
            new Key(BACKUP, "backup_schedule", Kind.cron(), "\"0 0 * * *\"", "when, in cron syntax or @daily"),
            new Key(BACKUP, "backup_path", Kind.path(), "\"./backups\"", "directory of backups"),
            new Key(BACKUP, "backup_retention", Kind.integer(1, 36_500), "7", "days that a backup of this node is kept"));

    static Optional<Key> find(String name) {
        return ALL.stream().filter(key -> key.name.equals(name)).findFirst();
    }

    /** The known name that is written most like {@code name} (Levenshtein distance). */
    static String nearest(String name) {
        return ALL.stream().map(Key::name).min((a, b) -> distance(name, a) - distance(name, b)).orElseThrow();
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
