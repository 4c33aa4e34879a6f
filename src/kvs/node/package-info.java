/**
 * The wiring of one node: the only place where settings, store, cluster, accounts and gateway meet.
 *
 * <pre>
 *   Node: directory ─▶ store (StorageSettingsFactory) ─▶ tamper log (AccessWiring)         openData
 *         ─▶ documents (DocumentWiring) ─▶ port (ServerWiring) ─▶ cluster (ClusterWiring)
 *         ─▶ accounts (AccessWiring) ─▶ backups (BackupWiring) ─▶ health (HealthWiring)     connect
 *         ─▶ stages and routes (gateway)                                                    pipeline
 *         ─▶ NodeMetrics ─▶ requests are read
 * </pre>
 * {@code Node} starts the parts in order and closes them in reverse. {@code Environment} holds the doors to
 * the machine; a test passes other ones. {@code LocalNodes} of {@code kvs.client} is the list of nodes
 * that run on this machine.
 * {@code OfflineNode} opens the store, accounts and audit log of a stopped node for a command.
 * {@code ClusterWiring} has a {@code MembersFile}, an {@code AccountAgreementWait} and
 * {@code ClusterMetrics}.
 */
package kvs.node;
