package kvs.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kvs.api.Manual;
import kvs.config.Spelling;

/** The command {@code docs}: prints a page of the manual as it is, in Markdown; without a name the index. */
final class DocsCommand implements Command {

    private final CommandContext context;

    DocsCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public int run(List<String> args) throws Arguments.MisuseException, IOException {
        String name = Arguments.parse(args, Set.of(), Set.of()).one("page").orElse(Manual.INDEX);
        Optional<byte[]> page = Manual.page(name);
        if (page.isEmpty()) {
            List<String> names = Manual.names();
            throw new Arguments.MisuseException("the manual has no page '" + name + "'; did you mean '"
                    + Spelling.nearest(name, names) + "'? The pages are " + String.join(", ", names));
        }
        context.raw().write(page.get());
        context.raw().flush();
        return DONE;
    }
}
