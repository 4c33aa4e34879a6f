/**
 * The doors of {@code kvs.world} without a world: time that is set, chance with a seed, a disk in memory that
 * fails and loses power on demand. A run with the same seed does the same, call for call.
 */
package kvs.sim;
