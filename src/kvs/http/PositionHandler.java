package kvs.http;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.function.Supplier;
import kvs.data.Conditions;
import kvs.data.Position;
import kvs.data.Tag;
import kvs.data.Watches;
import kvs.model.Coverage;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.View;

/**
 * What {@code KVS-Position} in a request adds to any read or write: it waits until this node has come so far, so that a client sees its own writes
 * whichever node it talks to. A listing answers with the position from before it was made: whoever goes on from there misses nothing.
 */
public final class PositionHandler implements Handler {

    /** The header, of requests and answers. */
    static final String HEADER = "KVS-Position";
    private static final String WAIT = "position_wait";
    static final long WAIT_MS = 2_000;
    private static final long WAIT_MS_MAX = 60_000;
    private static final int POSITIONS_MAX = 16;
    private static final String LISTING = "/kv/{path}/";
    private static final String RANGE = "/kv/_range";
    private static final Tag BEHIND = new Tag(true, "behind");
    private static final Tag THERE = new Tag(true, "there");
    private static final Conditions WHILE_BEHIND = new Conditions(Optional.empty(), Optional.of(Conditions.Match.header(BEHIND.text())));

    private final Route route;
    private final Here here;

    /**
     * This node.
     *
     * @param covered what it covers; empty while nobody may rely on it
     * @param lost whether something of that can come from nobody any more
     * @param position its position now; empty likewise
     * @param aside answers those who waited
     */
    public record Here(Supplier<Optional<Coverage>> covered, Predicate<Coverage> lost, Supplier<Optional<Position>> position,
            Watches watches, Executor aside) {

        /**
         * What {@code answer} makes once this node covers that; {@code BEHIND} when it does not within {@code waitMs}, {@code POSITION_GONE} when
         * nobody has it who may come back.
         */
        CompletionStage<Response> come(Request request, Coverage wanted, long waitMs, Supplier<CompletionStage<Response>> answer) {
            if (wanted.equals(Coverage.NONE)) {
                return answer.get();
            }
            refuseLost(wanted);
            if (there(wanted)) {
                return answer.get();
            }
            var woken = request.stay().parked(() -> watches.park(request.visitor().name(), WHILE_BEHIND, new Come(this, wanted), waitMs));
            return Aside.staged(woken, aside, () -> {
                if (!there(wanted)) {
                    refuseLost(wanted);
                    throw new Refusal(Reason.BEHIND, "this node has not received everything before this position within " + waitMs
                            + " ms; use another one, or try again");
                }
                return answer.get();
            });
        }

        private void refuseLost(Coverage wanted) {
            if (lost.test(wanted)) {
                throw new Refusal(Reason.POSITION_GONE, "writes that this position stands for are lost for good, with a disk or to an older"
                        + " state that was put back: list again; the KVS-Position of the listing is where to go on");
            }
        }

        private boolean there(Coverage wanted) {
            return covered.get().filter(here -> here.covers(wanted)).isPresent();
        }
    }

    private PositionHandler(Route route, Here here) {
        this.route = route;
        this.here = here;
    }

    /** These routes, those of documents with positions. */
    public static List<Route> on(List<Route> routes, Here here) {
        return routes.stream().map(route -> route.replicated() ? new Route(route.method(), route.pattern(), route.need(), route.bodyMax(),
                new PositionHandler(route, here)) : route).toList();
    }

    @Override
    public CompletionStage<Response> handle(Request request) {
        Coverage wanted = wanted(request.headers().all(HEADER));
        long waitMs = request.query().duration(WAIT, WAIT_MS_MAX).orElse(WAIT_MS);
        Request plain = request.without(WAIT);
        return here.come(request, wanted, waitMs, () -> served(plain));
    }

    private CompletionStage<Response> served(Request request) {
        boolean shows = route.method().equals("GET") && (route.pattern().equals(LISTING) || route.pattern().equals(RANGE));
        if (!shows) {
            return route.handler().handle(request);
        }
        String before = here.position.get().map(Position::text).orElse("");
        return route.handler().handle(request).thenApply(response -> response.with(HEADER, before));
    }

    private static Coverage wanted(List<String> fields) {
        Coverage wanted = Coverage.NONE;
        String[] texts = fields.isEmpty() ? new String[0] : String.join(",", fields).split(",");
        if (texts.length > POSITIONS_MAX) {
            throw new Refusal(Reason.BAD_REQUEST, HEADER + " holds at most " + POSITIONS_MAX + " positions");
        }
        for (String text : texts) {
            wanted = wanted.and(Position.parse(text.strip()).orElseThrow(() -> new Refusal(Reason.BAD_REQUEST, HEADER
                    + " is not a position that a node has given")).covered());
        }
        return wanted;
    }

    /** Whether the node has come so far. */
    private record Come(Here here, Coverage wanted) implements Watches.Sight {

        @Override
        public Optional<Tag> tag(View root, long wallMs) {
            return Optional.of(here.there(wanted) ? THERE : BEHIND);
        }

        @Override
        public long changesAt(View root, long wallMs) {
            return wallMs + 1;
        }
    }
}
