package kvs.cli;

import java.io.IOException;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClientSession;
import kvs.client.ClusterClient;
import kvs.client.Deadline;
import kvs.command.Arguments;
import kvs.command.Command;
import kvs.command.CommandException;
import kvs.command.CommandSpec;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.command.Style;
import kvs.command.ValueType;
import kvs.world.Logger;
import kvs.world.Threads;

/** The command {@code health}: a probe of one node, for containers and units that have no other client. */
final class HealthCommand implements Command {

    private static final int GOOD = 200;
    private static final long PAUSE_MS = 200;

    private final Invocation invocation;

    HealthCommand(Invocation invocation) {
        this.invocation = invocation;
    }

    @Override
    public CommandSpec spec() {
        return CommandSpec.named("health", "tell whether a node serves requests")
                .flag("--live", "only whether its process responds")
                .value("--wait", ValueType.DURATION, "try again for so long")
                .note("Asks the first node only, once, without --wait. It is ready when it serves reads and"
                        + " writes and has what the others have.")
                .example("kvs health", "the node of this machine; for HEALTHCHECK of a container")
                .example("kvs health --live --wait 60s", "wait for a start; for ExecStartPost of a unit")
                .status(ExitStatus.FAILED, "the node responds and is not ready")
                .usesCluster().build();
    }

    @Override
    public ExitStatus run(Arguments arguments) throws MisuseException, CommandException, IOException {
        Deadline deadline = Deadline.in(invocation.clock(), arguments.durationMs("--wait").orElse(0));
        while (true) {
            try {
                ClientResponse response = probe(arguments);
                if (response.status() == GOOD || deadline.leftMs() <= 0) {
                    return report(response);
                }
            } catch (CommandException e) {
                if (deadline.leftMs() <= 0 || e.status() != ExitStatus.UNREACHABLE) {
                    throw e;
                }
            }
            new Threads(Logger.none()).pause(PAUSE_MS);
        }
    }

    private ClientResponse probe(Arguments arguments) throws MisuseException, CommandException, IOException {
        try (ClusterClient client = ClientSession.of(invocation, arguments).client(invocation, arguments)) {
            return client.probe(ClientRequest.get(arguments.has("--live") ? "/health/live" : "/health/ready"),
                    "the node was not asked");
        }
    }

    private ExitStatus report(ClientResponse response) {
        invocation.out().println(Style.safe(response.member("status")) + "  " + response.endpoint());
        return response.status() == GOOD ? ExitStatus.DONE : ExitStatus.FAILED;
    }
}
