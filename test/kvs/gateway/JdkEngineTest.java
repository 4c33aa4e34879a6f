package kvs.gateway;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The server of the JDK. */
class JdkEngineTest extends HttpFrontendTest {

    @Override
    HttpEngine engine(InetSocketAddress address, HttpFrontend.Dependencies dependencies) throws IOException {
        return new JdkEngine(address, Optional.empty(), dependencies, STALL_MS);
    }

    /**
     * The server of the JDK counts connections, refuses those beyond 1,000, and forgets to count down when an
     * exchange closes one.
     */
    @Test
    void stillListensAfterAThousandAnswersThatBrokeOff() throws IOException {
        for (int i = 0; i <= 1_000; i++) {
            try (Socket socket = connect()) {
                socket.setSoLinger(true, 0);
                send(socket, "GET /breaks HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertTrue(socket.getInputStream().read() >= 0, "nobody listens after " + i);
            }
        }
        assertTrue(once("GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .startsWith("HTTP/1.1 200"));
    }
}
