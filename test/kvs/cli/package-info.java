/** Tests of {@code kvs.cli}. */
package kvs.cli;
