/**
 * The wiring of one node: the only place where settings, store, cluster, accounts and gateway meet.
 *
 * <pre>
 *   Node: directory ─▶ store ─▶ accounts (AccessWiring) ─▶ cluster (ClusterWiring) ─▶ backups (BackupWiring)
 *         ─▶ gateway ─▶ NodeMetrics
 * </pre>
 * {@code Node} starts the parts in order and closes them in reverse. {@code Environment} holds the doors to
 * the machine; a test passes other ones. {@code LocalNodes} is the list of nodes that run on this machine.
 */
package kvs.node;
