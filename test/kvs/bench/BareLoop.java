package kvs.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The least that a server in Java does: one loop, which sends the same bytes for whatever arrives. What a
 * node takes beyond it is its own. As a process: {@code BareLoop PORT FILE-WITH-THE-BODY}.
 */
final class BareLoop {

    private static final int BUFFER_BYTES = 1 << 16;

    private BareLoop() { }

    public static void main(String[] args) throws IOException {
        byte[] body = Files.readAllBytes(Path.of(args[1]));
        byte[] head = ("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length
                + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
        ByteBuffer response = ByteBuffer.allocateDirect(head.length + body.length).put(head).put(body);
        ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
        Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])));
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        while (selector.isOpen()) {
            selector.select(key -> serve(key, server, in, response));
        }
    }

    private static void serve(SelectionKey key, ServerSocketChannel server, ByteBuffer in,
            ByteBuffer response) {
        try {
            if (key.isAcceptable()) {
                SocketChannel client = server.accept();
                client.configureBlocking(false);
                client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                client.register(key.selector(), SelectionKey.OP_READ);
            } else if (((SocketChannel) key.channel()).read(in.clear()) < 0) {
                key.channel().close();
            } else {
                ((SocketChannel) key.channel()).write(response.clear());
            }
        } catch (IOException gone) {
            key.cancel();
        }
    }
}
