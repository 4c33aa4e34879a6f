/**
 * The commands on keys and documents of a running cluster: one file for each. They know the API of a node,
 * and nothing of its files.
 *
 * <pre>
 *   documents   PutCommand, GetCommand, LsCommand, TreeCommand, EditCommand, RmCommand
 *   changes     WatchCommand, WaitCommand; ChangeStream survives the death of a node
 *   history     HistoryCommand, DiffCommand, KeyRestore, ConflictsCommand, ResolveCommand
 *   shared      KeyPath (a key or prefix as people type it), RevisionName (a version by a part of its id),
 *               KeyListing and ListedKey, Revisions and Revision, FieldPath, DocumentDiff, UserNames
 * </pre>
 * The result goes to the standard output in the form that {@code --output} names; everything else goes to the
 * standard error output.
 */
package kvs.cli.keys;
