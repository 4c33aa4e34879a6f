package kvs.api.sites;

import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.bundle.FileResult;
import kvs.bundle.SiteMerges;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.MergeRoutes;

/** The files of partners that this node takes, for administrators: {@code /admin/merges}. */
public final class MergesResource {

    private static final String ROOT = "/admin/merges";
    private static final int BODY_MAX = 1 << 10;

    private final SiteMerges merges;

    /** Serves the merges of a site. */
    public MergesResource(SiteMerges merges) {
        this.merges = merges;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(new Route(MergeRoutes.BEGIN, BODY_MAX, this::begin),
                new Route(MergeRoutes.PART, SiteMerges.PART_BYTES_MAX, this::part),
                new Route(MergeRoutes.START, BODY_MAX, this::start), Route.of(MergeRoutes.SHOW, this::show),
                Route.of(MergeRoutes.REMOVE, this::remove));
    }

    private static UUID id(Request request) {
        return AsciiParsers.uuid(request.path().substring(ROOT.length() + 1))
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "the path does not end with an id"));
    }

    private CompletionStage<Response> begin(Request request) {
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", MergeRoutes.BEGIN.bodyNames());
        long bytes = PartnerJson.number(body, "bytes");
        return request.offload(() -> {
            SiteMerges.FileStatus begun = merges.begin(bytes);
            return shown(201, begun).with("Location", ROOT + "/" + begun.id());
        });
    }

    private CompletionStage<Response> part(Request request) {
        UUID id = id(request);
        long offset = request.query().required(MergeRoutes.OFFSET);
        return request.offload(() -> shown(200, merges.receive(id, offset, request.body())));
    }

    private CompletionStage<Response> start(Request request) {
        UUID id = id(request);
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", MergeRoutes.START.bodyNames());
        return CompletableFuture.completedFuture(shown(202, merges.start(id, body.decision("verify"))));
    }

    private CompletionStage<Response> show(Request request) {
        return CompletableFuture.completedFuture(shown(200, merges.status(id(request))));
    }

    private CompletionStage<Response> remove(Request request) {
        UUID id = id(request);
        return request.offload(() -> {
            merges.remove(id);
            return Response.empty(204);
        });
    }

    private static Response shown(int status, SiteMerges.FileStatus file) {
        JsonWriter json = new JsonWriter().object().field("id", file.id().toString())
                .field("state", file.state()).field("bytes", file.bytes())
                .field("done_bytes", file.doneBytes()).field("all_bytes", file.allBytes());
        file.result().ifPresent(result -> result(json, result));
        return Response.json(status, json.end());
    }

    private static void result(JsonWriter json, FileResult result) {
        json.field("verdict", result.verdict().word())
                .field("exit_status", result.verdict().status().code()).field("sentence", result.sentence());
        if (!result.partner().isEmpty()) {
            json.field("partner", result.partner());
        }
        json.name("zones").array();
        for (FileResult.ZoneFinding zone : result.zones()) {
            json.object();
            PartnerJson.paths(json.name("paths"), zone.state().zone());
            json.field("form", zone.form()).field("versions", zone.totals().entries())
                    .field("keys", zone.state().count())
                    .field("digest", HexFormat.of().formatHex(zone.state().digest()))
                    .field("equal", zone.equal()).field("verdict", zone.text()).end();
        }
        json.end();
    }
}
