package kvs.client;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.OptionSpec;
import kvs.command.ValueType;

/**
 * The choice of one node for a command that acts on a node and not on the cluster: the only one that is
 * named, or the one of {@code --node}. Such a request must never go on at another node. One thread.
 */
public final class NodeSelection {

    /** The option that chooses a node of the context. */
    public static final OptionSpec NODE = OptionSpec.of("--node", ValueType.TEXT,
            "the node, by its id or address, when several are named").shown("ID");

    private final Invocation invocation;
    private final Arguments arguments;
    private final ClientSession session;

    /** The choice among the nodes that the arguments and the surroundings name. */
    public NodeSelection(Invocation invocation, Arguments arguments)
            throws MisuseException, CommandException, IOException {
        this.invocation = invocation;
        this.arguments = arguments;
        this.session = ClientSession.of(invocation, arguments);
    }

    /** The nodes, each as a way of its own, in their order. */
    public List<ClientSession> all() {
        return session.each();
    }

    /** A client of the chosen node alone. */
    public ClusterClient client() throws MisuseException, CommandException {
        return chosen().client(invocation, arguments);
    }

    private ClientSession chosen() throws MisuseException, CommandException {
        Optional<String> name = arguments.option(NODE.name());
        List<ClientSession> all = all();
        if (name.isEmpty()) {
            if (all.size() > 1) {
                throw new MisuseException("nothing was done: this concerns one node, and "
                        + all.size() + " are named. Choose one by --node ID");
            }
            return all.get(0);
        }
        List<String> silent = new ArrayList<>();
        for (ClientSession one : all) {
            if (isCalled(one, name.get(), silent)) {
                return one;
            }
        }
        throw new CommandException(silent.isEmpty() ? ExitStatus.ABSENT : ExitStatus.UNREACHABLE,
                "nothing was done: none of the named nodes is " + name.get() + (silent.isEmpty() ? ""
                : ", and no node responds at " + String.join(", ", silent))
                + ". 'kvs members ls' lists the nodes; name one by --endpoint URL");
    }

    private boolean isCalled(ClientSession one, String name, List<String> silent) {
        Endpoint endpoint = one.endpoints().get(0);
        if (List.of(endpoint.url(), endpoint.authority()).contains(name)) {
            return true;
        }
        try (ClusterClient client = one.client(invocation, arguments)) {
            return client.probe(ClientRequest.get("/health/live"), "").node().equals(name);
        } catch (CommandException unreachable) {
            silent.add(endpoint.url());
            return false;
        }
    }
}
