package kvs.transfer;

import java.io.IOException;
import kvs.client.ClientRequest;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.RefusalReport;
import kvs.command.CommandException;
import kvs.json.JsonException;
import kvs.world.FailureText;

/**
 * The requests of a transfer to a cluster. A failure of the client is one of the transfer, which can be
 * continued: an {@code IOException}. One thread at a time.
 */
final class TransferRequests implements AutoCloseable {

    /** What was not done when a request fails. */
    static final String UNDONE = "the transfer was not completed";
    /** Attempts at a batch of which a busy node has stored only a part. */
    private static final int ATTEMPTS_MAX = 10;
    /** A node may take so long for a batch or a page before another one is asked. */
    private static final long REQUEST_MS = 60_000;

    private final ClusterClient client;

    TransferRequests(ClusterClient client) {
        this.client = client;
    }

    /** The response to a read. */
    ClientResponse get(String target) throws IOException {
        return send("GET", target, new byte[0]);
    }

    /** The response to a request, which may be done twice. */
    ClientResponse send(String method, String target, byte[] body) throws IOException {
        try {
            return client.send(ClientRequest.json(method, target, body, ClientRequest.Repeat.HARMLESS)
                    .waiting(REQUEST_MS), UNDONE);
        } catch (CommandException e) {
            throw new IOException(FailureText.text(e), e);
        }
    }

    /** The response itself, if it is no refusal. */
    static ClientResponse checked(ClientResponse answer) throws IOException {
        if (!answer.isGood()) {
            throw new IOException(FailureText.text(RefusalReport.of(UNDONE, answer)));
        }
        return answer;
    }

    /** The failure because a response is not one of a KVS node. */
    static IOException foreign(ClientResponse answer, JsonException failure) {
        return new IOException(FailureText.text(answer.foreign(failure)), failure);
    }

    /** Waits before the next attempt at a batch, of which {@code attempt} have failed. */
    void pause(int attempt, String why) throws IOException {
        if (attempt >= ATTEMPTS_MAX) {
            throw new IOException(UNDONE + ": " + why + " (" + attempt + " attempts)");
        }
        client.pause(attempt - 1);
    }

    @Override
    public void close() {
        client.close();
    }
}
