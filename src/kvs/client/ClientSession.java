package kvs.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import javax.net.ssl.SSLContext;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.Style;
import kvs.tls.TlsContexts;
import kvs.world.ByteOrderMark;
import kvs.world.FailureText;
import kvs.world.Logger;
import kvs.world.SocketConnections;
import kvs.world.Threads;

/**
 * The way of a command to its cluster. The nodes are those of {@code --endpoint}, of {@code KVS_ENDPOINT}, of
 * the saved context, or the node on this machine, in this order. The token is that of {@code --token-file},
 * of {@code KVS_TOKEN}, of the context if its nodes are used, or the admin token of a node on this machine.
 *
 * @param endpoints the nodes, at least one
 * @param cluster the nodes with which they share the position: the same ones, or more
 * @param token the token; empty for none
 * @param ca the trusted certificates, PEM; empty for those of the JDK
 * @param caFile the file of them, for curl lines; empty for none
 * @param local the node on this machine that is asked; empty for another one
 */
public record ClientSession(List<Endpoint> endpoints, List<Endpoint> cluster, Optional<String> token,
        Optional<String> ca, String caFile, Optional<LocalNode> local) {

    /** The environment variable with the token. */
    public static final String TOKEN = "KVS_TOKEN";
    private static final String ENDPOINT = "KVS_ENDPOINT";
    private static final long TIMEOUT_MS = 10_000;
    private static final int TOKEN_MAX = 8_192;

    /** The way that the arguments and the surroundings name. */
    public static ClientSession of(Invocation invocation, Arguments arguments)
            throws MisuseException, CommandException, IOException {
        Optional<String> given = arguments.option(GlobalOptions.ENDPOINT)
                .or(() -> arguments.option(GlobalOptions.CONTEXT).isPresent() ? Optional.empty()
                        : invocation.variable(ENDPOINT));
        return of(invocation, arguments, given, context(invocation, arguments, given.isPresent()));
    }

    /** The way of a context, which need not be saved. */
    public static ClientSession of(Invocation invocation, Arguments arguments, ClientContext context)
            throws MisuseException, CommandException, IOException {
        return of(invocation, arguments, Optional.empty(), Optional.of(context));
    }

    private static ClientSession of(Invocation invocation, Arguments arguments, Optional<String> given,
            Optional<ClientContext> context) throws MisuseException, CommandException, IOException {
        Optional<LocalNode> local = local(invocation, given, context);
        List<Endpoint> endpoints = given.isPresent() ? Endpoint.list(given.get())
                : context.isPresent() && !context.get().endpoints().isEmpty() ? context.get().endpoints()
                : List.of(local.orElseThrow().endpoint());
        Optional<String> token = token(invocation, arguments);
        if (token.isEmpty()) {
            token = context.flatMap(ClientContext::token).or(() -> local.flatMap(LocalNode::token));
        } else if (given.isEmpty() && context.isEmpty()) {
            local.orElseThrow().checkToken(invocation);
        }
        String file = arguments.option(GlobalOptions.CA).orElse("");
        Optional<String> ca = file.isEmpty() ? context.flatMap(ClientContext::ca)
                : Optional.of(text(invocation, file));
        return new ClientSession(endpoints, endpoints, token, ca, file, local);
    }

    /** The context that is used; one that is not asked for is not looked at. */
    private static Optional<ClientContext> context(Invocation invocation, Arguments arguments,
            boolean endpointGiven) throws MisuseException, IOException {
        Contexts contexts = new Contexts(invocation);
        Optional<String> name = arguments.option(GlobalOptions.CONTEXT);
        if (name.isEmpty() && !endpointGiven) {
            name = contexts.current();
        }
        return name.isEmpty() ? Optional.empty() : Optional.of(contexts.read(name.get()));
    }

    private static Optional<LocalNode> local(Invocation invocation, Optional<String> given,
            Optional<ClientContext> context) throws MisuseException, CommandException, IOException {
        if (given.isPresent()) {
            List<Endpoint> endpoints = Endpoint.list(given.get());
            return endpoints.size() > 1 ? Optional.empty() : LocalNode.at(invocation, endpoints.get(0));
        }
        if (context.isEmpty()) {
            return Optional.of(LocalNode.only(invocation));
        }
        if (context.get().directory().isEmpty()) {
            return Optional.empty();
        }
        String directory = context.get().directory().get();
        return Optional.of(LocalNode.in(invocation, directory).orElseThrow(() -> new CommandException(
                ExitStatus.UNREACHABLE, "no node runs in " + directory
                        + ", which the context names. Start it, or choose another context by 'kvs"
                        + " context'")));
    }

    /** The token of the arguments or of the environment, checked; it is never shown. */
    public static Optional<String> token(Invocation invocation, Arguments arguments)
            throws MisuseException, IOException {
        Optional<String> file = arguments.option(GlobalOptions.TOKEN_FILE);
        if (file.isPresent()) {
            return Optional.of(checked(text(invocation, file.get()).strip(), file.get()));
        }
        return token(invocation);
    }

    /** The token of the environment, checked; it is never shown. */
    public static Optional<String> token(Invocation invocation) throws MisuseException {
        Optional<String> variable = invocation.variable(TOKEN);
        return variable.isEmpty() ? Optional.empty()
                : Optional.of(checked(ByteOrderMark.skipped(variable.get()), TOKEN));
    }

    /** A token from {@code source}, if a header can have it. */
    public static String checked(String token, String source) throws MisuseException {
        boolean bad = token.isEmpty() || token.length() > TOKEN_MAX;
        for (int i = 0; !bad && i < token.length(); i++) {
            bad = token.charAt(i) <= ' ' || token.charAt(i) >= 0x7f;
        }
        if (bad) {
            throw new MisuseException(source + " is not a token: it has a space, a line end or another"
                    + " character that a header cannot have, or is too long. Copy the token again");
        }
        return token;
    }

    private static String text(Invocation invocation, String file) throws MisuseException, IOException {
        return invocation.files().text(file)
                .orElseThrow(() -> new MisuseException("there is no file " + file));
    }

    /** The ways to each of the nodes alone, for what only one node knows. */
    public List<ClientSession> each() {
        return endpoints.stream().map(List::of)
                .map(one -> new ClientSession(one, one, token, ca, caFile, local)).toList();
    }

    /** The same for writes: these ways share the position of all nodes, so that later commands see them. */
    public List<ClientSession> eachWriting() {
        return endpoints.stream()
                .map(one -> new ClientSession(List.of(one), cluster, token, ca, caFile, local)).toList();
    }

    /** A client of these nodes. */
    public ClusterClient client(Invocation invocation, Arguments arguments) {
        return client(invocation, arguments, TIMEOUT_MS);
    }

    /** A client of these nodes whose requests take at most {@code timeoutMs} if no other time is given. */
    public ClusterClient client(Invocation invocation, Arguments arguments, long timeoutMs) {
        return client(invocation, arguments, RetryBackoff.person(timeoutMs));
    }

    /** A client of these nodes with that patience, if no other time is given. */
    public ClusterClient client(Invocation invocation, Arguments arguments, RetryBackoff patience) {
        boolean quiet = arguments.has(GlobalOptions.QUIET);
        ClusterClient.Behaviour behaviour = new ClusterClient.Behaviour(
                new SocketConnections(() -> tls(invocation)), invocation.clock(),
                new Threads(Logger.none())::pause,
                patience.within(arguments.durationMs(GlobalOptions.TIMEOUT).orElse(patience.timeoutMs())),
                line -> note(invocation, quiet && !line.startsWith("curl "), line),
                arguments.has(GlobalOptions.VERBOSE));
        return new ClusterClient(new ClusterClient.Access(endpoints, token, caFile), behaviour,
                new PositionFile(invocation.files(), stateFile(invocation)),
                arguments.has(GlobalOptions.STALE));
    }

    private static void note(Invocation invocation, boolean dropped, String line) {
        if (!dropped) {
            invocation.err().println(Style.safe(line.startsWith("curl ") ? line : "kvs: " + line));
        }
    }

    /** The file of the position in this cluster: its name is a sum of the addresses. */
    private String stateFile(Invocation invocation) {
        CRC32C sum = new CRC32C();
        for (Endpoint endpoint : cluster.stream().sorted(Comparator.comparing(Endpoint::url))
                .toList()) {
            sum.update((endpoint.url() + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return Contexts.root(invocation, "XDG_STATE_HOME", ".local/state") + "/position-"
                + HexFormat.of().toHexDigits((int) sum.getValue());
    }

    private SSLContext tls(Invocation invocation) throws IOException {
        try {
            if (ca.isPresent()) {
                return TlsContexts.trusting(ca.get());
            }
            return local.isPresent() ? TlsContexts.pinned(LocalNodes.certificate(invocation.files(),
                    local.get().directory(), "")) : TlsContexts.jdkDefault();
        } catch (TlsContexts.TlsException e) {
            throw new IOException(FailureText.text(e), e);
        }
    }
}
