package kvs.node;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import kvs.backup.BackupScheduler;
import kvs.documents.ModeSwitch;
import kvs.documents.PrefixTotals;
import kvs.documents.Purger;
import kvs.documents.WaitLimiter;
import kvs.gateway.HttpFrontend;
import kvs.health.HealthRegistry;
import kvs.metrics.Metrics;
import kvs.model.NodeMode;
import kvs.tls.TlsContexts;
import kvs.store.Store;
import kvs.world.Disk;
import kvs.world.ProcessUsage;

/**
 * Registers the metrics of a node's parts that are read on demand, one line each; requests and peers count
 * their own.
 */
final class NodeMetrics {

    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);
    private static final byte[] EVERYTHING = {};

    private final Metrics metrics;

    /** Metrics that appear in {@code metrics}. */
    NodeMetrics(Metrics metrics) {
        this.metrics = metrics;
    }

    /** The node as a whole, and its process. */
    void node(Environment environment, ModeSwitch modes, HealthRegistry health) {
        metrics.gauge("kvs_build_info", "The version of the program; always 1.",
                "version", () -> Map.of(environment.machine().version(), 1));
        metrics.gauge("kvs_mode", "1 for the current mode of the node, 0 for the others.",
                "mode", () -> modes(modes.mode()));
        metrics.gauge("kvs_problems", "Problems in /health.", () -> health.problems().size());
        processUsage(environment.processUsage());
    }

    /** The certificate in use. */
    void certificate(Optional<TlsContexts> tls) {
        metrics.gauge("kvs_tls_certificate_end_time_seconds",
                "End of the first TLS certificate in use to end, Unix time; 0: no https.",
                () -> tls.map(TlsContexts::endsMs).orElse(0L) / MILLIS);
    }

    private void processUsage(ProcessUsage processUsage) {
        metrics.gauge("kvs_jvm_heap_used_bytes", "Bytes of the heap in use, garbage included.",
                processUsage::heapUsedBytes);
        metrics.gauge("kvs_jvm_heap_committed_bytes", "Current size of the heap in bytes.",
                processUsage::heapCommittedBytes);
        metrics.gauge("kvs_jvm_heap_max_bytes", "Maximum size of the heap in bytes.",
                processUsage::heapMaxBytes);
        metrics.counter("process_cpu_seconds_total", "Processor time of the process.",
                processUsage::cpuSeconds);
        metrics.gauge("process_start_time_seconds", "Start time of the process, Unix time.",
                processUsage::startSeconds);
        metrics.gauge("process_resident_memory_bytes", "Resident memory of the process in"
                + " bytes.", processUsage::residentBytes);
        metrics.gauge("process_virtual_memory_bytes", "Virtual memory of the process in bytes.",
                processUsage::virtualBytes);
        metrics.gauge("process_threads", "Threads of the process.", processUsage::threads);
        metrics.gauge("process_open_fds", "Open files and sockets.", processUsage::openFiles);
        metrics.gauge("process_max_fds", "Maximum number of open files and sockets.", processUsage::maxFiles);
    }

    private static Map<String, Integer> modes(NodeMode present) {
        Map<String, Integer> all = new TreeMap<>();
        for (NodeMode mode : NodeMode.values()) {
            all.put(mode.text(), mode == present ? 1 : 0);
        }
        return all;
    }

    /** The store and the purge of dead versions. */
    void store(Store store, Purger purger, Environment environment) {
        metrics.gauge("kvs_store_keys",
                "Keys of users; absent while too many have expired to count them quickly.",
                () -> PrefixTotals.below(store.root(), EVERYTHING, environment.clock().wallMs())
                        .map(all -> (double) all.count()).orElse(Double.NaN));
        metrics.gauge("kvs_store_failed", "1 if the store accepts no writes until a restart.",
                () -> store.failure().isPresent() ? 1 : 0);
        metrics.gauge("kvs_store_log_bytes", "Bytes of the log.", () -> store.counts().log().bytes());
        metrics.gauge("kvs_store_log_segments", "Files of the log.", () -> store.counts().log().segments());
        metrics.gauge("kvs_store_live_bytes", "Bytes of the log that the index refers to.",
                () -> store.counts().usage().liveBytes());
        metrics.counter("kvs_compactions_total", "Completed compactions.",
                () -> store.counts().usage().compactions());
        metrics.counter("kvs_compaction_freed_bytes_total", "Bytes freed by compactions.",
                () -> store.counts().usage().freedBytes());
        metrics.gauge("kvs_compaction_busy", "1 while a compaction runs.",
                () -> store.counts().usage().busy() ? 1 : 0);
        metrics.counter("kvs_conflicts_total",
                "Versions that lost against a concurrent version.",
                () -> store.counts().conflicts());
        metrics.counter("kvs_store_fsyncs_total", "Fsyncs of the log.",
                () -> store.counts().log().fsyncs());
        metrics.counter("kvs_store_fsync_seconds_total", "Time of the fsyncs of the log.",
                () -> store.counts().log().fsyncNanos() / NANOS);
        metrics.counter("kvs_store_groups_written_total", "Groups of writes in the log.",
                () -> store.counts().writes().groups());
        metrics.counter("kvs_store_records_written_total", "Records in the groups of writes.",
                () -> store.counts().writes().records());
        metrics.gauge("kvs_store_queued_writes", "Writes in the"
                + " queue.", () -> store.counts().writes().queued());
        metrics.gauge("kvs_store_queued_bytes", "Bytes of the writes in the queue.",
                () -> store.counts().writes().queuedBytes());
        metrics.counter("kvs_store_checkpoints_total", "Checkpoints written.",
                () -> store.counts().checkpoints().written());
        metrics.counter("kvs_store_checkpoint_failures_total", "Checkpoints that failed.",
                () -> store.counts().checkpoints().failed());
        metrics.gauge("kvs_store_checkpoint_growth_bytes",
                "Growth of the log in bytes since the last checkpoint.",
                () -> store.counts().checkpoints().grownBytes());
        metrics.counter("kvs_store_unreadable_reads_total", "Reads of unreadable records.",
                () -> store.counts().unreadable());
        metrics.gauge("kvs_store_unreadable_records", "Unreadable records at the start.",
                () -> store.losses().spots());
        metrics.counter("kvs_purged_versions_total", "Purged versions.", purger::total);
        metrics.gauge("kvs_disk_free_bytes", "Free bytes of the disk for new data.",
                () -> free(environment.data()));
    }

    private static double free(Disk disk) {
        try {
            return disk.freeBytes();
        } catch (IOException unknown) {
            return Double.NaN;
        }
    }

    /** The requests and clients being served. */
    void requests(HttpFrontend server, WaitLimiter waits) {
        metrics.gauge("kvs_http_requests_in_flight", "Requests in progress, until the last byte is sent.",
                server::inFlight);
        metrics.gauge("kvs_http_connections_open",
                "Connections of clients and peers; 0 with the engine jdk, which does not report it.",
                () -> server.counts().open());
        metrics.counter("kvs_http_connections_refused_total",
                "Refused connections: too many in total, or from one address.",
                () -> server.counts().refused());
        metrics.counter("kvs_http_connections_cut_total",
                "Connections cut because their client did not read.", () -> server.counts().cut());
        metrics.counter("kvs_http_malformed_total",
                "Malformed or unsupported HTTP requests, refused by the engine.",
                () -> server.counts().malformed());
        metrics.counter("kvs_tls_handshakes_total",
                "Complete handshakes of TLS; 0 with the engine jdk, which does not report it.",
                () -> server.counts().handshakes());
        metrics.counter("kvs_tls_handshakes_failed_total",
                "Connections that ended in their handshake of TLS: refused, broken off or late.",
                () -> server.counts().brokenHandshakes());
        metrics.gauge("kvs_http_requests_parked", "Requests that wait for a change, a position or a"
                + " deadline, and streams of changes.",
                waits::size);
        metrics.gauge("kvs_http_streams_open", "Open streams of changes.", waits::streams);
    }

    /** The backups of the node. */
    void backups(BackupScheduler backups) {
        metrics.gauge("kvs_backup_last_success_time_seconds",
                "Time of the last backup, Unix time; 0: never.",
                () -> TimeUnit.MILLISECONDS.toSeconds(backups.lastMs()));
        metrics.gauge("kvs_backup_last_size_bytes", "Bytes of the last backup since the start.",
                backups::lastBytes);
        metrics.counter("kvs_backup_failures_total", "Failed backups.", backups::failures);
    }
}
