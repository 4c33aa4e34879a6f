/** Tests of {@code kvs.command}. */
package kvs.command;
