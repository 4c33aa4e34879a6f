package kvs.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** A load of one request over and over, by connections that are kept: plain sockets, so that the client costs little of the two cores. */
final class HttpLoad {

    private static final int CONNECTIONS = 32;
    private final int port;
    private final byte[] request;
    private final AtomicLong failures = new AtomicLong();

    /** {@code head} is the request line and fields without Host and length. */
    HttpLoad(int port, String head, String body) {
        this.port = port;
        this.request = (head + "\r\nHost: localhost\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Requests answered by 2xx within a time, from all connections at once. */
    long run(long ms) {
        AtomicLong answered = new AtomicLong();
        long end = System.nanoTime() + ms * 1_000_000;
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
            clients.add(new Thread(() -> client(end, answered)));
        }
        clients.forEach(Thread::start);
        clients.forEach(HttpLoad::join);
        if (failures.get() > 0) {
            throw new AssertionError(failures.get() + " requests or connections failed");
        }
        return answered.get();
    }

    private void client(long end, AtomicLong answered) {
        long count = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (System.nanoTime() < end) {
                socket.getOutputStream().write(request);
                if (status(in) / 100 != 2) {
                    failures.incrementAndGet();
                }
                count++;
            }
        } catch (IOException e) {
            failures.incrementAndGet();
        }
        answered.addAndGet(count);
    }

    /** Reads one answer to its end. */
    private static int status(InputStream in) throws IOException {
        String line = line(in);
        int status = Integer.parseInt(line.substring(9, 12));
        int length = 0;
        while (!line.isEmpty()) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).strip());
            }
            line = line(in);
        }
        in.readNBytes(length);
        return status;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("closed");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
