package kvs.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * The delivery of a request's body to its handler: input is read only while the handler waits for a part of
 * the body, and the client has a time limit for that part. Belongs to its loop.
 */
final class BodyDelivery {

    private static final byte[] GO_ON = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Connection connection;
    private final BodyReceiver upload;
    private final Deadline deadline;
    private final long bodyMs;

    /** The delivery in a connection with {@code deadline}; {@code bodyMs} is the time for a part. */
    BodyDelivery(Connection connection, Deadline deadline, long bodyMs) {
        this.connection = connection;
        this.upload = connection.upload;
        this.deadline = deadline;
        this.bodyMs = bodyMs;
    }

    /** Requests a part of the body for a handler, which completes {@code whole} now or later. */
    void want(Predicate<BodyReceiver> wish, CompletableFuture<byte[]> whole) {
        if (!connection.mayDeliver() || !wish.test(upload)) {
            whole.completeExceptionally(new IOException("there is no such body"));
            return;
        }
        if (!(upload.ready() || connection.incoming.left() > 0) || !take()) {
            deadline.in(bodyMs);
            if (upload.welcome()) {
                connection.sender.send(GO_ON);
                connection.sender.flush();
            }
            connection.link.reads(true);
        }
    }

    /** Takes received bytes; whether nothing more is waited for. Only the body's own bytes earn time. */
    boolean take() {
        int count = upload.take(connection.incoming);
        if (!connection.turns.stepping()) {
            connection.incoming.keep();
        }
        if (upload.fault().isPresent()) {
            connection.failed(upload.fault().get());
        } else if (upload.ready()) {
            deadline.never();
            upload.deliver();
        } else {
            deadline.earn(count);
            return false;
        }
        return true;
    }
}
