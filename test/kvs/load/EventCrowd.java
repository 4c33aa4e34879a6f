package kvs.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Many readers of event streams, on the thread of the test. */
public final class EventCrowd implements AutoCloseable {

    /** The end of an event, which is an object in one line. */
    private static final byte[] EVENT = "}\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final int BUFFER_BYTES = 256 * 1_024;
    private static final int HEAD_CHARS = 2_000;
    private static final long STEP_MS = 50;

    private final Selector selector = Selector.open();
    private final List<Reader> readers = new ArrayList<>();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

    /** One reader. */
    public static final class Reader {

        private final SocketChannel socket;
        private final SelectionKey key;
        private final StringBuilder head = new StringBuilder();
        private final boolean keeps;
        private int matched;
        private long events;
        private long bytes;
        private boolean ended;

        private Reader(SocketChannel socket, SelectionKey key, boolean keeps) {
            this.socket = socket;
            this.key = key;
            this.keeps = keeps;
        }

        /** Events that have come. */
        public long events() {
            return events;
        }

        public long bytes() {
            return bytes;
        }

        public boolean ended() {
            return ended;
        }

        /** Whether the head has come. */
        public boolean opened() {
            return head.indexOf("\r\n\r\n") >= 0;
        }

        /** What has come: all of it when the reader keeps it, else its begin. */
        public String text() {
            return head.toString();
        }

        /** Reads no more, or again. */
        public void reads(boolean wanted) {
            key.interestOps(wanted ? SelectionKey.OP_READ : 0);
        }

        /** Goes away, perhaps by a {@code reset}. */
        public void leave(boolean reset) throws IOException {
            ended = true;
            if (reset) {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
            socket.close();
        }

        private void take(ByteBuffer in) {
            bytes += in.remaining();
            while (in.hasRemaining()) {
                byte b = in.get();
                if (keeps || head.length() < HEAD_CHARS) {
                    head.append((char) b);
                }
                matched = b == EVENT[matched] ? matched + 1 : b == EVENT[0] ? 1 : 0;
                if (matched == EVENT.length) {
                    events++;
                    matched = 0;
                }
            }
        }
    }

    public EventCrowd() throws IOException { }

    /** One more reader; {@code keeps} all that comes. */
    public Reader add(InetSocketAddress address, String request, boolean keeps) throws IOException {
        return add(address, request, keeps, BUFFER_BYTES);
    }

    /** The same with a buffer of that size for what it has not read. */
    public Reader add(InetSocketAddress address, String request, boolean keeps, int receiveBytes)
            throws IOException {
        SocketChannel socket = SocketChannel.open();
        socket.setOption(StandardSocketOptions.SO_RCVBUF, receiveBytes);
        socket.connect(address);
        socket.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        socket.configureBlocking(false);
        SelectionKey key = socket.register(selector, SelectionKey.OP_READ);
        Reader reader = new Reader(socket, key, keeps);
        key.attach(reader);
        readers.add(reader);
        return reader;
    }

    public List<Reader> readers() {
        return readers;
    }

    /** Reads until all are {@code done}; whether they are, in time. */
    public boolean await(long ms, Predicate<Reader> done) throws IOException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        while (!readers.stream().allMatch(done)) {
            if (System.nanoTime() - until > 0) {
                return false;
            }
            step(STEP_MS);
        }
        return true;
    }

    /** The same for one of them. */
    public boolean awaitOne(long ms, Reader reader, Predicate<Reader> done) throws IOException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        while (!done.test(reader)) {
            if (System.nanoTime() - until > 0) {
                return false;
            }
            step(STEP_MS);
        }
        return true;
    }

    /** Reads what comes within {@code ms}. */
    public void readFor(long ms) throws IOException {
        await(ms, reader -> false);
    }

    private void step(long ms) throws IOException {
        selector.select(this::read, ms);
    }

    private void read(SelectionKey key) {
        Reader reader = (Reader) key.attachment();
        try {
            buffer.clear();
            int count = reader.socket.read(buffer);
            if (count < 0) {
                reader.ended = true;
                key.cancel();
            }
            reader.take(buffer.flip());
        } catch (IOException reset) {
            reader.ended = true;
            key.cancel();
        }
    }

    @Override
    public void close() throws IOException {
        for (Reader reader : readers) {
            reader.socket.close();
        }
        selector.close();
    }
}
