/** Tests of {@code kvs.client}. */
package kvs.client;
