package kvs.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import kvs.client.ClientContext;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.Contexts;
import kvs.client.Endpoint;
import kvs.client.LocalNode;
import kvs.client.RefusalReport;
import kvs.command.ArgumentSpec;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.Style;
import kvs.command.ValueType;
import kvs.world.TerminalDevice;

/** The command {@code login}: saves a way to a cluster as a context, after it was tried. */
final class LoginCommand implements Command {

    private static final String LOCAL = "local";
    private static final int TOKEN_MAX = 10_000;

    private final Invocation invocation;

    LoginCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("login", "save the nodes of a cluster and a token as a context")
                .form(ArgumentSpec.of("URL,...", ValueType.URL, "the nodes; the default is the node on this"
                        + " machine").optional())
                .note("On the machine of a node nothing is asked: its admin token is read each time where the"
                        + " node keeps it. Elsewhere the token is asked for and not shown, or read from"
                        + " --token-file, KVS_TOKEN or the standard input. --context names the context.")
                .example("kvs login", "the node on this machine")
                .example("kvs login https://a:8080,b:8080 --ca ca.pem", "a cluster")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        if (arguments.option(GlobalOptions.ENDPOINT).isPresent()) {
            throw new MisuseException("name the nodes without --endpoint: kvs login URL,...");
        }
        ClientContext context = context(arguments);
        String name = arguments.option(GlobalOptions.CONTEXT).orElse(context.directory().isPresent() ? LOCAL
                : context.endpoints().get(0).host().replace(':', '-'));
        Contexts.checked(name);
        try (ClusterClient client = ClientSession.of(invocation, arguments, context)
                .client(invocation, arguments)) {
            ClientResponse response = client.send(ClientRequest.get("/auth/whoami"), "nothing was saved");
            boolean open = response.member("reason").equals("auth_disabled");
            if (!open && !response.isGood()) {
                throw RefusalReport.of("nothing was saved", response);
            }
            new Contexts(invocation).write(name, context);
            invocation.out().println(Style.safe(who(response, context) + " at "
                    + response.endpoint() + " (" + response.node() + "); context '" + name + "' written"));
        }
        return ExitStatus.DONE;
    }

    private static String who(ClientResponse response, ClientContext context) {
        boolean own = context.directory().isPresent() && context.token().isEmpty();
        return response.member("reason").equals("auth_disabled") ? "everybody" : own ? "admin"
                : response.member("nickname");
    }

    /** The context that the arguments describe; on the machine of the node it names the directory alone. */
    private ClientContext context(Arguments arguments) throws MisuseException, CommandException, IOException {
        Optional<String> urls = arguments.maybe(0);
        Optional<String> given = ClientSession.token(invocation, arguments);
        List<Endpoint> endpoints = urls.isEmpty() ? List.of() : Endpoint.list(urls.get());
        Optional<LocalNode> local = urls.isEmpty() ? Optional.of(LocalNode.only(invocation))
                : endpoints.size() > 1 || given.isPresent() ? Optional.empty()
                : LocalNode.at(invocation, endpoints.get(0));
        if (local.isPresent()) {
            if (given.isPresent()) {
                local.get().checkToken(invocation);
            }
            return new ClientContext(List.of(), given, Optional.empty(),
                    Optional.of(local.get().directory()));
        }
        Optional<String> file = arguments.option(GlobalOptions.CA);
        Optional<String> ca = file.isEmpty() ? Optional.empty()
                : Optional.of(invocation.files().text(file.get())
                        .orElseThrow(() -> new MisuseException("there is no file " + file.get())));
        return new ClientContext(endpoints, given.isPresent() ? given : asked(endpoints), ca,
                Optional.empty());
    }

    /** The token that a person types, or that comes by the standard input; an empty one is none. */
    private Optional<String> asked(List<Endpoint> endpoints) throws MisuseException, IOException {
        boolean person = invocation.terminal().has(TerminalDevice.Stream.IN);
        String text = person ? invocation.terminal().readHidden("Token for " + endpoints.get(0) + ": ")
                .orElse("")
                : new String(invocation.in().readNBytes(TOKEN_MAX), StandardCharsets.UTF_8);
        String token = text.strip();
        return token.isEmpty() ? Optional.empty()
                : Optional.of(ClientSession.checked(token, "that"));
    }
}
