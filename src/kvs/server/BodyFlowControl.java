package kvs.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * The delivery of a request's body to its handler: input is read only while the handler waits for a part of
 * the body, and the client has a time limit for that part. Belongs to its loop.
 */
final class BodyFlowControl {

    private static final byte[] GO_ON = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Connection connection;
    private final BodyReceiver bodyReceiver;
    private final ConnectionDeadline deadline;

    /** The delivery in a connection with {@code deadline}. */
    BodyFlowControl(Connection connection, ConnectionDeadline deadline) {
        this.connection = connection;
        this.bodyReceiver = connection.bodyReceiver;
        this.deadline = deadline;
    }

    /** Requests a part of the body for a handler, which completes {@code whole} now or later. */
    void want(Predicate<BodyReceiver> request, CompletableFuture<byte[]> whole) {
        if (!connection.mayDeliver() || !request.test(bodyReceiver)) {
            whole.completeExceptionally(new IOException("the request has no such body"));
            return;
        }
        if (!(bodyReceiver.ready() || connection.readBuffer.left() > 0) || !take()) {
            deadline.body();
            if (bodyReceiver.takeContinue()) {
                connection.sender.send(GO_ON);
                connection.sender.flush();
            }
            connection.socket.reads(true);
        }
    }

    /** Takes received bytes; whether nothing more is waited for. Only the body's own bytes earn time. */
    boolean take() {
        int count = bodyReceiver.take(connection.readBuffer);
        if (!connection.turns.stepping()) {
            connection.readBuffer.keep();
        }
        if (bodyReceiver.fault().isPresent()) {
            connection.failed(bodyReceiver.fault().get());
        } else if (bodyReceiver.ready()) {
            deadline.never();
            bodyReceiver.deliver();
        } else {
            deadline.earn(count);
            return false;
        }
        return true;
    }
}
