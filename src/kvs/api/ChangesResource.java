package kvs.api;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import kvs.documents.Changes;
import kvs.documents.ClientPosition;
import kvs.documents.Documents;
import kvs.documents.EntityTag;
import kvs.documents.Preconditions;
import kvs.documents.RangePage;
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
import kvs.model.Version;
import kvs.routes.ChangesRoutes;
import kvs.routes.DocumentRoutes;
import kvs.routes.SharedParameters;
import kvs.store.StoreView;
import kvs.tree.Entry;
import kvs.world.Clock;

/**
 * Changes: {@code /kv/_changes}, as pages by long polling, or as a stream of server-sent events (WHATWG HTML,
 * 9.2). A long poll holds no thread; a stream holds one, which waits while its reader does not read.
 */
public final class ChangesResource implements AutoCloseable {

    private static final String EVENTS = "text/event-stream";
    private static final String LAST = "Last-Event-ID";
    /** Maximum number of concurrent streams. */
    private static final int STREAMS_MAX = 256;
    /** Interval of comments in an idle stream, which show that it is alive. */
    private static final long COMMENT_MS = 15_000;
    /** Interval at which an idle stream checks that its token is still valid. */
    private static final long CHECK_MS = 10_000;
    private static final int PATH_SKIP = "\0meta/".length();

    private final Dependencies dependencies;
    private final Semaphore streams = new Semaphore(STREAMS_MAX);
    private volatile boolean closed;

    /**
     * The parts that this resource uses.
     *
     * @param here holds requests until this node covers their position
     * @param nodes the id of the node that writes with an origin; empty when it is unknown
     */
    public record Dependencies(Changes changes, Documents documents, PositionWait here,
            Function<UUID, Optional<String>> nodes, Clock clock) { }

    /** A parsed request. */
    private record Query(Changes.Query query, boolean values, Request request) {

        Requester requester() {
            return request.requester();
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

    /** The number of open streams. */
    public int streams() {
        return STREAMS_MAX - streams.availablePermits();
    }

    /** Ends all streams, and later requests get a page at once: a node that stops waits for nobody. */
    @Override
    public void close() {
        closed = true;
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
        page.changes().forEach(change -> write(json, query, change, false));
        json.end().field("next", page.next().text());
        if (page.more()) {
            json.field("more", true);
        }
        return Pagination.linked(Response.json(200, json.end()), query.request, "since",
                Optional.of(page.next().text()));
    }

    /** The path of a record of metadata; after it, and a zero, the key may name the user who set it. */
    private static String pathOfRights(byte[] key) {
        int end = PATH_SKIP;
        while (end < key.length && key[end] != 0) {
            end++;
        }
        return new String(key, PATH_SKIP, end - PATH_SKIP, StandardCharsets.UTF_8);
    }

    private void write(JsonWriter json, Query query, Changes.Change change, boolean oneLine) {
        Entry entry = change.entry();
        if (change.kind() == Changes.Kind.RIGHTS) {
            json.object().field("path", pathOfRights(entry.key())).field("access", true).end();
        } else if (query.values && change.kind() == Changes.Kind.LIVES) {
            VersionJson.item(json, dependencies.documents, entry, oneLine, dependencies.nodes);
        } else {
            json.object().field("path", RangePage.path(entry));
            try {
                Version version = dependencies.documents.read(entry);
                VersionJson.author(json, version);
                VersionJson.node(json, version, dependencies.nodes);
            } catch (Refusal unreadable) {
                VersionJson.problem(json, unreadable);
            }
            if (change.kind() != Changes.Kind.LIVES) {
                json.field(change.kind() == Changes.Kind.DELETED ? "deleted" : "expired", true);
            }
            json.end();
        }
    }

    private Response stream(Query query, ClientPosition since) {
        Changes.Page first = dependencies.changes.page(since, query.query, query.requester());
        if (streams.availablePermits() == 0) {
            throw full();
        }
        // Acquired only here: a HEAD request, or a client that disconnects before, would never release it.
        return Response.pages(200, EVENTS, out -> {
            if (!streams.tryAcquire()) {
                end(full(), out);
                return;
            }
            try {
                stream(query, first, out);
            } finally {
                streams.release();
            }
        }).unbuffered();
    }

    private static Refusal full() {
        return new Refusal(Reason.BUSY,
                "a node serves at most " + STREAMS_MAX + " streams of changes: request pages with ?wait="
                        + " instead");
    }

    private static void end(Refusal refusal, OutputStream out) throws IOException {
        JsonWriter event = new JsonWriter().object().field("reason", refusal.reason().text())
                .field("detail", refusal.detail()).end();
        out.write("event: end\ndata: ".getBytes(StandardCharsets.UTF_8));
        out.write(event.toBytes());
        out.write("\n\n".getBytes(StandardCharsets.UTF_8));
    }

    private void stream(Query query, Changes.Page first, OutputStream out) throws IOException {
        Changes.Page page = first;
        long said = dependencies.clock.nanos();
        while (!closed && !query.timer().isOver()) {
            if (!page.changes().isEmpty()) {
                send(query, page, out);
                said = dependencies.clock.nanos();
            } else if (dependencies.clock.nanos() - said >= TimeUnit.MILLISECONDS.toNanos(COMMENT_MS)) {
                out.write(":\n\n".getBytes(StandardCharsets.UTF_8));
                out.flush();
                said = dependencies.clock.nanos();
            }
            try {
                if (!page.more()) {
                    Changes.Page last = page;
                    query.timer().parked(() -> park(query, last.number(), Math.min(CHECK_MS, COMMENT_MS / 2)))
                            .toCompletableFuture().join();
                }
                page = dependencies.changes.page(page.next(), query.query, query.requester());
            } catch (Refusal refusal) {
                end(refusal, out);
                return;
            }
        }
    }

    /**
     * Sends each change as an event; the last one of a page carries the position, so a client that
     * disconnects before it receives the others again.
     */
    private void send(Query query, Changes.Page page, OutputStream out) throws IOException {
        for (int i = 0; i < page.changes().size(); i++) {
            JsonWriter json = new JsonWriter();
            write(json, query, page.changes().get(i), true);
            String id = i == page.changes().size() - 1 ? "id: " + page.next().text() + "\n" : "";
            out.write((id + "data: ").getBytes(StandardCharsets.UTF_8));
            out.write(json.toBytes());
            out.write("\n\n".getBytes(StandardCharsets.UTF_8));
        }
        out.flush();
    }
}
