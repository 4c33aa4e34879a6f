package kvs.metrics;

import java.util.Set;

/**
 * The families of metrics of a node, each with its type. {@code JarMetricsTest} compares them with those of a
 * running node, so other tests need none.
 */
public final class MetricFamilies {

    /** All of them: name and type. */
    public static final Set<String> ALL = Set.of("kvs_build_info gauge", "kvs_mode gauge",
            "kvs_problems gauge", "kvs_disk_free_bytes gauge",
            "kvs_tls_certificate_end_time_seconds gauge", "kvs_http_request_duration_seconds histogram",
            "kvs_http_refusals_total counter", "kvs_http_requests_in_flight gauge",
            "kvs_http_connections_open gauge", "kvs_http_connections_refused_total counter",
            "kvs_http_connections_cut_total counter", "kvs_http_malformed_total counter",
            "kvs_tls_handshakes_total counter", "kvs_tls_handshakes_failed_total counter",
            "kvs_http_requests_parked gauge", "kvs_http_streams_open gauge",
            "kvs_rate_limit_refusals_total counter", "kvs_rate_limit_clients gauge",
            "kvs_store_live_bytes gauge", "kvs_compactions_total counter",
            "kvs_compaction_freed_bytes_total counter",
            "kvs_compaction_busy gauge", "kvs_conflicts_total counter",
            "kvs_store_keys gauge", "kvs_store_failed gauge", "kvs_store_log_bytes gauge",
            "kvs_store_log_segments gauge", "kvs_store_fsyncs_total counter",
            "kvs_store_fsync_seconds_total counter", "kvs_store_groups_written_total counter",
            "kvs_store_records_written_total counter", "kvs_store_queued_writes gauge",
            "kvs_store_queued_bytes gauge", "kvs_store_checkpoints_total counter",
            "kvs_store_checkpoint_failures_total counter", "kvs_store_checkpoint_growth_bytes gauge",
            "kvs_store_unreadable_reads_total counter", "kvs_store_unreadable_records gauge",
            "kvs_purged_versions_total counter", "kvs_backup_last_success_time_seconds gauge",
            "kvs_backup_last_size_bytes gauge", "kvs_backup_failures_total counter",
            "kvs_bundles_total counter", "kvs_bundle_failures_total counter", "kvs_merges_total counter",
            "kvs_merge_failures_total counter", "kvs_merge_unfinished gauge",
            "kvs_partner_heard_time_seconds gauge", "kvs_partner_waiting_versions gauge",
            "kvs_cluster_members gauge", "kvs_replication_lag_seconds gauge",
            "kvs_replication_dropped_versions_total counter", "kvs_jvm_heap_used_bytes gauge",
            "kvs_jvm_heap_committed_bytes gauge", "kvs_jvm_heap_max_bytes gauge",
            "process_cpu_seconds_total counter", "process_start_time_seconds gauge",
            "process_resident_memory_bytes gauge", "process_virtual_memory_bytes gauge",
            "process_threads gauge", "process_open_fds gauge", "process_max_fds gauge");

    private MetricFamilies() { }
}
