/** Tests of {@code kvs.world}: real doors and their simulated twins keep the same promises. */
package kvs.world;
