package kvs.api;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import kvs.documents.DocumentLimits;
import kvs.documents.Documents;
import kvs.documents.ExpiryPolicy;
import kvs.documents.Operation;
import kvs.documents.OperationOutcome;
import kvs.documents.Preconditions;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonValue;
import kvs.json.JsonWriter;
import kvs.model.Key;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.routes.BatchRoutes;
import kvs.tree.Entry;
import kvs.world.FailureText;

/** Several operations in one request: {@code POST /kv/_batch}. */
public final class BatchResource {

    private static final byte[] BEGIN = "{\"results\":[".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "]}\n".getBytes(StandardCharsets.US_ASCII);
    /** The names of the members of each operation, and of all. */
    private static final Map<String, List<String>> MEMBERS = members();
    private static final List<String> ANY = MEMBERS.values().stream().flatMap(List::stream).distinct()
            .toList();
    private static final int BUFFER_BYTES = 64 << 10;
    /** Nesting depth around a document: any document that can be put alone can be put in a batch. */
    private static final int AROUND = 3;
    /** RFC 4918: the operation was possible, but depends on one that was not. */
    private static final int FAILED_DEPENDENCY = 424;

    private final Documents documents;

    /** A parsed request: the operations that can be executed, and for each other element its outcome. */
    private record ParsedBatch(List<Operation> ops, List<Optional<OperationOutcome>> early,
            boolean atomic) { }

    /** Batches of this node. */
    public BatchResource(Documents documents) {
        this.documents = documents;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(new Route(BatchRoutes.BATCH, DocumentLimits.BATCH_BYTES_MAX, this::post));
    }

    private static Map<String, List<String>> members() {
        Map<String, List<String>> members = new LinkedHashMap<>();
        BatchRoutes.OPERATIONS.forEach(operation -> members.put(operation.wordOf("op"), operation.names()));
        return members;
    }

    private CompletionStage<Response> post(Request request) {
        JsonBody body = JsonBody.of(JsonBody.parse(request.body(), JsonValue.DEPTH_MAX + AROUND), "",
                BatchRoutes.BATCH.bodyNames());
        ParsedBatch plan = plan(body.elements("ops"), body.flag("atomic"));
        if (plan.atomic && plan.ops.size() < plan.early.size()) {
            throw failed(plan.early.stream()
                    .map(early -> early.orElse(new OperationOutcome.RolledBack())).toList());
        }
        return documents.batch(plan.ops, plan.atomic, request.requester())
                .thenApply(judged -> answer(plan, judged));
    }

    private ParsedBatch plan(List<JsonValue> elements, boolean atomic) {
        if (elements.size() > DocumentLimits.OPS_MAX) {
            throw new Refusal(Reason.BAD_REQUEST, "a batch has at most " + DocumentLimits.OPS_MAX
                    + " operations, this one has " + elements.size());
        }
        List<Operation> ops = new ArrayList<>();
        List<Optional<OperationOutcome>> early = new ArrayList<>();
        for (JsonValue element : elements) {
            try {
                ops.add(op(element, early.size()));
                early.add(Optional.empty());
            } catch (Refusal refusal) {
                if (refusal.reason() == Reason.BAD_REQUEST) {
                    throw refusal.with("index", early.size());
                }
                // A key or a size that cannot be stored: that operation fails, and the others are executed
                // without it.
                early.add(Optional.of(new OperationOutcome.Refused(refusal)));
            }
        }
        return new ParsedBatch(ops, early, atomic);
    }

    private Operation op(JsonValue element, int index) {
        String where = "ops[" + index + "].";
        JsonBody any = JsonBody.of(element, where, ANY);
        String kind = any.string("op");
        if (!MEMBERS.containsKey(kind)) {
            throw any.wrong("op", "an operation must be one of " + String.join(", ", MEMBERS.keySet()));
        }
        JsonBody members = JsonBody.of(element, where, MEMBERS.get(kind));
        String path = members.string("path");
        return switch (kind) {
            case "put" -> new Operation.Put(Key.of(path).storable(),
                    documents.document(members.any("data").raw()), expiry(members), conditions(members));
            case "delete" -> new Operation.Delete(Key.of(path).storable(), members.flag("force"),
                    conditions(members));
            case "check" -> new Operation.Check(Key.of(path), demanded(members));
            default -> new Operation.Get(Key.of(path));
        };
    }

    private ExpiryPolicy expiry(JsonBody members) {
        try {
            return members.has("ttl") ? ExpiryPolicy.parse(members.string("ttl"), documents.defaultExpiry())
                    : documents.unnamedExpiry();
        } catch (IllegalArgumentException e) {
            throw members.wrong("ttl", FailureText.text(e));
        }
    }

    private static Preconditions conditions(JsonBody members) {
        return new Preconditions(match(members, "if_match"), match(members, "if_none_match"));
    }

    private static Preconditions demanded(JsonBody members) {
        Preconditions conditions = conditions(members);
        if (conditions.equals(Preconditions.NONE)) {
            throw members.wrong("if_match", "a check needs if_match, if_none_match or both");
        }
        return conditions;
    }

    private static Optional<Preconditions.Match> match(JsonBody members, String name) {
        try {
            return members.text(name).map(Preconditions.Match::member);
        } catch (Refusal refusal) {
            throw refusal.fields().isEmpty() ? members.wrong(name, refusal.detail()) : refusal;
        }
    }

    private Response answer(ParsedBatch plan, List<OperationOutcome> judged) {
        Iterator<OperationOutcome> next = judged.iterator();
        List<OperationOutcome> outcomes = plan.early.stream()
                .map(early -> early.orElseGet(next::next)).toList();
        if (plan.atomic && OperationOutcome.anyRefused(outcomes)) {
            throw failed(outcomes);
        }
        return Response.pages(200, Response.JSON, out -> write(outcomes, out));
    }

    private Refusal failed(List<OperationOutcome> outcomes) {
        List<Integer> failed = new ArrayList<>();
        JsonWriter results = new JsonWriter().array();
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof OperationOutcome.Refused) {
                failed.add(i);
            }
            result(results, outcomes.get(i));
        }
        return new Refusal(Reason.BATCH_FAILED,
                failed.size() + " of " + outcomes.size() + " operations failed, so none was done")
                .with("failed", failed).with("results", results.end().toBytes());
    }

    /** Runs on the sending thread: documents are read one by one, and are never in memory together. */
    private void write(List<OperationOutcome> outcomes, OutputStream out) throws IOException {
        OutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
        buffered.write(BEGIN);
        for (int i = 0; i < outcomes.size(); i++) {
            JsonWriter json = new JsonWriter();
            result(json, outcomes.get(i));
            if (i > 0) {
                buffered.write(',');
            }
            buffered.write(json.toBytes());
        }
        buffered.write(END);
        buffered.flush();
    }

    private void result(JsonWriter json, OperationOutcome outcome) {
        json.object();
        if (outcome instanceof OperationOutcome.Stored stored) {
            json.field("status", stored.receipt().created() ? 201 : 200);
            VersionJson.receipt(json, stored.receipt());
        } else if (outcome instanceof OperationOutcome.Deleted) {
            json.field("status", 204);
        } else if (outcome instanceof OperationOutcome.Found found) {
            found(json, found.entry());
        } else if (outcome instanceof OperationOutcome.ConditionsHeld) {
            json.field("status", 200);
        } else if (outcome instanceof OperationOutcome.Refused refused) {
            VersionJson.problem(json, refused.refusal());
        } else {
            json.field("status", FAILED_DEPENDENCY).field("reason", "undone");
        }
        json.end();
    }

    private void found(JsonWriter json, Entry entry) {
        try {
            Version version = documents.read(entry);
            json.field("status", 200);
            VersionJson.version(json, version);
        } catch (Refusal unreadable) {
            VersionJson.problem(json, unreadable);
        }
    }
}
