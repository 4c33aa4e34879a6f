package kvs.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

/**
 * The responses of one server on one connection.
 *
 * @param from the client's end
 * @param text all bytes of the responses
 * @param hung whether the connection was not closed in time
 */
record ServerTranscript(InetSocketAddress from, String text, boolean hung) {

    private static final int TIMEOUT_MS = 20_000;
    private static final Pattern HEAD = Pattern.compile("(?s)HTTP/1.1 ([0-9]{3})[^\r\n]*\r\n(.*?)\r\n\r\n");
    private static final Pattern LENGTH = Pattern.compile("(?i)(?:^|\n)content-length: *([0-9]+)");
    private static final Pattern CLOSE = Pattern.compile("(?i)(?:^|\n)connection: *close");

    /**
     * One response.
     *
     * @param closes whether it announces the end of the connection
     */
    record Answer(int status, boolean closes) { }

    /** Sends {@code bytes}, cut in two at {@code cut}, then no more, and reads until the end. */
    static ServerTranscript of(InetSocketAddress server, InetAddress from, byte[] bytes, int cut)
            throws IOException {
        return of(new Socket(server.getAddress(), server.getPort(), from, 0), bytes, cut);
    }

    /** The same over TLS. */
    static ServerTranscript of(InetSocketAddress server, SSLContext tls, byte[] bytes, int cut)
            throws IOException {
        return of(tls.getSocketFactory().createSocket(server.getAddress(), server.getPort()), bytes, cut);
    }

    private static ServerTranscript of(Socket connected, byte[] bytes, int cut) throws IOException {
        try (Socket socket = connected) {
            socket.setSoTimeout(TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            InetSocketAddress own = (InetSocketAddress) socket.getLocalSocketAddress();
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            try {
                socket.getOutputStream().write(bytes, 0, cut);
                socket.getOutputStream().write(bytes, cut, bytes.length - cut);
                socket.shutdownOutput();
            } catch (SocketException | SSLException closed) {
                all.reset();
            }
            try {
                socket.getInputStream().transferTo(all);
            } catch (SocketException | SSLException reset) {
                return new ServerTranscript(own, all.toString(StandardCharsets.ISO_8859_1), false);
            } catch (SocketTimeoutException never) {
                return new ServerTranscript(own, all.toString(StandardCharsets.ISO_8859_1), true);
            }
            return new ServerTranscript(own, all.toString(StandardCharsets.ISO_8859_1), false);
        }
    }

    /** The responses to {@code requests}, and one more if there is one. */
    List<Answer> answers(List<FramingOracle.Said> requests) {
        List<Answer> answers = new ArrayList<>();
        Matcher head = HEAD.matcher(text);
        int at = 0;
        while (answers.size() <= requests.size() && head.find(at) && head.start() == at) {
            int status = Integer.parseInt(head.group(1));
            at = head.end();
            if (status < 200) {
                continue;
            }
            boolean empty = status == 204 || status == 304 || answers.size() < requests.size()
                    && requests.get(answers.size()).method().equals("HEAD");
            Matcher length = LENGTH.matcher(head.group(2));
            at += empty || !length.find() ? 0 : Integer.parseInt(length.group(1));
            at = Math.min(at, text.length());
            answers.add(new Answer(status, CLOSE.matcher(head.group(2)).find()));
        }
        return answers;
    }
}
