package kvs.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.RefusalReport;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.GlobalOptions;
import kvs.command.MisuseException;
import kvs.transfer.NodeClient;
import kvs.transfer.RemoteEndpoint;
import kvs.world.Clock;
import kvs.world.FailureText;
import kvs.world.Logger;
import kvs.world.Network;
import kvs.world.Threads;

/**
 * The network of a transfer from or to a cluster: whichever node serves a request is the node. All requests
 * of a transfer may be repeated. One thread at a time.
 */
final class ClusterNetwork implements Network {

    private static final int UNAUTHORIZED = 401;

    private final ClusterClient client;

    private ClusterNetwork(ClusterClient client) {
        this.client = client;
    }

    /**
     * The endpoint for a cluster, which closes the client.
     *
     * @throws CommandException when no node responds, or the token is not valid
     */
    static RemoteEndpoint endpoint(ClusterClient client, String undone) throws CommandException {
        try {
            ClientResponse response = client.send(ClientRequest.get("/kv/_range?limit=1"), undone);
            if (response.status() == UNAUTHORIZED) {
                throw RefusalReport.of(undone, response);
            }
        } catch (CommandException e) {
            client.close();
            throw e;
        }
        NodeClient.NodeAddress address = new NodeClient.NodeAddress(client.endpoint().authority(),
                Optional.empty());
        Threads threads = new Threads(Logger.none());
        return new RemoteEndpoint(new NodeClient(new ClusterNetwork(client), address, Clock.REAL,
                threads::pause), work -> threads.thread("kvs-transfer", true, work).start());
    }

    /** Refuses the options that choose nodes or a token when a node is named, which would ignore them. */
    static void refuseOptions(Arguments arguments, String name) throws MisuseException {
        for (String option : List.of(GlobalOptions.ENDPOINT, GlobalOptions.CONTEXT, GlobalOptions.TOKEN_FILE,
                GlobalOptions.CA)) {
            if (arguments.option(option).isPresent()) {
                throw new MisuseException(option + " is for the cluster of a context: leave out " + name
                        + ", or " + option);
            }
        }
    }

    @Override
    public CompletionStage<Reply> send(Call call, Bounds bounds) {
        ClientRequest request = new ClientRequest(call.method(), call.target(), call.headers(), call.body(),
                ClientRequest.Repeat.HARMLESS, bounds.deadlineMs());
        try {
            ClientResponse response = client.send(request, "nothing was done");
            return CompletableFuture.completedFuture(
                    new NetworkResponse(response.status(), response.headers(), response.body()));
        } catch (CommandException e) {
            return CompletableFuture.completedFuture(new NoResponse(FailureText.text(e)));
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
