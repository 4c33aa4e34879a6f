package kvs.node;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import kvs.api.AuthDisabledResource;
import kvs.api.GroupsResource;
import kvs.api.MetadataResource;
import kvs.api.ProofsResource;
import kvs.api.TokensResource;
import kvs.api.UsersResource;
import kvs.api.WhoamiResource;
import kvs.audit.AuditAnchorKeeper;
import kvs.audit.AuditLog;
import kvs.auth.AdminTokenFile;
import kvs.auth.Auth;
import kvs.auth.FirstUserSetup;
import kvs.auth.MetadataFormatGate;
import kvs.auth.PermissionBits;
import kvs.auth.RightsResolver;
import kvs.config.Settings;
import kvs.documents.ModeSwitch;
import kvs.gateway.AuditRecorder;
import kvs.gateway.Authentication;
import kvs.gateway.BearerAuthenticator;
import kvs.gateway.FirstUserAgreementHandler;
import kvs.gateway.FirstUserRequestFacts;
import kvs.gateway.Pipeline;
import kvs.gateway.RequestMetrics;
import kvs.gateway.RequestObserver;
import kvs.gateway.RouteAuthorizer;
import kvs.gateway.SlowRequestLog;
import kvs.gateway.TrustedProxies;
import kvs.http.ConnectionAddresses;
import kvs.http.Request;
import kvs.http.Route;
import kvs.metrics.Metrics;
import kvs.model.HealthProblem;
import kvs.model.Hkdf;
import kvs.proof.AuditEvidence;
import kvs.proof.ProofKeyFile;
import kvs.proof.ProofMaker;
import kvs.ratelimit.ClientRateLimitStage;
import kvs.ratelimit.RateLimitReport;
import kvs.ratelimit.RateLimiter;
import kvs.store.Store;
import kvs.world.FailureText;
import kvs.world.SocketOwners;
import kvs.world.Threads;

/** The wiring of access to a node: accounts, limits and the audit log, put together from the settings. */
public final class AccessWiring {

    /** Maximal number of bad credentials from one address a minute. */
    private static final int FAILURES_A_MINUTE = 30;
    /** Number of files of a full tamper log, at least: with fewer, much would be deleted at once. */
    private static final int FILES_MIN = 4;

    private final Settings settings;
    private final Environment environment;
    private final RateLimitReport limited;

    public AccessWiring(Settings settings, Environment environment) {
        this.settings = settings;
        this.environment = environment;
        this.limited = new RateLimitReport(environment.clock(), environment.log());
    }

    /** The problems for an operator. */
    List<HealthProblem> problems() {
        return limited.problems();
    }

    /** The accounts in {@code store}; empty while they are switched off. */
    public Optional<Auth> auth(Store store, List<byte[]> secrets, MetadataFormatGate readers)
            throws IOException {
        if (!settings.flag("auth_enabled")) {
            return Optional.empty();
        }
        var permissions = new RightsResolver.Settings(
                PermissionBits.parse(settings.text("default_permissions")).orElseThrow(),
                settings.flag("allow_anonymous_read"), settings.flag("allow_anonymous_write"));
        return Optional.of(new Auth(store, environment.clock(), environment.dice(),
                AdminTokenFile.open(environment.data(), environment.dice(), environment.log()),
                new Auth.Settings(settings.text("cluster_name"), secrets, permissions, readers)));
    }

    /** The routes of accounts. */
    static List<Route> routes(Optional<Auth> accounts, ClusterWiring cluster) {
        if (accounts.isEmpty()) {
            return new AuthDisabledResource().routes();
        }
        Auth auth = accounts.get();
        List<Route> routes = new ArrayList<>(new UsersResource(auth).routes());
        routes.addAll(new GroupsResource(auth).routes());
        routes.addAll(new TokensResource(auth).routes());
        routes.addAll(new WhoamiResource(auth).routes());
        routes.addAll(new MetadataResource(auth).routes());
        return FirstUserAgreementHandler.on(routes,
                token -> cluster.agreement().await(() -> !token || auth.bootstrap().begun()));
    }

    /** The tamper log beside a store that was just opened; empty if it is switched off. */
    public Optional<AuditLog> auditLog(List<byte[]> secrets, Store store) throws IOException {
        if (!settings.flag("tamper_logging_enabled")) {
            return Optional.empty();
        }
        long most = settings.bytes("tamper_log_max_bytes");
        var keep = new AuditLog.Settings(auditKeys(secrets),
                Math.min(AuditLog.Settings.FILE_BYTES, most / FILES_MIN), most);
        var knownHistory = new AuditLog.KnownHistory(store.recovered(),
                AuditAnchorKeeper.of(store.notes(), settings.text("node_id")));
        return Optional.of(AuditLog.open(environment.auditDirectory().open(),
                new AuditLog.Dependencies(environment.clock(), environment.log()), keep, knownHistory));
    }

    /** The keys of the audit log. */
    public static List<byte[]> auditKeys(List<byte[]> secrets) {
        return secrets.stream().map(secret -> Hkdf.key(secret, "kvs tamper 1")).toList();
    }

    /** The routes of proofs; {@code remembered} are the heads that are known of other members' logs. */
    List<Route> proofs(Store store, List<byte[]> secrets, Optional<AuditLog> auditLog,
            Supplier<Map<UUID, String>> remembered) {
        ProofMaker.NodeFacts node = new ProofMaker.NodeFacts(settings.text("node_id"), environment.clock(),
                new ProofKeyFile(environment.files(), environment.data().where())::key, remembered);
        return new ProofsResource(new ProofMaker(store, node, auditLog.map(log ->
                new ProofMaker.LogSource(log, () -> new AuditEvidence(environment.auditDirectory().open(),
                        auditKeys(secrets)))))).routes();
    }

    /** The metrics of the node, and those of its requests. */
    record NodeCounters(Metrics metrics, RequestMetrics requests) { }

    /** The metrics of requests, as a part of {@code metrics}. */
    RequestMetrics requestMetrics(Metrics metrics) {
        return new RequestMetrics(metrics, environment.clock(), new SlowRequestLog(
                settings.number("slow_request_ms"), environment.clock(), environment.log()));
    }

    /** The stages that every request passes; {@code counters} shows what they count. */
    Pipeline.Stages gates(Optional<Auth> auth, Optional<AuditLog> auditLog, ModeSwitch modes,
            ClusterWiring cluster, NodeCounters counters) {
        Predicate<Request> peers = cluster.signed();
        TrustedProxies proxies = new TrustedProxies(settings.list("trusted_proxies"));
        Optional<AuditRecorder> trail = auditLog.map(log ->
                new AuditRecorder(new AuditRecorder.AuditSinks(log::add, log::refused, log::loginFailed),
                        proxies::client, environment.clock()));
        RateLimiter failures = new RateLimiter(environment.clock(), FAILURES_A_MINUTE,
                TimeUnit.MINUTES.toMillis(1));
        BearerAuthenticator bearerAuthenticator = new BearerAuthenticator(auth, proxies, failures,
                trail.map(AuditRecorder::ears).orElse(BearerAuthenticator.Observers.NONE),
                new BearerAuthenticator.PeerRequests(peers, () -> new Threads(environment.log())
                        .pause(BearerAuthenticator.PeerRequests.PAUSE_MS)));
        Optional<RateLimiter> limit = settings.flag("rate_limiting_enabled") ? Optional.of(
                new RateLimiter(environment.clock(), (int) settings.number("rate_limit_requests"),
                        settings.durationMs("rate_limit_window"))) : Optional.empty();
        boolean localFree = !settings.given("rate_limit_requests") && !settings.given("rate_limit_window");
        RouteAuthorizer routeAuthorizer = new RouteAuthorizer(settings.flag("allow_anonymous_read"),
                settings.flag("allow_anonymous_write"), modes, first());
        // While users and tokens are still being fetched, no credential can be checked: RouteAuthorizer
        // reports that.
        Authentication authentication = bearerAuthenticator.unless(request -> modes.closed()
                && !peers.test(request));
        measure(counters.metrics, limit, failures);
        return new Pipeline.Stages(authentication, new ClientRateLimitStage(limit, localFree, limited),
                routeAuthorizer, trail.isPresent() ? trail.get() : RequestObserver.NONE, counters.requests);
    }

    private static void measure(Metrics metrics, Optional<RateLimiter> requests, RateLimiter credentials) {
        metrics.counter("kvs_rate_limit_refusals_total",
                "Requests of clients and invalid credentials of addresses over a limit.",
                "limit", () -> Map.of("requests", requests.map(RateLimiter::refusals).orElse(0L),
                        "credentials", credentials.refusals()));
        metrics.gauge("kvs_rate_limit_clients", "Clients and addresses with a counter of a limit.",
                "limit", () -> Map.of("requests", requests.map(RateLimiter::clients).orElse(0),
                        "credentials", credentials.clients()));
    }

    /**
     * Whether a request may make the first user, once the node agrees with its cluster on the users
     * ({@link FirstUserAgreementHandler}).
     */
    private Predicate<Request> first() {
        long began = environment.clock().nanos();
        return request -> {
            var nodeFacts = new FirstUserSetup.NodeFacts(settings.text("bootstrap").equals("loopback"),
                    settings.loopback(), TimeUnit.NANOSECONDS.toMillis(environment.clock().nanos() - began));
            return FirstUserSetup.admits(nodeFacts, FirstUserRequestFacts.of(request, this::own));
        };
    }

    /**
     * Whether the client's end of a connection belongs to our own user; where that cannot be determined, as
     * on systems other than Linux, it is assumed.
     */
    private boolean own(ConnectionAddresses endpoints) {
        try {
            SocketOwners.Owner owner = environment.sockets().of(endpoints.remote(), endpoints.local());
            return owner == SocketOwners.Owner.OWN || owner == SocketOwners.Owner.UNSUPPORTED;
        } catch (IOException e) {
            environment.log()
                    .warn("the owner of a connection is unknown, so it may not create the first user",
                            "why", FailureText.text(e));
            return false;
        }
    }
}
