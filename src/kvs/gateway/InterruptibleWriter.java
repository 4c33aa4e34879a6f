package kvs.gateway;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import kvs.http.Response;
import kvs.world.Clock;

/**
 * A response writer that another thread can cut. Closing the exchange would wait for the very reader that
 * does not read, when the response is sent in chunks; so the thread is interrupted, which closes its socket.
 * The interrupt must never hit it while it reads a file of the store (the JDK would close the file for all
 * threads): it is interrupted only inside {@link #moving}, where it touches only the socket, and the
 * interrupt flag is cleared before it leaves.
 *
 * <p>Thread-safe.
 */
final class InterruptibleWriter implements ResponseWriter {

    private static final int CHUNK_BYTES = 64 * 1_024;
    /**
     * A stream that fails to close: when that happens to the stream of an exchange, the server of the JDK
     * closes the connection.
     */
    private static final OutputStream ENDLESS = new OutputStream() {

        @Override
        public void write(int b) throws IOException {
            throw new IOException("the response was interrupted");
        }

        @Override
        public void close() throws IOException {
            throw new IOException("the response was interrupted");
        }
    };

    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread;
    private final Clock clock;
    /** Whether the thread is at the socket, and since when. Guarded by {@code lock}. */
    private boolean atSocket;
    private long sinceNanos;
    /** Whether only a part of the response was sent. Sending thread only. */
    private boolean part;

    InterruptibleWriter(Thread thread, Clock clock) {
        this.thread = thread;
        this.clock = clock;
    }

    @Override
    public void fields(HttpExchange exchange, Map<String, String> fields) {
        fields.forEach(exchange.getResponseHeaders()::set);
    }

    /** Runs {@code work}, during which this may be cut. Called by the sending thread. */
    @Override
    public void moving(SocketWork work) throws IOException {
        at(true);
        try {
            work.run();
        } catch (IndexOutOfBoundsException e) {
            // The server of the JDK drains a refused body, and takes the size of its chunk for a negative
            // number.
            throw new IOException("the response has no chunked body", e);
        } finally {
            at(false);
        }
    }

    /** {@code out}, with calls that may be cut. */
    @Override
    public OutputStream moving(OutputStream out) {
        return new OutputStream() {

            @Override
            public void write(int b) throws IOException {
                moving(() -> out.write(b));
            }

            @Override
            public void write(byte[] bytes, int from, int count) throws IOException {
                for (int done = 0; done < count; done += CHUNK_BYTES) {
                    int at = from + done;
                    int next = Math.min(CHUNK_BYTES, count - done);
                    moving(() -> out.write(bytes, at, next));
                }
            }

            @Override
            public void flush() throws IOException {
                moving(out::flush);
            }

            @Override
            public void close() throws IOException {
                moving(out::close);
            }
        };
    }

    @Override
    public void writeBody(HttpExchange exchange, Response.FullBody body) throws IOException {
        try (OutputStream out = moving(exchange.getResponseBody())) {
            body.writeTo(out);
        }
    }

    @Override
    public boolean events(HttpExchange exchange, int status, Response.EventBody events, Runnable ended)
            throws IOException {
        moving(() -> exchange.sendResponseHeaders(status, 0));
        OutputStream out = moving(exchange.getResponseBody());
        boolean whole = false;
        try {
            new ThreadEventSink(out, clock).run(events);
            out.close();
            whole = true;
        } finally {
            if (!whole) {
                part(exchange);
            }
        }
        return false;
    }

    /** Replaces the stream: closing the exchange would close its stream, and that writes the last chunk. */
    @Override
    public void part(HttpExchange exchange) {
        part = true;
        exchange.setStreams(null, ENDLESS);
    }

    boolean isPart() {
        return part;
    }

    /** Closes the connection when it has not moved for {@code ms}; whether it did. */
    boolean cutWhenStalled(long ms) {
        lock.lock();
        try {
            boolean stalled = atSocket && clock.nanos() - sinceNanos > TimeUnit.MILLISECONDS.toNanos(ms);
            if (stalled) {
                thread.interrupt();
            }
            return stalled;
        } finally {
            lock.unlock();
        }
    }

    private void at(boolean socket) {
        lock.lock();
        try {
            atSocket = socket;
            sinceNanos = clock.nanos();
            if (!socket) {
                Thread.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }
}
