/**
 * The commands on rights and accounts, by the API: one file for each.
 *
 * <p>{@code Accounts} finds users and groups by their names, {@code PathMetadata} is the metadata of a path.
 * A name that several users have is refused with their ids, never guessed. The rules are those of
 * {@code kvs.auth}; nothing here decides a right.
 *
 * <p>The old form of {@code token}, which also works without a running node, is in {@code kvs.cli}.
 */
package kvs.cli.access;
