package kvs.api;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.documents.EntityTag;
import kvs.http.ConditionalHeaders;
import kvs.http.Request;
import kvs.http.Response;
import kvs.http.Route;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.routes.NodeRoutes;

/**
 * The console, the web page of the node: {@code /console/} is its start, {@code /console/{file}} a file of
 * it. The files are open to everybody, because they hold no data: the page calls the API with the token that
 * a person gives it, and so obeys the rights of that person.
 *
 * <p>The policy of content (CSP) is a second wall behind the page, which never makes HTML of data: scripts,
 * styles and answers come from this node only, and no text becomes a script (Trusted Types).
 */
public final class ConsoleResource {

    /** The path of the start page. */
    public static final String ROOT = "/console/";
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none';"
            + " form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /** The routes; none when the console is switched off. */
    public static List<Route> routes(boolean enabled) {
        return !enabled ? List.of() : List.of(
                Route.of(NodeRoutes.CONSOLE, ConsoleResource::redirect),
                Route.of(NodeRoutes.CONSOLE_START, request -> answer(request, ConsoleFile.START)),
                Route.of(NodeRoutes.CONSOLE_FILE,
                        request -> answer(request, request.path().substring(ROOT.length()))));
    }

    private ConsoleResource() { }

    private static CompletionStage<Response> redirect(Request request) {
        return CompletableFuture.completedFuture(Response.empty(308).with("Location", ROOT));
    }

    private static CompletionStage<Response> answer(Request request, String name) {
        ConsoleFile file = ConsoleFile.find(name).orElseThrow(() -> new Refusal(Reason.NOT_FOUND,
                "the console has no such file; GET " + ROOT + " is its start"));
        Optional<EntityTag> tag = Optional.of(EntityTag.of(UUID.nameUUIDFromBytes(file.bytes())));
        Response response = ConditionalHeaders.conditions(request.headers()).unchanged(tag)
                ? Response.empty(304) : Response.file(file.type(), file.bytes());
        return CompletableFuture.completedFuture(ConditionalHeaders.tagged(
                response.with(Response.CONTENT_POLICY, POLICY), tag));
    }
}
