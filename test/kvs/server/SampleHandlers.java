package kvs.server;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Handlers of every kind, for clients of every kind: none of them may harm another. */
final class SampleHandlers implements AutoCloseable {

    private static final byte[] BODY = new byte[3_000];

    private final ConcurrentLinkedQueue<HttpExchange> parked = new ConcurrentLinkedQueue<>();
    private final AtomicInteger thrown = new AtomicInteger();
    private final ExecutorService pool;
    /** Requests may still come from the sockets of clients who have gone. */
    private volatile boolean closed;

    SampleHandlers(TestServer rig) {
        pool = rig.dependencies.threads().pool("kvs-fuzz", 100);
        rig.on("/kv/", this::read).on("/blocking", exchange -> aside(exchange, this::blocking))
                .on("/stream", exchange -> aside(exchange, this::stream))
                .on("/later", this::later).on("/throw", exchange -> {
                    thrown.incrementAndGet();
                    throw new IllegalStateException("planned");
                });
    }

    /** How often a handler has thrown. */
    int thrown() {
        return thrown.get();
    }

    private void answer(HttpExchange exchange) {
        try {
            exchange.sendResponseHeaders(200, BODY.length);
            exchange.getResponseBody().write(BODY);
        } catch (IOException headOnly) {
            exchange.setAttribute("why", headOnly);
        } finally {
            exchange.close();
        }
    }

    private void read(HttpExchange exchange) {
        if (exchange.getRequestHeaders().containsKey("Transfer-Encoding")) {
            ((NioExchange) exchange).body(10_000, more -> { })
                    .whenComplete((body, failed) -> answer(exchange));
            return;
        }
        String length = exchange.getRequestHeaders().getFirst("Content-Length");
        int bytes = length == null ? 0 : (int) Math.min(10_000, Long.parseLong(length));
        ((NioExchange) exchange).body(bytes).whenComplete((body, failed) -> answer(exchange));
    }

    private void aside(HttpExchange exchange, java.util.function.Consumer<HttpExchange> handler) {
        try {
            pool.execute(() -> handler.accept(exchange));
        } catch (RejectedExecutionException full) {
            exchange.close();
        }
    }

    private void blocking(HttpExchange exchange) {
        try {
            exchange.getRequestBody().readNBytes(100_000);
            answer(exchange);
        } catch (IOException broken) {
            exchange.close();
        }
    }

    private void stream(HttpExchange exchange) {
        try {
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 20; i++) {
                exchange.getResponseBody().write(BODY);
            }
            exchange.getResponseBody().close();
        } catch (IOException broken) {
            exchange.close();
        }
    }

    /** Answered when ten others wait too. */
    private void later(HttpExchange exchange) {
        parked.add(exchange);
        if (parked.size() > 10) {
            HttpExchange first = parked.poll();
            aside(first == null ? exchange : first, this::answer);
        }
        if (closed) {
            drain();
        }
    }

    private void drain() {
        for (HttpExchange one = parked.poll(); one != null; one = parked.poll()) {
            answer(one);
        }
    }

    @Override
    public void close() {
        closed = true;
        drain();
        pool.shutdown();
    }
}
