package kvs.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.command.ArgumentParser;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.HelpPage;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.Style;
import kvs.model.NameSuggestion;
import kvs.world.FailureText;
import kvs.world.NativeEncodingCheck;
import kvs.world.PathCheck;

/**
 * The command line: finds the command that the arguments name, reads its arguments, runs it, and reports what
 * prevents it. One run, one thread.
 */
public final class CommandLine {

    private final Invocation invocation;
    private final Commands commands;
    private final PrintStream err;
    private Optional<Command> ran = Optional.empty();

    /** The command line of one run of the program. */
    public CommandLine(Invocation invocation) {
        this.invocation = invocation;
        this.commands = new Commands(invocation);
        this.err = invocation.err();
    }

    /** Runs the command of these arguments. */
    public ExitStatus run(List<String> given) {
        List<String> args = GlobalOptions.moved(given);
        String first = args.isEmpty() ? "" : args.get(0);
        if (List.of("--help", "-h").contains(first)) {
            args = new ArrayList<>(args);
            args.set(0, "help");
            first = "help";
        }
        if (first.equals("--version")) {
            invocation.out().println("kvs " + invocation.version());
            return ExitStatus.DONE;
        }
        Optional<Command> command = commands.command(first);
        if (command.isPresent()) {
            return run(command.get(), args.subList(1, args.size()));
        }
        return isNode(args) ? run(new ServeCommand(invocation), args) : unknown(first);
    }

    /** The number for the operating system after a run that returned {@code status}. */
    public int code(ExitStatus status) {
        return ran.map(command -> command.code(status)).orElse(status.code());
    }

    /**
     * Whether arguments that begin with no command start a node: with options, or the file of its settings.
     */
    public static boolean isNode(List<String> args) {
        String first = args.isEmpty() ? "" : args.get(0);
        return first.isEmpty() || first.startsWith("-") || first.contains(".") || first.contains("/")
                || PathCheck.isFile(Path.of(first));
    }

    private ExitStatus unknown(String name) {
        err.println("kvs: there is no command '" + name + "'" + NameSuggestion.hint(name, commands.names()));
        err.println("kvs: 'kvs help' lists the commands");
        return ExitStatus.MISUSED;
    }

    private ExitStatus run(Command command, List<String> args) {
        CommandSpec spec = command.spec();
        try {
            Arguments arguments = ArgumentParser.parse(spec, args);
            if (arguments.has(GlobalOptions.HELP)) {
                invocation.out().print(spec.name().isEmpty() ? HelpPage.all(commands) : HelpPage.of(spec));
                return ExitStatus.DONE;
            }
            ran = Optional.of(command);
            return command.run(arguments);
        } catch (InvalidPathException e) {
            report(NativeEncodingCheck.unusable(e));
            return ExitStatus.MISUSED;
        } catch (MisuseException e) {
            report(FailureText.text(e));
            err.println("usage: " + String.join("\n       ", spec.usage()));
            return ExitStatus.MISUSED;
        } catch (CommandException e) {
            report(FailureText.text(e));
            return e.status();
        } catch (IOException e) {
            report(FailureText.text(e));
            return ExitStatus.FAILED;
        } finally {
            invocation.out().flush();
        }
    }

    /** Prints what prevents the command; the text may be that of a server. */
    private void report(String failure) {
        err.println("kvs: " + Style.safe(failure));
    }
}
