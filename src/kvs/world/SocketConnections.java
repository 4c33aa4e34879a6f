package kvs.world;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Connections by plain sockets: a program that sends one request starts with them in a tenth of the time that
 * {@code java.net.http} takes.
 */
public final class SocketConnections implements ByteConnections {

    private final TlsSource tls;

    /** The source of the trusted certificates, asked at the first encrypted connection. */
    @FunctionalInterface
    public interface TlsSource {

        /** The context of TLS. */
        SSLContext context() throws IOException;
    }

    private record OpenSocket(Socket socket) implements ByteConnection {

        @Override
        public InputStream in() throws IOException {
            return socket.getInputStream();
        }

        @Override
        public OutputStream out() throws IOException {
            return socket.getOutputStream();
        }

        @Override
        public void readTimeout(long ms) throws IOException {
            socket.setSoTimeout((int) Math.max(1, Math.min(Integer.MAX_VALUE, ms)));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Connections that trust what {@code tls} says. */
    public SocketConnections(TlsSource tls) {
        this.tls = tls;
    }

    @Override
    public ByteConnection open(Peer peer, boolean secure, long timeoutMs) throws IOException {
        int bound = (int) Math.max(1, Math.min(Integer.MAX_VALUE, timeoutMs));
        InetSocketAddress address = new InetSocketAddress(peer.host(), peer.port());
        if (address.isUnresolved()) {
            throw new UnknownHostException(peer.host());
        }
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(address, bound);
            socket.setSoTimeout(bound);
            return new OpenSocket(secure ? encrypted(socket, peer) : socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private Socket encrypted(Socket socket, Peer peer) throws IOException {
        SSLSocket encrypted = (SSLSocket) tls.context().getSocketFactory()
                .createSocket(socket, peer.host(), peer.port(), true);
        SSLParameters parameters = encrypted.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        encrypted.setSSLParameters(parameters);
        encrypted.startHandshake();
        return encrypted;
    }
}
