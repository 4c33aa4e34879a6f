package kvs.gateway;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import kvs.http.ResponseHeaders;
import kvs.server.NioExchange;

/** A writer of a response to its socket. */
interface ResponseWriter {

    /** An operation that touches only the socket. */
    @FunctionalInterface
    interface SocketWork {
        void run() throws IOException;
    }

    /** A direct writer: our engine itself cuts a client that does not read. */
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
            // The engine knows the announced length, and cuts the connection.
        }
    };

    /** Adds these fields to the head of the response. */
    void fields(HttpExchange exchange, Map<String, String> fields);

    /** Runs {@code work}. */
    void moving(SocketWork work) throws IOException;

    /** {@code out}, wrapped for this writer. */
    OutputStream moving(OutputStream out);

    /** Writes the complete body, which must not be modified any more. */
    void whole(HttpExchange exchange, byte[] body) throws IOException;

    /** Marks the response as incomplete: closing the exchange must not look like its end. */
    void part(HttpExchange exchange);
}
