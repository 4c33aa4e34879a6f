package kvs.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import kvs.world.FailureText;

/**
 * The body of a request as a stream: reads pieces on demand, and waits for them when it is not on the loop.
 * For one thread.
 */
final class RequestBodyStream extends InputStream {

    private static final int PIECE_BYTES = 64 * 1_024;

    private final NioExchange exchange;
    private final boolean chunked;
    private long left;
    private byte[] piece = {};
    private int at;

    RequestBodyStream(NioExchange exchange, Framing framing) {
        this.exchange = exchange;
        this.chunked = framing.chunked();
        this.left = chunked ? Long.MAX_VALUE : framing.length();
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int count) throws IOException {
        if (at == piece.length && left == 0) {
            return -1;
        }
        if (at == piece.length) {
            piece = next((int) Math.min(left, PIECE_BYTES));
            left = chunked && piece.length == 0 ? 0 : left - piece.length;
            at = 0;
        }
        if (piece.length == 0) {
            return -1;
        }
        int taken = Math.min(count, piece.length - at);
        System.arraycopy(piece, at, bytes, from, taken);
        at += taken;
        return taken;
    }

    private byte[] next(int bytes) throws IOException {
        CompletableFuture<byte[]> pendingMessage = (chunked ? exchange.some(bytes) : exchange.body(bytes))
                .toCompletableFuture();
        if (exchange.onLoop() && !pendingMessage.isDone()) {
            throw new IOException("a loop must not wait for a body");
        }
        try {
            return pendingMessage.get();
        } catch (ExecutionException e) {
            throw new IOException(FailureText.text(e.getCause()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        }
    }
}
