/**
 * The command line: one file for each group of commands, and the parts that commands share: arguments, help,
 * and the accounts of a running or a stopped node. A command returns its exit status: 0 done, 1 failed, 2
 * misused.
 *
 * <pre>
 *   backup restore verify   BackupCommand        export import   TransferCommand       token   TokenCommand
 *   restamp                 RestampCommand       verify-log      VerifyLogCommand      --help  HelpText
 * </pre>
 */
package kvs.cli;
