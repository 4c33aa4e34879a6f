/**
 * The health of a node, as operators see it.
 *
 * <pre>
 *   parts of the node ──their problems──▶ HealthRegistry ──▶ /health, the metric kvs_problems, the log
 * </pre>
 * {@code HealthRegistry} is the one list: a problem appears within seconds and disappears a minute after its
 * cause. {@code FreeSpaceProbe} reads the free space of the disk, {@code FilePermissionCheck} finds files
 * that others on the machine may read or change.
 */
package kvs.health;
