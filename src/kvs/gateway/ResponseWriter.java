package kvs.gateway;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import kvs.http.Response;
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
        public void writeBody(HttpExchange exchange, Response.FullBody body) throws IOException {
            ((NioExchange) exchange).give(body.pieces());
        }

        @Override
        public boolean events(HttpExchange exchange, int status, Response.EventBody events, Runnable ended)
                throws IOException {
            exchange.sendResponseHeaders(status, 0);
            LoopEventSink.open((NioExchange) exchange, events, ended);
            return true;
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
    void writeBody(HttpExchange exchange, Response.FullBody body) throws IOException;

    /**
     * Writes a stream of events. Whether it goes on when this method has returned: the exchange then ends by
     * itself, and {@code ended} runs.
     */
    boolean events(HttpExchange exchange, int status, Response.EventBody events, Runnable ended)
            throws IOException;

    /** Marks the response as incomplete: closing the exchange must not look like its end. */
    void part(HttpExchange exchange);

    /** Writes a response, whose fields are already added; {@code headOnly}: without its body. */
    default void write(HttpExchange exchange, boolean headOnly, Response response) throws IOException {
        if (response.body() instanceof Response.EventBody) {
            moving(() -> exchange.sendResponseHeaders(response.status(), -1));
            return;
        }
        if (response.body() instanceof Response.StreamedBody pages) {
            moving(() -> exchange.sendResponseHeaders(response.status(), headOnly ? -1 : 0));
            if (!headOnly) {
                pages(exchange, pages);
            }
            return;
        }
        Response.FullBody body = (Response.FullBody) response.body();
        int length = body.length();
        if (headOnly || length == 0) {
            if (headOnly && response.status() != 204 && response.status() != 304) {
                exchange.getResponseHeaders().set("Content-Length", Integer.toString(length));
            }
            moving(() -> exchange.sendResponseHeaders(response.status(), -1));
            return;
        }
        moving(() -> exchange.sendResponseHeaders(response.status(), length));
        writeBody(exchange, body);
    }

    /** Leaves the stream open when it fails: the end of the body would make a part look complete. */
    private void pages(HttpExchange exchange, Response.StreamedBody pages) throws IOException {
        boolean whole = false;
        try {
            OutputStream out = moving(exchange.getResponseBody());
            pages.writeTo(out);
            out.close();
            whole = true;
        } finally {
            if (!whole) {
                part(exchange);
            }
        }
    }
}
