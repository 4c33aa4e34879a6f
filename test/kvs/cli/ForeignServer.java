package kvs.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import kvs.OwnThread;

/** A server that is no node: it responds to the head of each request with any text, or with none at all. */
final class ForeignServer implements AutoCloseable {

    /** Instead of a response: the connection stays open and silent. */
    static final String SILENCE = "silence";

    /** The first line of each request. */
    final List<String> requests = new CopyOnWriteArrayList<>();
    /** The connections that are open. */
    final AtomicInteger open = new AtomicInteger();
    private final ServerSocket listening;

    /** A server whose response to a request is that of the function; an empty one cuts the connection. */
    ForeignServer(Function<String, String> answer) throws IOException {
        listening = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        OwnThread.run(() -> accept(answer));
    }

    /** A response. */
    static String response(int status, String headers, String body) {
        return "HTTP/1.1 " + status + " X\r\n" + headers + "Content-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    String url() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    private void accept(Function<String, String> answer) {
        try {
            while (true) {
                Socket socket = listening.accept();
                open.incrementAndGet();
                OwnThread.run(() -> serve(socket, answer));
            }
        } catch (IOException closed) {
            assert listening.isClosed() : closed;
        }
    }

    private void serve(Socket socket, Function<String, String> answer) {
        try (socket) {
            InputStream in = socket.getInputStream();
            String head = head(in);
            boolean goesOn = true;
            while (goesOn && !head.isEmpty()) {
                requests.add(head.lines().findFirst().orElseThrow());
                String response = answer.apply(head);
                goesOn = !response.isEmpty();
                if (!response.equals(SILENCE)) {
                    socket.getOutputStream().write(response.getBytes(StandardCharsets.UTF_8));
                }
                head = goesOn ? head(in) : "";
            }
        } catch (IOException cut) {
            assert cut.getMessage() != null;
        } finally {
            open.decrementAndGet();
        }
    }

    /** The head of the next request without a body; empty at the end of the connection. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) {
                return "";
            }
            head.append((char) c);
        }
        return head.toString();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
