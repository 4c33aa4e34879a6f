package kvs.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import kvs.client.ClientContext;
import kvs.client.Contexts;
import kvs.client.Endpoint;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.OutputFormat;
import kvs.command.ResultWriter;
import kvs.command.Row;
import kvs.command.ValueType;

/** The command {@code context}: lists the saved contexts, chooses one, or removes one. */
final class ContextCommand implements Command {

    private final Invocation invocation;
    private final Contexts contexts;

    ContextCommand(Invocation invocation) {
        this.invocation = invocation;
        this.contexts = new Contexts(invocation);
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("context", "list the saved contexts, choose one, or remove one")
                .form()
                .form(ArgumentSpec.choice("ls", List.of("ls"), "list them"))
                .form(ArgumentSpec.choice("use|rm", List.of("use", "rm"), "choose or remove it"),
                        ArgumentSpec.of("NAME", ValueType.CONTEXT, "the context"))
                .option(OptionSpec.choice(GlobalOptions.OUTPUT, List.of("table", "json", "ndjson", "raw"),
                        "the form of results").letter('o'))
                .note("The context in use has a star. No token is shown.")
                .example("kvs context", "all contexts")
                .example("kvs context use local", "the context of the commands from now on")
                .build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, IOException {
        String act = arguments.maybe(0).orElse("ls");
        switch (act) {
            case "use" -> {
                contexts.use(arguments.at(1));
                invocation.out().println("context '" + arguments.at(1) + "' is in use");
            }
            case "rm" -> {
                contexts.remove(arguments.at(1));
                invocation.out().println("context '" + arguments.at(1) + "' is removed");
            }
            default -> list(OutputFormat.of(arguments));
        }
        return ExitStatus.DONE;
    }

    private void list(OutputFormat format) throws MisuseException, IOException {
        Optional<String> current = contexts.current();
        try (ResultWriter results = new ResultWriter(invocation, format, true)) {
            for (String name : contexts.names()) {
                ClientContext context = contexts.read(name);
                boolean used = current.filter(name::equals).isPresent();
                String nodes = String.join(",", context.endpoints().stream().map(Endpoint::url).toList());
                results.add(new Row().text("name", name).flag("current", used, used ? "*" : "")
                        .text("nodes", context.directory().map(path -> "node in " + path).orElse(nodes))
                        .flag("token", context.token().isPresent(),
                                context.token().isPresent() ? "token" : ""));
            }
        }
    }
}
