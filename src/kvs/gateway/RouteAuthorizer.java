package kvs.gateway;

import java.util.Optional;
import java.util.function.Predicate;
import kvs.api.PeerResource;
import kvs.auth.FirstUserSetup;
import kvs.auth.Principal;
import kvs.auth.Right;
import kvs.documents.ModeSwitch;
import kvs.http.Request;
import kvs.routes.RequiredAccess;
import kvs.http.Route;
import kvs.model.Reason;
import kvs.model.Refusal;

/**
 * Admits callers to routes by the access that these require ({@link RequiredAccess}): the one place of that
 * decision, before a body is read. Thread-safe.
 */
public final class RouteAuthorizer implements Authorization {

    private final boolean anonymousRead;
    private final boolean anonymousWrite;
    private final ModeSwitch modes;
    private final Predicate<Request> first;

    /**
     * An authorizer.
     *
     * @param anonymousRead {@code allow_anonymous_read}
     * @param anonymousWrite {@code allow_anonymous_write}
     * @param modes whether the node accepts writes, those of accounts too
     * @param first whether a request may make the first user or token without a credential, see
     *     {@link FirstUserSetup#admits}
     */
    public RouteAuthorizer(boolean anonymousRead, boolean anonymousWrite, ModeSwitch modes,
            Predicate<Request> first) {
        this.anonymousRead = anonymousRead;
        this.anonymousWrite = anonymousWrite;
        this.modes = modes;
        this.first = first;
    }

    @Override
    public void admit(Route route, Request request) {
        Principal caller = request.principal();
        if ((route.access() == RequiredAccess.PEER) != (caller.kind() == Principal.Kind.PEER)) {
            throw PeerResource.refused();
        }
        if (caller.kind() == Principal.Kind.PEER) {
            return;
        }
        if (modes.closed() && route.access() != RequiredAccess.OPEN
                && !(route.access() == RequiredAccess.LOCAL && request.local())) {
            throw new Refusal(Reason.SYNCING,
                    "this node is receiving the data of its cluster; use another node, or try again");
        }
        if (caller.kind() == Principal.Kind.EVERYBODY) {
            return;
        }
        if (caller.kind() == Principal.Kind.ANONYMOUS) {
            anonymous(route.access(), request);
        }
        if (changesAccounts(route) && !route.pattern().startsWith("/admin/")
                && !route.pattern().startsWith("/members/")) {
            modes.checkWrite();
        }
        if (caller.proven()) {
            proven(route.access(), caller);
        }
    }

    /**
     * Whether a route is about accounts or the node and changes something: such requests are logged with
     * their response.
     */
    static boolean changesAccounts(Route route) {
        boolean accounts = switch (route.access()) {
            case OPEN, READ, WRITE, DELETE, DATA, LOCAL, PEER -> false;
            case TOKEN, ADMIN, FIRST_USER, FIRST_TOKEN -> true;
        };
        return accounts && !route.method().equals("GET") && !route.method().equals("HEAD")
                && !route.method().equals("OPTIONS");
    }

    private void anonymous(RequiredAccess requiredAccess, Request request) {
        boolean may = switch (requiredAccess) {
            case OPEN -> true;
            case LOCAL -> request.local();
            case READ -> anonymousRead;
            case WRITE -> anonymousWrite;
            case DATA -> anonymousRead || anonymousWrite;
            case DELETE, TOKEN, ADMIN, PEER -> false;
            case FIRST_USER, FIRST_TOKEN -> {
                if (!first.test(request)) {
                    throw FirstUserSetup.closed();
                }
                yield true;
            }
        };
        if (!may) {
            throw new Refusal(Reason.UNAUTHORIZED, "this request needs a token");
        }
    }

    private static void proven(RequiredAccess requiredAccess, Principal caller) {
        Optional<Right> right = switch (requiredAccess) {
            case READ -> Optional.of(Right.READ);
            case WRITE -> caller.covers(Right.CREATE) ? Optional.of(Right.CREATE) : Optional.of(Right.WRITE);
            case DELETE -> Optional.of(Right.DELETE);
            case OPEN, DATA, LOCAL, TOKEN, FIRST_TOKEN, PEER -> Optional.empty();
            case ADMIN, FIRST_USER -> {
                if (!caller.admin()) {
                    throw new Refusal(Reason.ADMIN_SCOPE_NEEDED,
                            "only an administrator may do this, with a token of scope 'admin'; on the machine"
                                    + " of the node: java -jar kvs.jar token --scopes read,write,admin");
                }
                yield Optional.empty();
            }
        };
        if (right.isPresent() && !caller.covers(right.get())) {
            throw new Refusal(Reason.FORBIDDEN, "no scope of the token covers " + right.get().text());
        }
    }
}
