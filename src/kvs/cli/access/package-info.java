/**
 * The commands on rights and accounts, by the API: one file for each.
 *
 * <p>{@code Accounts} finds users and groups by their names, {@code PathMetadata} is the metadata of a path.
 * The old form of {@code token}, which also works without a running node, is in {@code kvs.cli}.
 */
package kvs.cli.access;
