/**
 * The command line: the table of all commands, and the commands that work on the machine of a node.
 *
 * <pre>
 *   CommandLine ─▶ Commands (the table) ─▶ a Command: describes itself, runs, returns an ExitStatus
 *   help        HelpCommand, DocsCommand, CompletionCommand
 *   the way     LoginCommand, ContextCommand
 *   files       ServeCommand (no name: starts a node), TokenCommand, ExportCommand, ImportCommand,
 *               BackupCommand, RestoreCommand, VerifyCommand, VerifyAuditLogCommand, RestampCommand
 *   shared      LocalCommand, NodeEnvironments (settings of a node), FileArgument,
 *               NodeResolver (a node by URL or directory), NodeSessionFactory, ClusterTransfer,
 *               AccountAdmin (of a running or a stopped node)
 * </pre>
 * The commands on keys are in {@code kvs.cli.keys}, those for programs in {@code kvs.cli.programs}, those on
 * rights in {@code kvs.cli.access}, those on nodes in {@code kvs.cli.operation}; what all commands share is
 * in {@code kvs.command}, the way to a cluster in {@code kvs.client}.
 */
package kvs.cli;
