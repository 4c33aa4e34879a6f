package kvs.server;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/** A client that sends what it is told, byte for byte, and reads answers by the rules. For one thread. */
final class RawClient implements AutoCloseable {

    private final Socket socket;
    private final InputStream in;

    RawClient(InetSocketAddress to, InetAddress from) throws IOException {
        this(to, from, Optional.empty());
    }

    /** A client over TLS if there is a {@code tls}; its handshake begins with its first byte. */
    RawClient(InetSocketAddress to, InetAddress from, Optional<SSLContext> tls) throws IOException {
        Socket plain = new Socket(to.getAddress(), to.getPort(), from, 0);
        plain.setSoTimeout(TestServer.TIMEOUT_MS);
        plain.setTcpNoDelay(true);
        this.socket = tls.isEmpty() ? plain : tls.get().getSocketFactory()
                .createSocket(plain, to.getHostString(), to.getPort(), true);
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    Socket socket() {
        return socket;
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        return this;
    }

    /** Sends no more. */
    RawClient end() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** One answer, head and decoded body; a body without a length goes to the end. */
    String answer() throws IOException {
        String head = head();
        boolean empty = head.matches("(?s)HTTP/1.1 (1..|204|304) .*");
        return head + new String(empty ? new byte[0] : body(head), StandardCharsets.ISO_8859_1);
    }

    /** The head of an answer. */
    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) one());
        }
        return head.toString();
    }

    private byte[] body(String head) throws IOException {
        String length = field(head, "content-length");
        if (!length.isEmpty()) {
            byte[] body = in.readNBytes(Integer.parseInt(length));
            if (body.length < Integer.parseInt(length)) {
                throw new IOException("cut after " + body.length + " of " + length + " bytes");
            }
            return body;
        }
        return field(head, "transfer-encoding").equals("chunked") ? chunks() : in.readAllBytes();
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        byte[] chunk = next();
        while (chunk.length > 0) {
            body.write(chunk);
            chunk = next();
        }
        return body.toByteArray();
    }

    private byte[] next() throws IOException {
        int size = Integer.parseInt(line(), 16);
        byte[] chunk = in.readNBytes(size);
        if (chunk.length < size || !line().isEmpty()) {
            throw new IOException("cut inside a chunk");
        }
        return chunk;
    }

    /** The next chunk of a body whose head was read; empty for the last one. */
    String chunk() throws IOException {
        return new String(next(), StandardCharsets.ISO_8859_1);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.indexOf("\r\n") < 0) {
            line.append((char) one());
        }
        return line.substring(0, line.length() - 2);
    }

    private int one() throws IOException {
        int b = in.read();
        if (b < 0) {
            throw new IOException("the connection ended");
        }
        return b;
    }

    static String field(String head, String name) {
        return head.lines().filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip()).findFirst().orElse("");
    }

    /** Everything up to the end; nothing after a reset. */
    String all() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            in.transferTo(all);
        } catch (SocketException | SSLException reset) {
            all.write(new byte[0]);
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** Whether the connection has ended, in whatever way, and nothing came before. */
    boolean ended() throws IOException {
        return all().isEmpty();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
