package kvs.gateway;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import kvs.documents.Documents;
import kvs.http.ConnectionAddresses;
import kvs.http.RequestHead;
import kvs.http.Response;
import kvs.server.NioExchange;
import kvs.world.Clock;
import kvs.world.EventKind;
import kvs.world.FailureText;
import kvs.world.Logger;
import kvs.world.ProcessUsage;
import kvs.world.Scheduler;
import kvs.world.Threads;

/** The front end: passes requests from an engine to a pipeline, and responses back. Thread-safe. */
public final class HttpFrontend implements AutoCloseable {

    private static final long STOP_MS = 10_000;

    private final HttpEngine engine;
    private final Dependencies dependencies;
    private final Logger log;
    private final FreezeDetector freezes;
    private final AtomicInteger inFlight = new AtomicInteger();
    /** Whether each response ends its connection. */
    private volatile boolean last;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** The dependencies of a server. */
    public record Dependencies(Clock clock, Logger log, Threads threads, Scheduler scheduler,
            ProcessUsage processUsage) { }

    /** A front end of {@code engine}. */
    public HttpFrontend(HttpEngine engine, Dependencies dependencies) {
        this.engine = engine;
        this.dependencies = dependencies;
        this.log = dependencies.log;
        this.freezes = new FreezeDetector(dependencies.clock);
    }

    /** Accepts requests from now on, those of {@code documents} by the fast path too; call once. */
    public void start(Pipeline pipeline, Documents documents) {
        engine.fastPath(inlinePolicy -> pipeline.fastPath(parts(documents, inlinePolicy)));
        start(pipeline);
    }

    /** The parts of a fast path to {@code documents}; the engine is woken for the responses to writes. */
    DocumentFastPath.NodeParts parts(Documents documents, InlinePolicy inlinePolicy) {
        documents.onComplete(engine::wake);
        return new DocumentFastPath.NodeParts(documents, inlinePolicy, () -> !last && !freezes.suspects(),
                new FastResponses());
    }

    /** The responses to writes that the fast path has taken. */
    private final class FastResponses implements DocumentFastPath.LaterResponses {

        @Override
        public void began() {
            inFlight.incrementAndGet();
        }

        @Override
        public void ended() {
            inFlight.decrementAndGet();
        }

        @Override
        public void respond(NioExchange exchange, RequestHead head, Response response) {
            send(exchange, head, response, ResponseWriter.PLAIN);
        }
    }

    /** Accepts requests from now on; call once. */
    public void start(Pipeline pipeline) {
        engine.errorResponder(pipeline.errors()::engineError);
        engine.server().createContext("/", exchange -> {
            handle(exchange, pipeline);
            engine.handled(exchange);
        });
        freezes.beat();
        dependencies.threads.thread("kvs-pulse", true, this::pulse).start();
        engine.server().start();
    }

    private void pulse() {
        while (!closed.get()) {
            if (freezes.beat()) {
                log.event(EventKind.NODE_PAUSED);
            }
            dependencies.threads.pause(FreezeDetector.BEAT_MS);
        }
    }

    /** The address of the server. */
    public InetSocketAddress address() {
        return engine.server().getAddress();
    }

    /** The number of requests in progress, until their response is sent. */
    public int inFlight() {
        return inFlight.get();
    }

    /** The counts of connections. */
    public HttpEngine.ConnectionCounts counts() {
        return engine.counts();
    }

    /**
     * Makes each further response end its connection: a client that is told so sends nothing on it any more,
     * and no request can meet the closing of an idle connection (RFC 9112, section 9.6).
     */
    public void endConnections() {
        last = true;
    }

    /** Accepts no new requests, lets those in progress finish for a while, then closes everything. */
    @Override
    public void close() {
        last = true;
        if (closed.compareAndSet(false, true)) {
            engine.stop(STOP_MS, () -> inFlight.get() > 0);
        }
    }

    private void handle(HttpExchange exchange, Pipeline pipeline) {
        var head = new RequestHead(exchange.getRequestMethod(), target(exchange), exchange.getProtocol(),
                engine.headers(exchange),
                new ConnectionAddresses(exchange.getRemoteAddress(), exchange.getLocalAddress()));
        inFlight.incrementAndGet();
        if (freezes.suspects()) {
            engine.send(exchange, false, false, responseWriter -> send(exchange, head,
                    pipeline.errors().late(head.headers()), responseWriter));
            return;
        }
        try {
            engine.serve(exchange, head, executors -> serve(exchange, head, pipeline,
                    () -> pipeline.serve(head.at(executors), new ExchangeBody(engine, freezes, exchange))));
        } catch (RejectedExecutionException full) {
            send(exchange, head, pipeline.errors().busy(head.headers()), ResponseWriter.PLAIN);
        }
    }

    /** Checks for a freeze again: the request may have waited for a thread. */
    private void serve(HttpExchange exchange, RequestHead head, Pipeline pipeline,
            Supplier<CompletionStage<Response>> work) {
        CompletableFuture<Response> answer;
        try {
            answer = freezes.suspects()
                    ? CompletableFuture.completedFuture(pipeline.errors().late(head.headers()))
                    : work.get().toCompletableFuture();
        } catch (RuntimeException | Error bug) {
            answer = CompletableFuture.failedFuture(bug);
        }
        boolean later = !answer.isDone();
        answer.whenComplete((response, bug) -> {
            if (bug != null) {
                log.error("request failed, connection closed", bug);
                drop(exchange);
            } else if (!sent(exchange, head, response, later)) {
                closeEvents(response);
                boolean made = response.body() instanceof Response.FullBody;
                if (made || !sent(exchange, head, pipeline.errors().busy(head.headers()), later)) {
                    log.warn("no thread for the response, connection closed");
                    drop(exchange);
                }
            }
        });
    }

    private static void closeEvents(Response response) {
        if (response.body() instanceof Response.EventBody events) {
            events.closed();
        }
    }

    private void drop(HttpExchange exchange) {
        exchange.close();
        inFlight.decrementAndGet();
    }

    /** The raw target; the server keeps it in the URI it parsed. */
    private static String target(HttpExchange exchange) {
        return exchange.getRequestURI().toString();
    }

    /** Whether the engine sends the response; {@code false}: no thread is free for that. */
    private boolean sent(HttpExchange exchange, RequestHead head, Response response, boolean later) {
        try {
            boolean streams = response.body() instanceof Response.StreamedBody;
            engine.send(exchange, later, streams,
                    responseWriter -> send(exchange, head, response, responseWriter));
            return true;
        } catch (RejectedExecutionException full) {
            return false;
        }
    }

    private void send(HttpExchange exchange, RequestHead head, Response response,
            ResponseWriter responseWriter) {
        boolean goesOn = false;
        AtomicBoolean counted = new AtomicBoolean(true);
        try {
            responseWriter.fields(exchange, response.headers());
            if (last) {
                exchange.getResponseHeaders().set("Connection", "close");
            }
            boolean headOnly = head.method().equals("HEAD");
            if (response.body() instanceof Response.EventBody events && !headOnly) {
                goesOn = responseWriter.events(exchange, response.status(), events,
                        () -> uncount(counted));
            } else {
                responseWriter.write(exchange, headOnly, response);
            }
        } catch (IOException e) {
            log.debug("response not sent", "why", FailureText.text(e));
            // Else the server of the JDK may keep the connection open, unused, when it failed to read a body
            // to its end.
            responseWriter.part(exchange);
        } catch (RuntimeException | Error bug) {
            log.error("response not sent, connection closed", bug);
        } finally {
            if (!goesOn) {
                closeEvents(response);
                uncount(counted);
                end(exchange, responseWriter);
            }
        }
    }

    /** Uncounts a request once: a stream that was begun and failed ends by itself too. */
    private void uncount(AtomicBoolean counted) {
        if (counted.compareAndSet(true, false)) {
            inFlight.decrementAndGet();
        }
    }

    private void end(HttpExchange exchange, ResponseWriter responseWriter) {
        try {
            responseWriter.moving(exchange::close);
        } catch (IOException | RuntimeException e) {
            log.debug("connection not closed", "why", FailureText.text(e));
        }
    }
}
