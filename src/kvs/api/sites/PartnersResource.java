package kvs.api.sites;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import kvs.bundle.Partner;
import kvs.bundle.Site;
import kvs.http.JsonBody;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonWriter;
import kvs.model.Refusal;
import kvs.model.Zone;
import kvs.routes.SiteRoutes;
import kvs.world.Clock;
import kvs.world.FailureText;

/** The partners of this site, for administrators: {@code /admin/partners/}. */
public final class PartnersResource {

    private static final String ROOT = "/admin/partners/";
    private static final String RESET = "/reset";
    private static final String ROTATE = "/rotate";
    private static final String NEW = "new_secret";
    private static final String FORGET = "forget_old";
    /** A link of 64 zones of 64 long paths. */
    private static final int BODY_MAX = 1 << 20;

    private final Site site;
    private final Clock clock;

    /** Serves the partners of a site. */
    public PartnersResource(Site site, Clock clock) {
        this.site = site;
        this.clock = clock;
    }

    /** The routes. */
    public List<Route> routes() {
        return List.of(new Route(SiteRoutes.ADD, BODY_MAX, this::put), Route.of(SiteRoutes.LIST, this::list),
                Route.of(SiteRoutes.SHOW, this::get), Route.of(SiteRoutes.RESET, this::reset),
                new Route(SiteRoutes.ROTATE, BODY_MAX, this::rotate),
                Route.of(SiteRoutes.REMOVE, this::delete));
    }

    private static String name(Request request) {
        return request.path().substring(ROOT.length());
    }

    /** The name before a last segment of the path. */
    private static String name(Request request, String end) {
        return name(request).substring(0, name(request).length() - end.length());
    }

    private CompletionStage<Response> put(Request request) {
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", SiteRoutes.ADD.bodyNames());
        Partner partner = partner(name(request), body);
        return site.add(partner).thenApply(self -> {
            JsonWriter json = new JsonWriter().object().field("name", partner.name())
                    .field("site", self.toString());
            if (!body.has("link")) {
                PartnerJson.link(json.name("link"), partner.linkText(self));
            }
            return Response.json(201, json.end()).with("Location",
                    ROOT + partner.name());
        });
    }

    private Partner partner(String name, JsonBody body) {
        List<Zone> zones = PartnerJson.zones(body, "zones");
        boolean described = !zones.isEmpty() || body.has("sends") || body.has("receives");
        if (body.has("link") == described) {
            throw body.wrong("zones", "name the zones to make a link, or send only the 'link' that the"
                    + " partner made");
        }
        boolean both = body.flag("sends") == body.flag("receives");
        try {
            return overlapping(body, body.has("link") ? linked(name, body)
                    : site.fresh(name, zones, both || body.flag("sends"), both || body.flag("receives")));
        } catch (IllegalArgumentException e) {
            throw body.wrong(body.has("link") ? "link" : "zones", FailureText.text(e));
        }
    }

    /** The partner that made the link in a body. */
    private Partner linked(String name, JsonBody body) {
        return Partner.ofLink(name, new String(body.any("link").raw(), StandardCharsets.UTF_8),
                clock.wallMs());
    }

    private static Partner overlapping(JsonBody body, Partner partner) {
        if (!body.has("overlap")) {
            return partner;
        }
        int overlap = (int) Math.min(PartnerJson.number(body, "overlap"), Integer.MAX_VALUE);
        try {
            return partner.overlapping(overlap);
        } catch (IllegalArgumentException e) {
            throw body.wrong("overlap", FailureText.text(e));
        }
    }

    private CompletionStage<Response> list(Request request) {
        return request.offload(() -> {
            JsonWriter json = new JsonWriter().object();
            site.records().id().ifPresent(self -> json.field("site", self.toString()));
            json.name("partners").array();
            site.records().partners().forEach(partner -> PartnerJson.write(json, site, partner));
            return Response.json(200, json.end().end());
        });
    }

    private CompletionStage<Response> get(Request request) {
        return request.offload(() -> shown(name(request)));
    }

    private Response shown(String name) {
        JsonWriter json = new JsonWriter();
        PartnerJson.write(json, site, site.partner(name));
        return Response.json(200, json);
    }

    private CompletionStage<Response> reset(Request request) {
        String name = name(request, RESET);
        return site.reset(name).thenApply(done -> shown(name));
    }

    private CompletionStage<Response> rotate(Request request) {
        String name = name(request, ROTATE);
        JsonBody body = JsonBody.of(JsonBody.parse(request.body()), "", SiteRoutes.ROTATE.bodyNames());
        boolean fresh = body.flag(NEW);
        if (Stream.of(fresh, body.has("link"), body.flag(FORGET)).filter(wished -> wished).count() != 1) {
            throw body.wrong(NEW, "send '" + NEW + "' to make a new secret, or the 'link' that the partner"
                    + " made, or '" + FORGET + "' once both sites have it");
        }
        Partner known = site.partner(name);
        UnaryOperator<Partner> change = change(known, body);
        UUID self = site.self(known);
        return site.rotate(name, change).thenApply(partner -> {
            JsonWriter json = new JsonWriter().object().field("name", partner.name())
                    .field("secrets", partner.secrets().size());
            if (fresh) {
                PartnerJson.link(json.name("link"), partner.linkText(self));
            }
            return Response.json(200, json.end());
        });
    }

    private UnaryOperator<Partner> change(Partner known, JsonBody body) {
        if (body.flag(FORGET)) {
            return Partner::withoutOldSecrets;
        }
        if (!body.has("link")) {
            byte[] secret = site.secret();
            return present -> present.rotated(secret);
        }
        Partner made;
        try {
            made = linked(known.name(), body);
            known.rotated(made);
        } catch (IllegalArgumentException e) {
            throw body.wrong("link", FailureText.text(e));
        } catch (Refusal e) {
            throw body.wrong("link", e.detail());
        }
        return present -> present.rotated(made);
    }

    private CompletionStage<Response> delete(Request request) {
        return site.remove(name(request)).thenApply(done -> Response.empty(204));
    }
}
