/** Tests of {@code kvs.model}. */
package kvs.model;
