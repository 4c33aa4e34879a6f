/**
 * The metrics of a node.
 *
 * <pre>
 *   parts of the node ──counters, gauges, histograms──▶ Metrics ──▶ PrometheusText ──▶ /metrics
 * </pre>
 * {@code Metrics} is the list; parts register theirs where the node is wired. {@code PrometheusText} is the
 * format that collectors read (text, version 0.0.4).
 */
package kvs.metrics;
