/** Tests of {@code kvs.config}. */
package kvs.config;
