package kvs.api.sites;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import kvs.bundle.BundleExports;
import kvs.http.ContinuationExecutor;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.AsciiParsers;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.ResponseDescription;
import kvs.routes.SiteRoutes;

/** The bundles and receipts for partners, for administrators: {@code /admin/bundles}. */
public final class BundlesResource {

    private static final int BODY_MAX = 1 << 20;
    private static final String ROOT = "/admin/bundles/";
    private static final int DIGITS_MAX = 18;
    private static final String NUMBER_HEADER = "KVS-Bundle-Number";

    private final BundleExports exports;
    private final Executor offloadExecutor;

    /** A resource that makes delayed responses on {@code offloadExecutor}. */
    public BundlesResource(BundleExports exports, Executor offloadExecutor) {
        this.exports = exports;
        this.offloadExecutor = offloadExecutor;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(new Route(SiteRoutes.BUNDLE, BODY_MAX, this::make),
                new Route(SiteRoutes.WRITTEN, BODY_MAX, this::written),
                Route.of(SiteRoutes.RECEIPT, this::receipt));
    }

    private CompletionStage<Response> make(Request request) {
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", SiteRoutes.BUNDLE.bodyNames());
        CompletableFuture<BundleExports.PlannedBundle> planned = exports.plan(body.string("partner"),
                PartnerJson.zones(body, "zones"), extent(body));
        return ContinuationExecutor.answer(planned.thenAccept(known -> { }), offloadExecutor,
                () -> bundle(planned.join()));
    }

    private static BundleExports.Extent extent(JsonBody body) {
        OptionalLong since = OptionalLong.empty();
        if (body.has("since")) {
            since = OptionalLong.of(PartnerJson.number(body, "since"));
        }
        if (since.isPresent() && body.flag("full")) {
            throw body.wrong("since", "a full bundle begins after none: send 'full' or 'since'");
        }
        return new BundleExports.Extent(body.flag("full"), since);
    }

    private Response bundle(BundleExports.PlannedBundle planned) {
        Response.StreamedBody file = out -> exports.write(planned, out);
        return Response.pages(200, ResponseDescription.BYTES, file).unbuffered().with(NUMBER_HEADER,
                Long.toString(planned.number()));
    }

    private CompletionStage<Response> written(Request request) {
        String end = request.path().substring(ROOT.length());
        long number = AsciiParsers.number(end.substring(0, end.indexOf('/')), DIGITS_MAX)
                .orElseThrow(() -> new Refusal(Reason.NOT_FOUND, "there is no bundle of that number: it is in"
                        + " the header " + NUMBER_HEADER + " of the answer that had the bundle"));
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", SiteRoutes.WRITTEN.bodyNames());
        return exports.confirm(number, body.string("sha256")).thenApply(
                noted -> Response.json(200, new JsonWriter().object().field("partner", noted.partner())
                        .field("number", number).field("delivered", noted.delivered())
                        .end()));
    }

    private CompletionStage<Response> receipt(Request request) {
        String partner = request.query().required(SiteRoutes.PARTNER);
        return request.offload(() -> Response.file(ResponseDescription.BYTES, exports.receipt(partner)));
    }
}
