/**
 * Who somebody is, and what they may do: users, groups, tokens and the metadata of paths, stored under reserved keys ({@code AccountKeys}), so
 * that they are durable and replicate like every document.
 *
 * <p>A credential becomes a {@code Principal} ({@code Auth.bearer}, {@code Tokens}, {@code Jwt}). What a caller may do in one state of the store is
 * asked of {@code EffectiveRights}: it finds the metadata in force ({@code MetadataResolver}, from the records of {@code
 * MetadataSlot}), and asks the rule of bits, {@code PermissionRule}, and the rules of who may overrule whom, {@code
 * AccessRules}. Reads ask it with the root that they look at, writes with the transaction that writes, so no
 * change of rights slips between.
 *
 * <p>Administrators, the owner of a subtree and each user have a record of their own on a path, so in no
 * order of arrival does the last writer win against a lock. {@code MetadataChange} decides what is written,
 * {@code OwnershipTransfer} what changes hands with a subtree.
 *
 * <p>Changes are transactions of the store's writer ({@code AccountTransactions}); who may make them is decided there too, where others could have changed
 * something meanwhile. Only hashes of tokens are stored. Removals are keys of their own that nothing overwrites.
 *
 * <p>There is no HTTP in here: what the API calls these things is decided in {@code kvs.http}.
 */
package kvs.auth;
