package kvs.gateway;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import kvs.auth.Auth;
import kvs.auth.Principal;
import kvs.documents.AccessContext;
import kvs.http.Request;
import kvs.http.Requester;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.ratelimit.ClientRateLimitStage;
import kvs.ratelimit.RateLimiter;

/**
 * Identifies the sender of a request by its one {@code Authorization: Bearer} field (RFC 6750); a token
 * anywhere else is never read. A bad credential is refused, but for {@code /health}, which must respond to
 * probes in any case. Bad ones have a rate limit of their own for each address, which never delays a good
 * one. Thread-safe.
 */
public final class BearerAuthenticator implements Authentication {

    private static final String SCHEME = "bearer ";
    private static final String HEALTH = "/health";

    private final Optional<Auth> auth;
    private final TrustedProxies proxies;
    private final RateLimiter failures;
    private final Observers observers;
    private final PeerRequests others;

    /**
     * The observers of this stage.
     *
     * @param operations observes the outcomes of operations
     * @param failures receives the addresses of bad credentials
     */
    public record Observers(Requester.OperationObserver operations, Consumer<String> failures) {

        /** Observers that do nothing. */
        public static final Observers NONE = new Observers(Requester.DEAF, address -> { });
    }

    /**
     * The requests of other nodes.
     *
     * @param peers whether a request is from a node and for a node
     * @param pause waits for {@value #PAUSE_MS} ms: for the record of a token that another node has just made
     */
    public record PeerRequests(Predicate<Request> peers, Runnable pause) {

        /** Length of a pause, ms. */
        public static final long PAUSE_MS = 50;
        private static final int PAUSES_MAX = 20;
    }

    /** An authenticator of these accounts; without any, every caller has all rights. */
    public BearerAuthenticator(Optional<Auth> auth, TrustedProxies proxies, RateLimiter failures,
            Observers observers, PeerRequests others) {
        this.auth = auth;
        this.proxies = proxies;
        this.failures = failures;
        this.observers = observers;
        this.others = others;
    }

    @Override
    public Optional<Requester> admit(Request request) {
        String client = proxies.client(request);
        if (others.peers.test(request)) {
            return Optional.of(new Requester(Principal.NODE, client, view -> AccessContext.ALL.on(view),
                    Requester.DEAF));
        }
        if (auth.isEmpty()) {
            return Optional.of(everybody(client));
        }
        Auth accounts = auth.get();
        return caller(accounts, request, client).map(caller -> requester(accounts, caller, client));
    }

    /** This stage, but for requests that nobody can be identified by yet: their senders are strangers. */
    public Authentication unless(Predicate<Request> unknown) {
        return new Authentication() {
            @Override
            public Optional<Requester> admit(Request request) {
                return unknown.test(request) ? Optional.of(stranger(request))
                        : BearerAuthenticator.this.admit(request);
            }

            @Override
            public Optional<RememberedSender> remember(Request request) {
                return unknown.test(request) ? Optional.empty()
                        : BearerAuthenticator.this.remember(request);
            }
        };
    }

    @Override
    public Optional<RememberedSender> remember(Request request) {
        String client = proxies.client(request);
        if (auth.isEmpty()) {
            Requester everybody = everybody(client);
            return Optional.of(new RememberedSender(everybody, everybody::on));
        }
        Auth accounts = auth.get();
        List<String> fields = request.headers().all("Authorization");
        Principal caller = fields.isEmpty() ? Principal.ANONYMOUS
                : accounts.bearer(token(fields), request.local());
        return Optional.of(new RememberedSender(requester(accounts, caller, client),
                view -> new Requester.AccountGrants(accounts.permissions().ofValid(caller, view))));
    }

    private Requester requester(Auth accounts, Principal caller, String client) {
        return new Requester(caller, client,
                view -> new Requester.AccountGrants(accounts.permissions().of(caller, view)),
                observers.operations);
    }

    private Requester everybody(String client) {
        return new Requester(Principal.EVERYBODY, client, view -> AccessContext.ALL.on(view),
                observers.operations);
    }

    /** The requester of a request, as if it had no credential. */
    public Requester stranger(Request request) {
        return new Requester(auth.isEmpty() ? Principal.EVERYBODY : Principal.ANONYMOUS,
                proxies.client(request), view -> AccessContext.ALL.on(view), Requester.DEAF);
    }

    private Optional<Principal> caller(Auth accounts, Request request, String client) {
        List<String> fields = request.headers().all("Authorization");
        if (fields.isEmpty()) {
            return Optional.of(Principal.ANONYMOUS);
        }
        try {
            return bearer(accounts, token(fields), request);
        } catch (Refusal bad) {
            if (request.path().equals(HEALTH) || request.path().startsWith(HEALTH + "/")) {
                return Optional.of(Principal.ANONYMOUS);
            }
            if (bad.reason() == Reason.UNAUTHORIZED) {
                failed(client);
            }
            throw bad;
        }
    }

    /**
     * Waits up to a second for the record of a token: tokens are often used on another node in the moment in
     * which they are made. Nobody when the thread may not wait.
     */
    private Optional<Principal> bearer(Auth accounts, String token, Request request) {
        for (int pauses = 0; ; pauses++) {
            try {
                return Optional.of(accounts.bearer(token, request.local()));
            } catch (Refusal bad) {
                if (pauses == PeerRequests.PAUSES_MAX || !accounts.verifier().mayArrive(token)) {
                    throw bad;
                }
                if (!request.executors().mayBlock()) {
                    return Optional.empty();
                }
                others.pause.run();
            }
        }
    }

    private static String token(List<String> fields) {
        String field = fields.get(0);
        if (fields.size() > 1 || !field.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new Refusal(Reason.UNAUTHORIZED, "the credential must be one header 'Authorization: Bearer"
                    + " TOKEN'");
        }
        return field.substring(SCHEME.length()).strip();
    }

    private void failed(String client) {
        RateLimiter.Verdict verdict = failures.count(client);
        observers.failures.accept(client);
        if (!verdict.allowed()) {
            throw new Refusal(Reason.RATE_LIMITED, "this address sent too many invalid credentials")
                    .with("retry_after", ClientRateLimitStage.seconds(verdict.retryMs()));
        }
    }
}
