package kvs.gateway;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import kvs.http.ResponseHeaders;
import kvs.server.NioExchange;

/** What brings an answer to its socket. */
interface ResponseWriter {

    /** Something that touches only the socket. */
    @FunctionalInterface
    interface SocketWork {
        void run() throws IOException;
    }

    /** Nothing stands between, because our engine itself cuts who does not read. */
    ResponseWriter PLAIN = new ResponseWriter() {

        @Override
        public void fields(HttpExchange exchange, Map<String, String> fields) {
            ((NioExchange) exchange).answerFields(ResponseHeaders.of(fields).inTurn());
        }

        @Override
        public void moving(SocketWork work) throws IOException {
            work.run();
        }

        @Override
        public OutputStream moving(OutputStream out) {
            return out;
        }

        @Override
        public void whole(HttpExchange exchange, byte[] body) throws IOException {
            ((NioExchange) exchange).give(body);
        }

        @Override
        public void part(HttpExchange exchange) {
            // It knows what was announced, and cuts the connection.
        }
    };

    /** Puts these fields into the head of the answer. */
    void fields(HttpExchange exchange, Map<String, String> fields);

    /** Does {@code work}. */
    void moving(SocketWork work) throws IOException;

    /** {@code out}, as it should be written to. */
    OutputStream moving(OutputStream out);

    /** Writes the whole body, which nobody changes any more. */
    void whole(HttpExchange exchange, byte[] body) throws IOException;

    /** Only a part of the answer was written: when the exchange is closed, that must not look like the end. */
    void part(HttpExchange exchange);
}
