package kvs.api;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import kvs.documents.Changes;
import kvs.documents.ClientPosition;
import kvs.documents.EntityTag;
import kvs.documents.Preconditions;
import kvs.documents.WaitLimiter;
import kvs.documents.Watches;
import kvs.http.ContinuationExecutor;
import kvs.http.PositionWait;
import kvs.http.QueryParameters;
import kvs.http.Request;
import kvs.http.RequestTimer;
import kvs.http.Requester;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.ChangesRoutes;
import kvs.routes.DocumentRoutes;
import kvs.routes.SharedParameters;
import kvs.store.StoreView;
import kvs.streams.ChangeStream;
import kvs.streams.ChangeStreams;
import kvs.streams.EventSink;
import kvs.streams.StreamView;
import kvs.world.Clock;

/**
 * Changes: {@code /kv/_changes}, as pages by long polling, or as a stream of server-sent events (WHATWG HTML,
 * 9.2). Neither holds a thread.
 */
public final class ChangesResource implements AutoCloseable {

    private static final String EVENTS = "text/event-stream";
    private static final String LAST = "Last-Event-ID";
    /** The body of a response that is not sent. */
    private static final Response.EventBody NO_EVENTS = new Response.EventBody() {

        @Override
        public void open(EventSink sink) {
            throw new IllegalStateException("a response to HEAD has no body");
        }

        @Override
        public void closed() {
            // It holds nothing.
        }
    };

    private final Dependencies dependencies;
    private volatile boolean closed;

    /**
     * The parts that this resource uses.
     *
     * @param here holds requests until this node covers their position
     */
    public record Dependencies(Changes changes, ChangeJson changeJson, PositionWait here, WaitLimiter waits,
            ChangeStreams streams, Clock clock) { }

    /** A parsed request. */
    private record Query(Changes.Query query, boolean values, Request request) {

        Requester requester() {
            return request.requester();
        }

        String prefix() {
            return new String(query.prefix(), StandardCharsets.UTF_8);
        }

        RequestTimer timer() {
            return request.timer();
        }
    }

    /** Serves the changes of this node. */
    public ChangesResource(Dependencies dependencies) {
        this.dependencies = dependencies;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(Route.of(ChangesRoutes.GET, this::get));
    }

    /** Ends all streams, and later requests get a page at once: a node that stops waits for nobody. */
    @Override
    public void close() {
        closed = true;
        dependencies.streams.close();
    }

    private CompletionStage<Response> get(Request request) {
        QueryParameters query = request.query();
        boolean values = query.flag(DocumentRoutes.VALUES);
        Query requestedQuery = new Query(new Changes.Query(ListingResource.prefix(
                query.value(SharedParameters.PREFIX).orElse("")), Pagination.limit(request)), values,
                        request);
        Optional<String> last = request.headers().get(LAST);
        ClientPosition since = since(last.orElseGet(() -> query.required(ChangesRoutes.SINCE)));
        boolean events = request.headers().get("Accept")
                .filter(accept -> accept.contains(EVENTS)).isPresent();
        if (events && query.flag(SharedParameters.PRETTY)) {
            throw new Refusal(Reason.BAD_REQUEST, "'pretty' does not work with " + EVENTS
                    + ", a line an event");
        }
        long waitMs = query.required(ChangesRoutes.WAIT);
        long deadline = dependencies.clock.nanos() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        return dependencies.here.await(request, since.covered(), PositionWait.WAIT_MS,
                () -> events ? CompletableFuture.completedFuture(stream(requestedQuery, since))
                        : page(requestedQuery, since, deadline));
    }

    private ClientPosition since(String text) {
        return switch (text) {
            case "0" -> Changes.start();
            case "now" -> dependencies.changes.now().orElseThrow(Changes::behind);
            default -> ClientPosition.parse(text)
                    .orElseThrow(() -> new Refusal(Reason.BAD_REQUEST, "'since' must be 0, now, or a position"
                            + " from a node: 'next' of a page, or KVS-Position of a response"));
        };
    }

    /** The next page with a change, or the present one at the deadline. */
    private CompletionStage<Response> page(Query query, ClientPosition since, long deadline) {
        CompletableFuture<Response> answer = new CompletableFuture<>();
        look(query, since, deadline, answer);
        return answer;
    }

    /**
     * Polls until {@code answer} is complete. One stage serves all polls: a reader of a quiet prefix in a
     * busy store polls very often.
     */
    private void look(Query query, ClientPosition since, long deadline, CompletableFuture<Response> answer) {
        try {
            Changes.Page page = next(query, since);
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - dependencies.clock.nanos());
            if (!page.changes().isEmpty() || leftMs <= 0 || closed || query.timer().isOver()) {
                answer.complete(answer(query, page));
            } else {
                CompletionStage<Void> woken = query.timer().parked(() -> park(query, page.number(), leftMs));
                ContinuationExecutor.run(woken, dependencies.here.offloadExecutor(),
                        () -> look(query, page.next(), deadline, answer));
            }
        } catch (RuntimeException failure) {
            answer.completeExceptionally(failure);
        }
    }

    /** Reads on while pages are empty but more events are left. */
    private Changes.Page next(Query query, ClientPosition since) {
        Changes.Page page = dependencies.changes.page(since, query.query, query.requester());
        while (page.changes().isEmpty() && page.more()) {
            page = dependencies.changes.page(page.next(), query.query, query.requester());
        }
        return page;
    }

    private CompletionStage<Void> park(Query query, long number, long waitMs) {
        EntityTag known = tag(number);
        Preconditions same = new Preconditions(Optional.empty(),
                Optional.of(Preconditions.Match.header(known.text())));
        return dependencies.here.watches().park(query.requester().name(), same, new NewChanges(), waitMs);
    }

    private static EntityTag tag(long number) {
        return new EntityTag(true, Long.toString(number));
    }

    /** The number of the last event as a watch target. */
    private final class NewChanges implements Watches.Target {

        @Override
        public Optional<EntityTag> tag(StoreView root, long wallMs) {
            return Optional.of(ChangesResource.tag(dependencies.changes.last()));
        }

        @Override
        public long changesAt(StoreView root, long wallMs) {
            return wallMs + 1;
        }
    }

    private Response answer(Query query, Changes.Page page) {
        JsonWriter json = new JsonWriter().object().name("changes").array();
        page.changes().forEach(change -> dependencies.changeJson.write(json, change, query.values));
        json.end().field("next", page.next().text());
        if (page.more()) {
            json.field("more", true);
        }
        return Pagination.linked(Response.json(200, json.end()), query.request, "since",
                Optional.of(page.next().text()));
    }

    /** Refuses before the stream begins: a browser would reconnect for ever to one that ends at once. */
    private Response stream(Query query, ClientPosition since) {
        dependencies.changes.check(since, query.requester());
        if (query.request.method().equals("HEAD")) {
            return Response.events(NO_EVENTS).unbuffered();
        }
        StreamView view = new StreamView(query.requester().principal(), query.prefix(), query.query.limit(),
                query.values);
        return Response.events(body(dependencies.streams.stream(view, query.requester(), since,
                dependencies.waits.admit(query.requester().name(), true)))).unbuffered();
    }

    private static Response.EventBody body(ChangeStream stream) {
        return new Response.EventBody() {

            @Override
            public void open(EventSink sink) {
                stream.open(sink);
            }

            @Override
            public void closed() {
                stream.closed();
            }
        };
    }
}
