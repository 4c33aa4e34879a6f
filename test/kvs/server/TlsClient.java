package kvs.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client that speaks TLS, and lies on the line below it. For one thread. */
final class TlsClient implements AutoCloseable {

    private final Line line;
    private final SSLSocket socket;

    /** A socket that TLS above it does not end. */
    private static final class Line extends Socket {

        Line(InetSocketAddress to) throws IOException {
            super(to.getAddress(), to.getPort());
        }

        @Override
        public void shutdownOutput() {
            // The other side must see the end by what TLS says.
        }

        void end() throws IOException {
            super.shutdownOutput();
        }
    }

    /** Connects; no byte is sent yet. */
    TlsClient(InetSocketAddress to, SSLContext trust, String... protocols) throws IOException {
        this.line = new Line(to);
        line.setSoTimeout(TestServer.TIMEOUT_MS);
        line.setTcpNoDelay(true);
        this.socket = (SSLSocket) trust.getSocketFactory()
                .createSocket(line, "127.0.0.1", to.getPort(), true);
        if (protocols.length > 0) {
            socket.setEnabledProtocols(protocols);
        }
    }

    /** Its socket with TLS. */
    SSLSocket socket() {
        return socket;
    }

    /** Offers these protocols above TLS. */
    TlsClient offers(String... names) {
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(names);
        socket.setSSLParameters(parameters);
        return this;
    }

    /** Agrees on keys; the second time in TLS 1.2 by a renegotiation, in TLS 1.3 by an update. */
    TlsClient agree() throws IOException {
        socket.startHandshake();
        return this;
    }

    TlsClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Reads so many bytes, or up to the end. */
    byte[] read(int count) throws IOException {
        return socket.getInputStream().readNBytes(count);
    }

    /** The response to a request for a path of {@link TlsTransportTest}, which has three letters of body. */
    String get(String path) throws IOException {
        send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0 || text.length() < text.indexOf("\r\n\r\n") + 7) {
            byte[] one = read(1);
            if (one.length == 0) {
                throw new IOException("ended after: " + text);
            }
            text.append((char) one[0]);
        }
        return text.toString();
    }

    /** Sends bytes below TLS. */
    TlsClient raw(byte[] bytes) throws IOException {
        line.getOutputStream().write(bytes);
        return this;
    }

    /** Sends no more below TLS. */
    TlsClient endRaw() throws IOException {
        line.end();
        return this;
    }

    /** All that comes below TLS, up to the end of the connection. */
    byte[] allRaw() throws IOException {
        try {
            return line.getInputStream().readAllBytes();
        } catch (java.net.SocketException reset) {
            return new byte[0];
        }
    }

    /** Whether the connection has ended, in whatever way. */
    boolean ended() throws IOException {
        try {
            return socket.getInputStream().readAllBytes().length == 0;
        } catch (SSLException | java.net.SocketException reset) {
            return true;
        }
    }

    /** Ends the connection below TLS; by a reset if {@code hard}. */
    void drop(boolean hard) throws IOException {
        line.setSoLinger(hard, 0);
        line.close();
    }

    /** The first record of a client. */
    static byte[] hello(SSLContext trust) throws IOException {
        SSLEngine engine = trust.createSSLEngine("127.0.0.1", 1);
        engine.setUseClientMode(true);
        ByteBuffer record = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), record);
        return Arrays.copyOf(record.array(), record.position());
    }

    @Override
    public void close() throws IOException {
        line.close();
    }
}
