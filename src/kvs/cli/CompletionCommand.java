package kvs.cli;

import java.util.List;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.BashCompletion;
import kvs.command.Command;
import kvs.command.CommandSpec;
import kvs.command.CommandTable;
import kvs.command.ExitStatus;
import kvs.command.FishCompletion;
import kvs.command.Invocation;
import kvs.command.ManPage;
import kvs.command.ZshCompletion;

/** The command {@code completion}: prints what a shell, or man, needs to know of all commands. */
final class CompletionCommand implements Command {

    private final Invocation invocation;
    private final CommandTable table;

    CompletionCommand(Invocation invocation, CommandTable table) {
        this.invocation = invocation;
        this.table = table;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("completion", "print the completion of the command line for a shell")
                .form(ArgumentSpec.choice("SHELL", List.of("bash", "zsh", "fish", "man"),
                        "the shell; man is the page of the man command"))
                .example("source <(kvs completion bash)", "complete commands, options and keys with Tab")
                .build();
    }

    @Override
    public ExitStatus run(Arguments arguments) {
        invocation.out().print(switch (arguments.at(0)) {
            case "bash" -> BashCompletion.of(table);
            case "zsh" -> ZshCompletion.of(table);
            case "fish" -> FishCompletion.of(table);
            default -> ManPage.of(table);
        });
        return ExitStatus.DONE;
    }
}
