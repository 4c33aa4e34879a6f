package kvs.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * The bytes of a connection in records of TLS (RFC 8446; RFC 5246 for 1.2). Its engine begins with the first
 * byte of the client, so a connection that never speaks costs none.
 * <pre>
 *          0x16                    both have finished
 *   NEW ─────────▶ HANDSHAKE ─────────────────────────▶ OPEN
 *    │ a letter     │   ▲ on a loop                       a renegotiation, a flood: closed
 *    ▼              ▼   │ on a thread of the pool
 *  FOREIGN         works()
 * </pre>
 * All complete records that were read are opened at once, and no more is read than fits: what is kept between
 * two reads is less than a record, so that a selector that sees no input is right. What is sealed and not
 * taken by the socket is kept too, of {@value #UNSENT_BYTES} bytes at most; until it is sent nothing else is
 * sealed. {@link TlsRecordLimiter} bounds what a client sends. Belongs to its loop.
 */
final class TlsTransport implements Transport {

    /** First byte of a record of a handshake. */
    private static final int HANDSHAKE_RECORD = 22;
    static final int UNSENT_BYTES = 64 * 1_024;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final byte[] NONE = {};

    private final SocketChannel channel;
    private final Loop loop;
    private final TlsHandshakes handshakes;
    /** Called by any thread after a slow step. */
    private final Runnable wake;
    private final TlsBuffers buffers;
    private Optional<SSLEngine> engine = Optional.empty();
    private Stage stage = Stage.NEW;
    /** While another thread works, it belongs to that. */
    private HandshakeStatus status = HandshakeStatus.NOT_HANDSHAKING;
    /** An incomplete record, or all that came while another thread works. */
    private byte[] kept = NONE;
    private ByteBuffer unsent = NOTHING;
    private final TlsRecordLimiter limiter = new TlsRecordLimiter();
    private boolean outputEnded;
    /** Written by the thread of a slow step before it wakes this. */
    private volatile boolean works;
    private volatile boolean stepBroke;

    TlsTransport(SocketChannel channel, Loop loop, TlsHandshakes handshakes, Runnable wake) {
        this.channel = channel;
        this.loop = loop;
        this.handshakes = handshakes;
        this.wake = wake;
        this.buffers = loop.tls();
    }

    @Override
    public Stage stage() {
        return stage;
    }

    @Override
    public int unsent() {
        return unsent.remaining();
    }

    @Override
    public int kept() {
        return kept.length;
    }

    @Override
    public boolean works() {
        return works;
    }

    @Override
    public int read(int most) throws IOException {
        if (works) {
            return 0;
        }
        if (stepBroke) {
            throw new IOException("a step of the handshake failed");
        }
        ByteBuffer received = buffers.received.clear().put(kept);
        received.limit(Math.min(received.capacity(), Math.max(most, TlsRecordLimiter.RECORD_BYTES)));
        int count = channel.read(received);
        received.flip();
        if (stage == Stage.FOREIGN || outputEnded) {
            return Math.min(count, 0);
        }
        if (stage == Stage.NEW && received.hasRemaining()) {
            begin(received.get(0));
        }
        int content = stage == Stage.HANDSHAKE || stage == Stage.OPEN ? open(received) : 0;
        return count < 0 && content == 0 && !works ? -1 : content;
    }

    /** Begins a handshake, unless the client sends the first letter of a request without TLS. */
    private void begin(byte first) throws IOException {
        if (Parser.token(first)) {
            stage = Stage.FOREIGN;
            return;
        }
        if (first != HANDSHAKE_RECORD) {
            throw new IOException("the first byte is neither of TLS nor of HTTP");
        }
        SSLEngine made = handshakes.engine();
        made.beginHandshake();
        engine = Optional.of(made);
        stage = Stage.HANDSHAKE;
        status = made.getHandshakeStatus();
    }

    /** Opens all complete records; the number of bytes of their content. */
    private int open(ByteBuffer received) throws IOException {
        ByteBuffer plain = buffers.plain.clear();
        try {
            boolean more = true;
            while (more) {
                more = advance(received, plain);
            }
        } catch (IOException | RuntimeException refused) {
            throw broken(refused);
        } finally {
            keep(received);
        }
        return plain.position();
    }

    /** Does what the engine needs next; whether it may need more. */
    private boolean advance(ByteBuffer received, ByteBuffer plain) throws IOException {
        boolean more = switch (status) {
            case NEED_TASK -> delegate();
            case NEED_WRAP -> answer();
            case NEED_UNWRAP, NEED_UNWRAP_AGAIN, FINISHED, NOT_HANDSHAKING -> unwrap(received, plain);
        };
        if (!works && stage == Stage.HANDSHAKE && status == HandshakeStatus.NOT_HANDSHAKING
                && !engine.orElseThrow().isInboundDone()) {
            stage = Stage.OPEN;
            handshakes.completed();
        }
        return more;
    }

    private boolean unwrap(ByteBuffer received, ByteBuffer plain) throws IOException {
        if (!TlsRecordLimiter.isComplete(received)) {
            return false;
        }
        SSLEngineResult result = engine.orElseThrow().unwrap(received, plain);
        follow(result);
        limiter.take(result.bytesProduced());
        return switch (result.getStatus()) {
            case OK -> true;
            case CLOSED -> {
                // A selector then sees the end, and each read gives it, as if the client had closed its side.
                channel.shutdownInput();
                yield false;
            }
            case BUFFER_OVERFLOW, BUFFER_UNDERFLOW -> throw new IOException("a record does not fit");
        };
    }

    private void follow(SSLEngineResult result) {
        status = result.getHandshakeStatus() == HandshakeStatus.FINISHED
                ? engine.orElseThrow().getHandshakeStatus() : result.getHandshakeStatus();
    }

    /** Lets another thread take a slow step. Once HTTP passes, only a renegotiation would need one. */
    private boolean delegate() throws IOException {
        if (stage == Stage.OPEN) {
            throw new IOException("keys are agreed on once in a connection");
        }
        works = true;
        try {
            handshakes.execute(this::step);
        } catch (RejectedExecutionException full) {
            works = false;
            throw new IOException("too many handshakes wait", full);
        }
        return false;
    }

    private void step() {
        boolean whole = false;
        try {
            SSLEngine working = engine.orElseThrow();
            Runnable task = working.getDelegatedTask();
            while (task != null) {
                task.run();
                task = working.getDelegatedTask();
            }
            status = working.getHandshakeStatus();
            whole = status != HandshakeStatus.NEED_TASK;
        } finally {
            stepBroke = !whole;
            works = false;
            wake.run();
        }
    }

    /** Seals and sends what the engine has to say. */
    private boolean answer() throws IOException {
        ByteBuffer sealed = buffers.sealed.clear();
        boolean open = true;
        while (open && status == HandshakeStatus.NEED_WRAP && hasRoom(sealed)) {
            SSLEngineResult result = engine.orElseThrow().wrap(NOTHING.duplicate(), sealed);
            follow(result);
            open = result.getStatus() == SSLEngineResult.Status.OK;
        }
        send(sealed.flip());
        return open;
    }

    private static boolean hasRoom(ByteBuffer sealed) {
        return sealed.remaining() >= TlsRecordLimiter.RECORD_BYTES;
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        if (stage == Stage.FOREIGN) {
            return channel.write(bytes);
        }
        if (!flush()) {
            return 0;
        }
        int from = bytes.position();
        ByteBuffer sealed = buffers.sealed.clear();
        while (bytes.hasRemaining() && hasRoom(sealed)) {
            if (engine.orElseThrow().wrap(bytes, sealed).getStatus() != SSLEngineResult.Status.OK) {
                throw new IOException("the client has ended the connection");
            }
        }
        send(sealed.flip());
        return bytes.position() - from;
    }

    /** Whether nothing waits for the socket any more. */
    private boolean flush() throws IOException {
        if (unsent.hasRemaining()) {
            channel.write(unsent);
        }
        if (unsent.hasRemaining()) {
            return false;
        }
        unsent = NOTHING;
        return true;
    }

    private void send(ByteBuffer sealed) throws IOException {
        if (sealed.hasRemaining() && flush()) {
            channel.write(sealed);
        }
        if (sealed.hasRemaining()) {
            int count = unsent.remaining() + sealed.remaining();
            if (count > UNSENT_BYTES) {
                throw new IOException("the client does not read");
            }
            unsent = ByteBuffer.allocate(count).put(unsent).put(sealed).flip();
        }
    }

    /** Keeps what is not opened yet. */
    private void keep(ByteBuffer received) {
        int before = kept.length;
        kept = received.hasRemaining() ? Arrays.copyOfRange(received.array(), received.position(),
                received.limit()) : NONE;
        loop.hold(kept.length - before);
    }

    /** The failure of a connection; its client is sent the reason that TLS has for it, if it takes that. */
    private IOException broken(Exception refused) {
        handshakes.debug(refused, channel.socket().getInetAddress());
        IOException failure = new IOException("TLS failed", refused);
        try {
            seal();
        } catch (IOException | RuntimeException second) {
            failure.addSuppressed(second);
        }
        return failure;
    }

    /** Sends the last words of the engine, if the socket takes them. */
    private void seal() throws IOException {
        if (unsent.hasRemaining() || works || engine.isEmpty()) {
            return;
        }
        ByteBuffer sealed = buffers.sealed.clear();
        boolean open = true;
        while (open && engine.get().getHandshakeStatus() == HandshakeStatus.NEED_WRAP && hasRoom(sealed)) {
            open = engine.get().wrap(NOTHING.duplicate(), sealed).getStatus() == SSLEngineResult.Status.OK;
        }
        channel.write(sealed.flip());
    }

    /** Says by {@code close_notify} that all was sent. */
    private void sayEnd() throws IOException {
        outputEnded = true;
        if (engine.isPresent() && !works) {
            engine.get().closeOutbound();
            seal();
        }
    }

    @Override
    public void end() throws IOException {
        sayEnd();
        channel.shutdownOutput();
    }

    @Override
    public void close(boolean regular) throws IOException {
        try {
            if (stage == Stage.HANDSHAKE) {
                handshakes.broke();
            } else if (regular && stage == Stage.OPEN && !outputEnded) {
                sayEnd();
            }
        } finally {
            loop.hold(-kept.length);
            kept = NONE;
            unsent = NOTHING;
        }
    }
}
