/**
 * The command line: one file for each command, and the parts that commands share.
 *
 * <pre>
 *   Commands ─▶ ServeCommand (no name: starts a node), TokenCommand, ExportCommand, ImportCommand,
 *               BackupCommand, RestoreCommand, VerifyCommand, VerifyAuditLogCommand, RestampCommand,
 *               DocsCommand; HelpText
 *   shared      CommandContext (streams, variables, settings), Arguments, FileArgument, ProgressLine,
 *               NodeResolver (a node by URL or directory), NodeClients (of running nodes),
 *               AccountAdmin (of a running or a stopped node)
 * </pre>
 * A command returns its exit status: 0 done, 1 failed or faults found, 2 misused.
 */
package kvs.cli;
