package kvs.routes;

import static kvs.routes.RouteDescription.describe;

import java.util.List;
import kvs.model.Reason;

/** Many keys in one request: {@code /kv/_batch} and {@code /kv/_touch}. */
public final class BatchRoutes {

    private static final String BATCH_PATH = "/kv/_batch";

    /** The operations of a batch, by the order in which messages name them. */
    public static final List<Schema.Members> OPERATIONS = List.of(
            conditions(operation("put").with("data", Schemas.DOCUMENT)
                    .maybe("ttl", Schema.text("a duration, or keep"))),
            operation("get"), conditions(operation("delete").maybe("force", Schema.bool())),
            conditions(operation("check")));

    /** Several operations. */
    public static final RouteDescription BATCH = describe("POST", BATCH_PATH, RequiredAccess.DATA,
            "Does up to 10,000 operations in one request, of 32 MiB at most.")
            .about("`check` compares without writing. Each operation is judged alone; with `atomic` all of"
                    + " them are done or none: 409 then, with the indexes of the `failed` ones.")
            .rights("what each operation needs")
            .body(Schema.object()
                    .with("ops", Schema.list(Schema.anyOf(OPERATIONS)))
                    .maybe("atomic", Schema.bool()))
            .answer(ResponseDescription.json(200, "The results in the order of the operations",
                    Schema.object().with("results", Schema.list(Schemas.RESULT))))
            .refuses(Reason.BATCH_FAILED)
            .examples(Example.of(BATCH_PATH,
                    "{\"ops\":[{\"op\":\"put\",\"path\":\"jobs/1\",\"data\":{\"state\":"
                    + "\"new\"}},{\"op\":\"get\",\"path\":\"users/john\"}],\"atomic\":true}", 200,
                    "{\"results\":[{\"status\":201,\"uuid\":\"" + Example.VERSION + "\",\"timestamp\":"
                            + Example.TIME + "},{\"status\":200,\"uuid\":\"" + Example.VERSION
                            + "\",\"timestamp\":" + Example.TIME + ",\"data\":{\"age\":30}}]}"))
            .build();

    /** A new expiry for many documents. */
    public static final RouteDescription TOUCH = describe("POST", "/kv/_touch", RequiredAccess.WRITE,
            "Sets a new expiry for many documents, as one batch.")
            .about("The body has `paths`, or `prefix`; with a prefix up to 10,000 keys a call, and `next` is"
                    + " the `after` of the next body.")
            .rights("write on every key")
            .body(Schema.object().maybe("paths", Schema.list(Schemas.PATH))
                    .maybe("prefix", Schema.text("a path with a slash at its end"))
                    .maybe("after", Schemas.NEXT).with("ttl", Schemas.DURATION))
            .answer(ResponseDescription.json(200, "The number of documents; with `next` there are more",
                    Schema.object().with("touched", Schema.count("documents")).maybe("next", Schemas.NEXT)))
            .examples(Example.of("/kv/_touch", "{\"paths\":[\"users/john\"],\"ttl\":\"12h\"}", 200,
                    "{\"touched\":1}"))
            .build();

    private BatchRoutes() { }

    private static Schema.Members operation(String name) {
        return Schema.object().with("op", Schema.words(name)).with("path", Schemas.PATH);
    }

    private static Schema.Members conditions(Schema.Members operation) {
        return operation.maybe("if_match", Schema.text("an id, or *"))
                .maybe("if_none_match", Schema.text("an id, or *"));
    }
}
