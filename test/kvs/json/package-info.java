/** Tests of {@code kvs.json}. */
package kvs.json;
