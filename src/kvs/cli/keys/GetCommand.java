package kvs.cli.keys;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.PrettyJson;
import kvs.command.TimeText;
import kvs.command.ValueType;
import kvs.http.PercentEncoding;

/** The command {@code get}: prints a document. */
public final class GetCommand implements Command {

    private final Invocation invocation;

    /** The command, for one run of the program. */
    public GetCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("get", "print a document")
                .form(ArgumentSpec.of("KEY", ValueType.KEY, "the key, as in users/john"))
                .option(OptionSpec.of("--field", ValueType.TEXT,
                        "only a part of it, as in .age or .tags[0]; a"
                        + " text is printed without its quotes").shown(".NAME"))
                .value("--at", ValueType.TIME, "the version that was current then")
                .option(OptionSpec.of("--revision", ValueType.TEXT, "that version, as far as it is kept")
                        .shown("ID"))
                .note("On a terminal the document is indented; elsewhere it is printed byte for byte. -o json"
                        + " prints it with its id and time.")
                .example("kvs get users/john", "the document")
                .example("kvs get users/john --field .age", "a member of it")
                .example("kvs get users/john --at 2h-ago", "as it was two hours ago")
                .status(ExitStatus.ABSENT, "the key, the version or the field does not exist")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        KeyPath key = KeyPath.key(arguments.at(0));
        Optional<String> output = arguments.option(GlobalOptions.OUTPUT);
        boolean enveloped = output.filter(format -> format.endsWith("json")).isPresent();
        String target = key.target() + query(arguments, enveloped);
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments)) {
            ClientResponse response = client.ask(ClientRequest.get(target), key + " was not read");
            byte[] body = arguments.option("--field").isEmpty() ? response.body()
                    : FieldPath.of(arguments.option("--field").get()).in(response.body(), key);
            print(body, output);
        }
        return ExitStatus.DONE;
    }

    private String query(Arguments arguments, boolean enveloped) throws MisuseException {
        Optional<String> at = arguments.option("--at");
        Optional<String> revision = arguments.option("--revision");
        if (at.isPresent() && revision.isPresent()) {
            throw new MisuseException("--at and --revision exclude each other");
        }
        if (enveloped && arguments.option("--field").isPresent()) {
            throw new MisuseException("--field prints a part of the document: leave out --output");
        }
        String which = at.isPresent()
                ? "at=" + TimeText.parse("--at", at.get(), invocation.clock().wallMs())
                : revision.map(id -> "revision=" + PercentEncoding.encode(id)).orElse("");
        String form = enveloped ? "" : "raw";
        String both = which + (which.isEmpty() || form.isEmpty() ? "" : "&") + form;
        return both.isEmpty() ? "" : "?" + both;
    }

    private void print(byte[] body, Optional<String> output) throws IOException {
        boolean pretty = output.isEmpty() && invocation.isTerminal()
                || output.filter(format -> format.equals("table") || format.equals("json")).isPresent();
        byte[] text = pretty ? (PrettyJson.of(body, invocation.style())
                + "\n").getBytes(StandardCharsets.UTF_8)
                : body;
        invocation.raw().write(text);
        invocation.raw().flush();
    }
}
