package kvs.cli;

import java.util.Optional;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandSpec;
import kvs.command.CommandTable;
import kvs.command.ExitStatus;
import kvs.command.HelpPage;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.ValueType;
import kvs.model.NameSuggestion;

/** The command {@code help}: lists all commands, or explains one. */
final class HelpCommand implements Command {

    private final Invocation invocation;
    private final CommandTable table;

    HelpCommand(Invocation invocation, CommandTable table) {
        this.invocation = invocation;
        this.table = table;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("help", "list all commands, or explain one")
                .form(ArgumentSpec.of("COMMAND", ValueType.COMMAND, "the command").optional())
                .flag("--names", "print the names of all commands")
                .example("kvs help get", "the same as kvs get --help")
                .build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException {
        if (arguments.has("--names")) {
            table.names().forEach(invocation.out()::println);
            return ExitStatus.DONE;
        }
        if (arguments.rest().isEmpty()) {
            invocation.out().print(HelpPage.all(table));
            return ExitStatus.DONE;
        }
        String name = arguments.at(0);
        Optional<Command> command = table.command(name);
        if (command.isEmpty()) {
            throw new MisuseException("there is no command '" + name + "'"
                    + NameSuggestion.hint(name, table.names()));
        }
        invocation.out().print(HelpPage.of(command.get().spec()));
        return ExitStatus.DONE;
    }
}
