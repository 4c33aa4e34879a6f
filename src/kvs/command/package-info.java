/**
 * The framework of the command line: a command describes itself once, and from that description come the
 * parsing of its arguments, its help, the suggestions for typing mistakes, the completion of three shells and
 * the man page.
 *
 * <pre>
 *   CommandSpec ─┬▶ ArgumentParser ─▶ Arguments ─▶ Command.run ─▶ ExitStatus
 *   (forms,      ├▶ HelpPage, ManPage
 *    options,    └▶ BashCompletion, ZshCompletion, FishCompletion
 *    examples)
 *   output          ResultWriter (table, json, ndjson, raw), PrettyJson, Style, Progress
 *   surroundings    Invocation: streams, environment variables, and doors
 * </pre>
 *
 * <p>Failures: {@code MisuseException} for wrong arguments, {@code CommandException} with an exit status for
 * everything that a command could not do. Results go to the standard output, everything else to the standard
 * error output. Nothing here knows a node or a data directory.
 */
package kvs.command;
