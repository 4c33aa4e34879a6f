package kvs.http;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import kvs.auth.Caller;
import kvs.auth.FirstAdmin;

/**
 * The handler of the first user and the first token, which waits until this node and its cluster agree about the accounts: the token is
 * usually asked for before the others have said that they know the user. No thread waits. Thread-safe.
 */
public final class AgreementHandler implements Handler {

    private final Handler handler;
    private final Agreement agreement;
    private final boolean token;

    /** The agreement of the cluster about the accounts. */
    @FunctionalInterface
    public interface Agreement {

        /**
         * Whether it is reached, at once or within a short while; {@code token}: also that there is a first user, who may have been made on
         * another node.
         */
        CompletionStage<Boolean> reached(boolean token);
    }

    private AgreementHandler(Handler handler, Agreement agreement, boolean token) {
        this.handler = handler;
        this.agreement = agreement;
        this.token = token;
    }

    /** These routes, those that make the first user and the first token with an agreement. */
    public static List<Route> on(List<Route> routes, Agreement agreement) {
        return routes.stream().map(route -> route.need() == Need.FIRST_USER || route.need() == Need.FIRST_TOKEN ? new Route(route.method(),
                route.pattern(), route.need(), route.bodyMax(), new AgreementHandler(route.handler(), agreement,
                        route.need() == Need.FIRST_TOKEN)) : route).toList();
    }

    @Override
    public CompletionStage<Response> handle(Request request) {
        if (request.caller().kind() != Caller.Kind.ANONYMOUS) {
            return handler.handle(request);
        }
        return request.stay().waiting(() -> agreement.reached(token)).thenCompose(reached -> reached ? handler.handle(request)
                : CompletableFuture.failedFuture(FirstAdmin.closed()));
    }
}
