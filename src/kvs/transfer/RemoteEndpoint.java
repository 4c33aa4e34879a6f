package kvs.transfer;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import kvs.client.ClientResponse;
import kvs.client.ClusterClient;
import kvs.client.JsonFields;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.Durations;
import kvs.model.Key;
import kvs.world.Clock;

/**
 * A running node, by its API: pages of {@code /kv/_range} are read from it, {@code /kv/_batch} writes to it.
 * One batch is under way at a time: two could overtake each other, and the last line of a path would not win.
 * Every request is idempotent, so one without a response is repeated.
 */
public final class RemoteEndpoint implements NodeEndpoint {

    /** The largest value of {@code max_json_size}; the node refuses documents that are too large for it. */
    private static final int DOCUMENT_BYTES_MAX = 16 << 20;
    private static final int ITEMS_MAX = 2_000;
    private static final int PAGE = 10_000;
    /** Nesting depth around a document in a page. */
    private static final int PAGE_DEPTH = 3;
    private static final String BATCH = "/kv/_batch";
    private static final int CREATED = 201;
    private static final int ABSENT = 404;
    private static final int OK_MAX = 299;
    private static final int SERVER_FAULT = 500;
    private static final int UNAUTHORIZED = 401;

    private final TransferRequests requests;
    private final Clock clock;
    private final Executor offloadExecutor;

    /**
     * An endpoint for the nodes of {@code client}; {@code offloadExecutor} runs one batch while the next is
     * built.
     */
    public RemoteEndpoint(ClusterClient client, Clock clock, Executor offloadExecutor) {
        this.requests = new TransferRequests(client);
        this.clock = clock;
        this.offloadExecutor = offloadExecutor;
    }

    /**
     * The name of the responding node and the first start of its directory, which {@code /members/} shows to
     * everybody.
     */
    @Override
    public Optional<String> id() throws IOException {
        ClientResponse answer = TransferRequests.checked(requests.get("/members/"));
        String node = answer.node();
        try {
            for (JsonValue member : JsonValue.parse(answer.body()).elements()) {
                if (text(member, "id").equals(node)) {
                    return Optional.of("node " + node + " of " + member(member, "joined_timestamp").asLong()
                            + " at " + answer.endpoint().authority());
                }
            }
            return Optional.empty();
        } catch (JsonException e) {
            throw TransferRequests.foreign(answer, e);
        }
    }

    @Override
    public int documentBytesMax() {
        return DOCUMENT_BYTES_MAX;
    }

    @Override
    public int itemsMax() {
        return ITEMS_MAX;
    }

    @Override
    public int flightsMax() {
        return 1;
    }

    @Override
    public CompletionStage<List<PutOutcome>> put(PutBatch batch) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return batch.documents() ? documents(batch) : metadata(batch);
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        }, offloadExecutor);
    }

    /** Compares the documents with those of the node, if that is wanted, and writes those that differ. */
    private List<PutOutcome> documents(PutBatch batch) throws IOException {
        List<TransferItem> compared = batch.items().stream().filter(batch::compares).toList();
        Iterator<PutOutcome> comparisons = compare(compared).iterator();
        List<PutOutcome> outcomes = new ArrayList<>(batch.items().size());
        List<TransferItem> changed = new ArrayList<>();
        for (TransferItem item : batch.items()) {
            PutOutcome outcome = batch.compares(item) ? comparisons.next() : PutOutcome.REPLACED;
            outcomes.add(outcome);
            if (outcome.kind() != PutOutcome.Kind.UNCHANGED) {
                changed.add(item);
            }
        }
        if (batch.mode() == PutBatch.Mode.DRY_RUN || changed.isEmpty()) {
            return outcomes;
        }
        Iterator<PutOutcome> written = write(changed).iterator();
        outcomes.replaceAll(
                outcome -> outcome.kind() == PutOutcome.Kind.UNCHANGED ? outcome : written.next());
        return outcomes;
    }

    private List<PutOutcome> compare(List<TransferItem> items) throws IOException {
        if (items.isEmpty()) {
            return List.of();
        }
        JsonWriter json = new JsonWriter().object().name("ops").array();
        for (TransferItem item : items) {
            json.object().field("op", "get").field("path", ((TransferItem.DocumentItem) item).key().text())
                    .end();
        }
        ClientResponse answer = TransferRequests.checked(
                requests.send("POST", BATCH, json.end().end().toBytes()));
        List<PutOutcome> outcomes = new ArrayList<>(items.size());
        try {
            JsonValue results = member(JsonValue.parse(answer.body(), JsonValue.DEPTH_MAX + PAGE_DEPTH),
                    "results");
            for (JsonValue result : results.elements()) {
                Optional<JsonValue> data = result.field("data");
                if (data.isPresent()) {
                    outcomes.add(PutBatch.compared((TransferItem.DocumentItem) items.get(outcomes.size()),
                            data.get().raw(), result.field("expires_at").isPresent()));
                } else {
                    boolean absent = member(result, "status").asLong() == ABSENT;
                    outcomes.add(absent ? PutOutcome.CREATED : PutOutcome.REPLACED);
                }
            }
        } catch (JsonException e) {
            throw TransferRequests.foreign(answer, e);
        }
        if (outcomes.size() != items.size()) {
            throw new IOException("the node answered " + outcomes.size() + " of " + items.size() + " reads");
        }
        return outcomes;
    }

    private List<PutOutcome> write(List<TransferItem> items) throws IOException {
        JsonWriter json = new JsonWriter().object().name("ops").array();
        for (TransferItem item : items) {
            TransferItem.DocumentItem document = (TransferItem.DocumentItem) item;
            json.object().field("op", "put").field("path", document.key().text())
                    .field("ttl", Durations.text(document.ttlMs())).name("data").raw(document.json()).end();
        }
        byte[] body = json.end().end().toBytes();
        for (int attempt = 1; ; attempt++) {
            List<PutOutcome> outcomes = new ArrayList<>(items.size());
            ClientResponse answer = TransferRequests.checked(requests.send("POST", BATCH, body));
            Optional<String> busy = judge(answer, outcomes);
            if (busy.isEmpty()) {
                return outcomes;
            }
            requests.pause(attempt, busy.get());
        }
    }

    /** Adds the outcome of each operation; returns a reason when a busy node needs the batch again. */
    private Optional<String> judge(ClientResponse answer, List<PutOutcome> outcomes) throws IOException {
        try {
            for (JsonValue result : member(JsonValue.parse(answer.body()), "results").elements()) {
                Map<String, JsonValue> members = members(result);
                long status = members.containsKey("status") ? members.get("status").asLong() : 0;
                String detail = status <= OK_MAX ? "" : text(result, "detail");
                ClientResponse part = new ClientResponse((int) status, answer.headers(), result.raw(),
                        answer.endpoint());
                if (part.isWorthRetrying()) {
                    return Optional.of(detail);
                }
                if (status == 0 || status >= SERVER_FAULT) {
                    TransferRequests.checked(part);
                    throw new IOException(TransferRequests.UNDONE + ": a result has no status");
                }
                outcomes.add(status > OK_MAX ? PutOutcome.refused(detail)
                        : status == CREATED ? PutOutcome.CREATED : PutOutcome.REPLACED);
            }
            return Optional.empty();
        } catch (JsonException e) {
            throw TransferRequests.foreign(answer, e);
        }
    }

    private List<PutOutcome> metadata(PutBatch batch) throws IOException {
        List<PutOutcome> outcomes = new ArrayList<>(batch.items().size());
        for (TransferItem item : batch.items()) {
            outcomes.add(batch.mode() == PutBatch.Mode.DRY_RUN ? PutOutcome.REPLACED
                    : set((TransferItem.MetadataItem) item));
        }
        return outcomes;
    }

    private PutOutcome set(TransferItem.MetadataItem metadata) throws IOException {
        JsonWriter body = NdjsonCodec.members(new JsonWriter().object(), metadata).end();
        String path = metadata.path().isEmpty() ? "" : encode(metadata.path()) + "/";
        ClientResponse answer = requests.send("PUT", "/kv/" + path + "metadata", body.toBytes());
        boolean refused = answer.status() > OK_MAX && answer.status() < SERVER_FAULT
                && answer.status() != UNAUTHORIZED;
        if (refused) {
            String detail = answer.member("detail");
            return PutOutcome.refused(detail.isEmpty() ? "status " + answer.status() : detail);
        }
        TransferRequests.checked(answer);
        return PutOutcome.REPLACED;
    }

    @Override
    public OptionalLong count(String prefix) throws IOException {
        if (!prefix.isEmpty() && !prefix.endsWith("/")) {
            return OptionalLong.empty();
        }
        ClientResponse answer = requests.get("/kv/" + encode(prefix) + "?limit=1");
        try {
            return answer.isGood() ? JsonFields.number(answer.json(), "count") : OptionalLong.empty();
        } catch (JsonException e) {
            throw TransferRequests.foreign(answer, e);
        }
    }

    @Override
    public Page documents(String prefix, Optional<String> after) throws IOException {
        StringBuilder target = new StringBuilder("/kv/_range?limit=" + PAGE)
                .append(after.map(last -> "&after=" + encode(last)).orElse("&start_key=" + encode(prefix)));
        behind(prefix).ifPresent(end -> target.append("&end_key=").append(encode(end)));
        ClientResponse answer = requests.get(target.toString());
        long now = answer.wallMs(clock);
        List<String> unreadable = new ArrayList<>();
        return page(answer, unreadable, item -> {
            String path = text(item, "path");
            if (item.field("data").isEmpty()) {
                unreadable.add(path + ": " + text(item, "detail"));
                return Optional.empty();
            }
            Optional<JsonValue> expires = item.field("expires_at");
            long left = expires.isEmpty() ? 0 : expires.get().asLong() - now;
            // A document that has expired since the response was made is absent.
            boolean ended = expires.isPresent() && left <= 0;
            return ended ? Optional.empty() : Optional.of(new TransferItem.DocumentItem(Key.of(path),
                    member(item, "data").raw(), left));
        });
    }

    @Override
    public Page metadata(String prefix, Optional<String> after) throws IOException {
        String target = "/kv/_metadata?limit=" + PAGE + "&prefix=" + encode(prefix)
                + after.map(last -> "&after=" + encode(last)).orElse("");
        return page(requests.get(target), List.of(),
                item -> Optional.of(NdjsonCodec.metadata(text(item, "path"), members(item))));
    }

    /** Parses an element of a page into an item. */
    @FunctionalInterface
    private interface ItemParser {
        Optional<TransferItem> of(JsonValue element) throws JsonException;
    }

    private Page page(ClientResponse answer, List<String> unreadable, ItemParser reading)
            throws IOException {
        TransferRequests.checked(answer);
        try {
            JsonValue page = JsonValue.parse(answer.body(), JsonValue.DEPTH_MAX + PAGE_DEPTH);
            List<TransferItem> items = new ArrayList<>();
            for (JsonValue element : member(page, "items").elements()) {
                reading.of(element).ifPresent(items::add);
            }
            Optional<JsonValue> next = page.field("next");
            return new Page(items, unreadable,
                    next.isEmpty() ? Optional.empty() : Optional.of(next.get().string()));
        } catch (JsonException e) {
            throw TransferRequests.foreign(answer, e);
        }
    }

    @Override
    public void close() {
        requests.close();
    }

    /**
     * The first text after all that begin with {@code prefix}: its last character that can be incremented is.
     * Empty when there is none.
     */
    static Optional<String> behind(String prefix) {
        int end = prefix.length();
        while (end > 0) {
            int last = prefix.codePointBefore(end);
            end -= Character.charCount(last);
            if (last < Character.MAX_CODE_POINT) {
                // The code points in between are surrogates, which a valid text does not hold alone.
                int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
                return Optional.of(prefix.substring(0, end) + Character.toString(next));
            }
        }
        return Optional.empty();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
    }

    private static Map<String, JsonValue> members(JsonValue object) throws JsonException {
        return new HashMap<>(object.fields().stream()
                .collect(Collectors.toMap(JsonValue.Field::name, JsonValue.Field::value)));
    }

    private static String text(JsonValue object, String name) throws JsonException {
        return member(object, name).string();
    }

    private static JsonValue member(JsonValue object, String name) throws JsonException {
        return object.field(name).orElseThrow(() -> object.wrong("no field " + name));
    }
}
