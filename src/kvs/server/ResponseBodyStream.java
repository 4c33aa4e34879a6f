package kvs.server;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * The body of a response: of an announced length, in chunks (RFC 9112, section 7.1), or up to the end of the
 * connection. On the loop it never waits; on another thread it gathers pieces of {@value #PIECE_BYTES} bytes
 * and waits while the client does not read. For one thread.
 */
final class ResponseBodyStream extends OutputStream {

    private static final int PIECE_BYTES = 16 * 1_024;
    /** Digits of a length and two line ends. */
    private static final int CHUNK_BYTES = 16;
    private static final byte[] LINE_END = {'\r', '\n'};
    private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final NioExchange exchange;
    private final Connection connection;
    private boolean begun;
    private boolean closed;
    private boolean chunked;
    private boolean toTheEnd;
    private long left;
    private byte[] gathered = {};
    private int count;
    /** Made when another thread hands over the first piece: most responses have none. */
    private Optional<BackPressure> backPressure = Optional.empty();

    ResponseBodyStream(NioExchange exchange, Connection connection) {
        this.exchange = exchange;
        this.connection = connection;
    }

    /** Begins the body with the framing that the head announced. */
    void begin(long length, boolean inChunks, boolean upToTheEnd) {
        begun = true;
        left = length;
        chunked = inChunks;
        toTheEnd = upToTheEnd;
    }

    /** Whether the announced body was written completely. */
    boolean isComplete() {
        return begun && (chunked || toTheEnd ? closed : left == 0 && count == 0);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (!begun || closed) {
            throw new IOException(begun ? "the body is closed" : "the response has not started");
        }
        boolean open = chunked || toTheEnd;
        if (!open && length > left) {
            throw new IOException("the body has more bytes than its Content-Length");
        }
        if (length == 0) {
            // A chunk of no bytes would be the last one.
            return;
        }
        if (exchange.onLoop()) {
            now(bytes, from, length);
        } else {
            gather(bytes, from, length);
        }
        // Only now: bytes that could not be kept, for want of memory, must not look as if they had been sent.
        left -= open ? 0 : length;
        if (!open && left == 0) {
            flush();
        }
    }

    /** Writes a complete body in pieces, which must not be modified any more. */
    void give(byte[]... pieces) throws IOException {
        long length = 0;
        for (byte[] piece : pieces) {
            length += piece.length;
        }
        boolean kept = !chunked && !toTheEnd && length == left && exchange.onLoop();
        for (byte[] piece : pieces) {
            if (kept) {
                connection.sender.send(piece);
            } else {
                write(piece, 0, piece.length);
            }
        }
        if (kept) {
            left = 0;
            connection.sender.flush();
        }
    }

    /**
     * Sends bytes of a body without a length, which must not be modified any more, on the loop; many
     * responses may share them.
     */
    void send(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        if (chunked) {
            connection.sender.send(size(bytes.length));
        }
        connection.sender.send(bytes);
        if (chunked) {
            connection.sender.send(LINE_END);
        }
        connection.sender.flush();
    }

    private void now(byte[] bytes, int from, int length) {
        if (chunked) {
            byte[] chunk = chunk(bytes, from, length);
            connection.sender.send(chunk);
            connection.sender.flush();
        } else {
            connection.sender.sendNow(bytes, from, length);
        }
    }

    private void gather(byte[] bytes, int from, int length) throws IOException {
        for (int done = 0; done < length; ) {
            if (gathered.length < PIECE_BYTES) {
                gathered = Arrays.copyOf(gathered,
                        (int) Math.min(PIECE_BYTES, Math.max(2L * gathered.length, count + length - done)));
            }
            int some = Math.min(length - done, gathered.length - count);
            System.arraycopy(bytes, from + done, gathered, count, some);
            count += some;
            done += some;
            if (count == PIECE_BYTES) {
                flush();
            }
        }
    }

    /** Hands over the gathered bytes. */
    @Override
    public void flush() throws IOException {
        if (count > 0) {
            byte[] piece = chunked ? chunk(gathered, 0, count) : Arrays.copyOf(gathered, count);
            count = 0;
            hand(piece);
        }
    }

    private void hand(byte[] piece) throws IOException {
        BackPressure created = backPressure.orElseGet(BackPressure::new);
        backPressure = Optional.of(created);
        created.hand(piece.length);
        if (!connection.turns.run(() -> connection.sender.stream(piece, created))) {
            throw new IOException("the server is stopped");
        }
    }

    @Override
    public void close() throws IOException {
        if (closed || !begun) {
            return;
        }
        flush();
        if (chunked && exchange.onLoop()) {
            connection.sender.send(LAST);
        } else if (chunked) {
            hand(LAST);
        }
        closed = true;
        exchange.close();
    }

    private static byte[] size(int length) {
        return (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] chunk(byte[] bytes, int from, int length) {
        byte[] size = size(length);
        byte[] chunk = new byte[size.length + length + 2];
        System.arraycopy(size, 0, chunk, 0, size.length);
        System.arraycopy(bytes, from, chunk, size.length, length);
        chunk[chunk.length - 2] = '\r';
        chunk[chunk.length - 1] = '\n';
        return chunk;
    }
}
