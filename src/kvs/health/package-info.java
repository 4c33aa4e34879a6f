/**
 * The health of a node, as operators see it.
 *
 * <pre>
 *   parts of the node ──their problems──▶ HealthRegistry ──▶ /health, the metric kvs_problems, the log
 * </pre>
 * {@code HealthRegistry} is the one list: a problem comes within seconds and goes a minute after its cause. {@code FreeSpaceProbe} looks at the
 * disk, {@code FilePermissionCheck} at files that others on the machine may read or change.
 */
package kvs.health;
