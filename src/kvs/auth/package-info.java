/**
 * Authentication and access: users, groups, tokens and the metadata of paths, stored under reserved keys
 * ({@code AccountKeys}), so that they are durable and replicate like every document.
 *
 * <p>A credential becomes a {@code Principal} ({@code Auth.bearer}, {@code TokenVerifier}, {@code Jwt}).
 * {@code EffectiveRights} decides the rights of a caller in one state of the store: it resolves the metadata
 * in force ({@code MetadataResolver}, from the records of {@code MetadataKey}), and applies the rule of
 * bits, {@code PermissionBitsEvaluator}, and the rules of precedence between authors, {@code AccessRules}.
 * Reads use the root that they read, writes the transaction that writes, so no change of rights slips
 * between.
 *
 * <p>Administrators, the owner of a subtree and each user have a record of their own on a path, so in no
 * order of arrival does the last writer win against a lock. {@code MetadataUpdater} decides the records of a
 * change, {@code OwnershipTransfer} those that move with a subtree.
 *
 * <p>Changes are transactions of the store's writer ({@code AccountTransactions}); the caller's rights are
 * checked there too, because other changes may have been made meanwhile. Only hashes of tokens are stored.
 * Removals are keys of their own that nothing overwrites.
 *
 * <p>There is no HTTP in here: the names of the API are decided in {@code kvs.api}.
 */
package kvs.auth;
