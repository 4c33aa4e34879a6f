package kvs.gateway;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.auth.FirstUserSetup;
import kvs.auth.Principal;
import kvs.http.Handler;
import kvs.http.Request;
import kvs.routes.RequiredAccess;
import kvs.http.Response;
import kvs.http.Route;

/**
 * The handler of the first user and the first token, which waits until this node and its cluster agree about
 * the accounts: the token is usually requested before the other nodes have confirmed the user. No thread
 * waits. Thread-safe.
 */
public final class FirstUserAgreementHandler implements Handler {

    private final Handler handler;
    private final ClusterAgreement agreement;
    private final boolean token;

    /** The agreement of the cluster about the accounts. */
    @FunctionalInterface
    public interface ClusterAgreement {

        /**
         * Whether it is reached, at once or within a short while; {@code token}: also that there is a first
         * user, perhaps made on another node.
         */
        CompletionStage<Boolean> reached(boolean token);
    }

    private FirstUserAgreementHandler(Handler handler, ClusterAgreement agreement, boolean token) {
        this.handler = handler;
        this.agreement = agreement;
        this.token = token;
    }

    /** These routes, with the agreement before those that make the first user and the first token. */
    public static List<Route> on(List<Route> routes, ClusterAgreement agreement) {
        return routes.stream().map(route -> route.access() == RequiredAccess.FIRST_USER
                || route.access() == RequiredAccess.FIRST_TOKEN
                        ? route.handledBy(new FirstUserAgreementHandler(route.handler(), agreement,
                                route.access() == RequiredAccess.FIRST_TOKEN)) : route).toList();
    }

    @Override
    public CompletionStage<Response> handle(Request request) {
        if (request.principal().kind() != Principal.Kind.ANONYMOUS) {
            return handler.handle(request);
        }
        return request.timer().waiting(() -> agreement.reached(token)).thenCompose(reached -> reached
                ? handler.handle(request) : CompletableFuture.failedFuture(FirstUserSetup.closed()));
    }
}
