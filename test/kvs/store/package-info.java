/**
 * Tests of {@code kvs.store}, on the disk of {@code kvs.sim}: every crash point, every failing call, every
 * rotten byte.
 */
package kvs.store;
