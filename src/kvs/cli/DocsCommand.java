package kvs.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import kvs.api.Manual;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.ValueType;
import kvs.model.NameSuggestion;

/** The command {@code docs}: prints a page of the manual as it is, in Markdown; without a name the index. */
final class DocsCommand implements LocalCommand {

    private final Invocation invocation;

    DocsCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("docs", "print a page of the manual, in Markdown; the default is the index")
                .form(ArgumentSpec.of("PAGE", ValueType.PAGE, "the name of the page").optional())
                .flag("--names", "print the names of all pages")
                .example("kvs docs tour", "what KVS can do, in five minutes")
                .build();
    }

    @Override
    public ExitStatus runHere(Arguments arguments) throws MisuseException, IOException {
        if (arguments.has("--names")) {
            Manual.names().forEach(invocation.out()::println);
            return ExitStatus.DONE;
        }
        String name = arguments.maybe(0).orElse(Manual.INDEX);
        Optional<byte[]> page = Manual.page(name);
        if (page.isEmpty()) {
            List<String> names = Manual.names();
            throw new MisuseException("the manual has no page '" + name + "'; did you mean '"
                    + NameSuggestion.nearest(name, names) + "'? The pages are " + String.join(", ", names));
        }
        invocation.raw().write(page.get());
        invocation.raw().flush();
        return ExitStatus.DONE;
    }
}
