package kvs.node;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kvs.cluster.Membership;
import kvs.cluster.Replication;
import kvs.metrics.Metrics;
import kvs.model.Member;

/** Registers the metrics of the members, and of the replication lag to each. */
final class ClusterMetrics {

    private static final double MILLIS = 1e3;

    private final Membership membership;
    private final Replication replication;

    /** The metrics of those members. */
    ClusterMetrics(Membership membership, Replication replication) {
        this.membership = membership;
        this.replication = replication;
    }

    /** The metrics, which are read on demand. */
    void register(Metrics metrics) {
        metrics.gauge("kvs_cluster_members", "Nodes of the cluster by status, this node included.",
                "status", this::byStatus);
        metrics.gauge("kvs_replication_lag_seconds",
                "Time for which writes of a member may not have reached this node.", "member", this::lags);
        metrics.counter("kvs_replication_dropped_versions_total", "Live versions that were dropped:"
                + " all other members had purged them.", replication::dropped);
    }

    private Map<String, Long> byStatus() {
        Map<String, Long> counts = new TreeMap<>();
        List.of(Member.Status.values()).forEach(status -> counts.put(status.text(), 0L));
        membership.members().forEach(member -> counts.merge(member.status().text(), 1L, Long::sum));
        return counts;
    }

    private Map<String, Double> lags() {
        Map<String, Double> lags = new TreeMap<>();
        membership.members().forEach(member -> replication.lagMs(member.member().origin())
                .ifPresent(ms -> lags.merge(member.member().id(), ms / MILLIS, Math::max)));
        return lags;
    }
}
