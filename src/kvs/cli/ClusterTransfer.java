package kvs.cli;

import java.io.IOException;
import java.util.List;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.Deadline;
import kvs.client.RefusalReport;
import kvs.client.RetryBackoff;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.GlobalOptions;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.transfer.RemoteEndpoint;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.Threads;

/** A transfer from or to a cluster: whichever node serves a request is the node. */
final class ClusterTransfer {

    /** Bound of the first request, as long as no node has responded. */
    private static final long FIRST_MS = 10_000;
    private static final int UNAUTHORIZED = 401;

    private ClusterTransfer() { }

    /**
     * The endpoint for the cluster of the context.
     *
     * @throws CommandException when no node responds, or the token is not valid
     */
    static RemoteEndpoint endpoint(Invocation invocation, Arguments arguments, String undone)
            throws MisuseException, CommandException, IOException {
        ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments,
                RetryBackoff.transfer());
        try {
            ClientResponse response = client.send(ClientRequest.get("/kv/_range?limit=1"), undone,
                    Deadline.in(invocation.clock(), FIRST_MS));
            if (response.status() == UNAUTHORIZED) {
                throw RefusalReport.of(undone, response);
            }
        } catch (CommandException e) {
            client.close();
            throw e;
        }
        return endpoint(client);
    }

    /** The endpoint behind a client, which it closes. */
    static RemoteEndpoint endpoint(ClusterClient client) {
        Threads threads = new Threads(Logger.none());
        return new RemoteEndpoint(client, Clock.REAL,
                work -> threads.thread("kvs-transfer", true, work).start());
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
}
