package kvs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import kvs.auth.AdminToken;
import kvs.auth.Auth;
import kvs.auth.Bits;
import kvs.auth.FirstAdmin;
import kvs.auth.Hkdf;
import kvs.auth.Permissions;
import kvs.auth.Readers;
import kvs.config.Settings;
import kvs.data.Modes;
import kvs.http.AgreementHandler;
import kvs.http.Audit;
import kvs.http.AuditTrail;
import kvs.http.Door;
import kvs.http.Doorman;
import kvs.http.Ends;
import kvs.http.FirstVisit;
import kvs.http.GroupsResource;
import kvs.http.MetadataResource;
import kvs.http.NoAuthResource;
import kvs.http.Pipeline;
import kvs.http.Proxies;
import kvs.http.Quota;
import kvs.http.Request;
import kvs.http.Route;
import kvs.http.SlowLog;
import kvs.http.TokensResource;
import kvs.http.Traffic;
import kvs.http.Turnstile;
import kvs.http.UsersResource;
import kvs.http.WhoamiResource;
import kvs.model.Problem;
import kvs.ops.LimitedClients;
import kvs.ops.Metrics;
import kvs.ops.RateLimit;
import kvs.ops.TamperLog;
import kvs.ops.TamperMemory;
import kvs.store.Store;
import kvs.world.Failures;
import kvs.world.SocketOwners;
import kvs.world.Threads;

/** Who may come in to a node, and who hears of it: accounts, limits and the tamper log, put together from the settings. */
final class Entrance {

    /** Bad credentials that an address may show. */
    private static final int FAILURES_A_MINUTE = 30;
    /** The tamper log has so many files when it is full: with fewer much would go at once. */
    private static final int FILES_MIN = 4;

    private final Settings settings;
    private final World world;
    private final LimitedClients limited;

    Entrance(Settings settings, World world) {
        this.settings = settings;
        this.world = world;
        this.limited = new LimitedClients(world.clock(), world.log());
    }

    /** What an operator should know. */
    List<Problem> problems() {
        return limited.problems();
    }

    /** The accounts in {@code store}; empty while they are switched off. */
    Optional<Auth> auth(Store store, List<byte[]> secrets, Readers readers) throws IOException {
        if (!settings.flag("auth_enabled")) {
            return Optional.empty();
        }
        var permissions = new Permissions.Settings(Bits.parse(settings.text("default_permissions")).orElseThrow(),
                settings.flag("allow_anonymous_read"), settings.flag("allow_anonymous_write"));
        return Optional.of(new Auth(store, world.clock(), world.dice(), AdminToken.open(world.data(), world.dice(), world.log()),
                new Auth.Settings(settings.text("cluster_name"), secrets, permissions, readers)));
    }

    /** What is served of accounts. */
    static List<Route> routes(Optional<Auth> accounts, Cluster cluster) {
        if (accounts.isEmpty()) {
            return new NoAuthResource().routes();
        }
        Auth auth = accounts.get();
        List<Route> routes = new ArrayList<>(new UsersResource(auth).routes());
        routes.addAll(new GroupsResource(auth).routes());
        routes.addAll(new TokensResource(auth).routes());
        routes.addAll(new WhoamiResource(auth).routes());
        routes.addAll(new MetadataResource(auth).routes());
        return AgreementHandler.on(routes, token -> cluster.agreement(() -> !token || auth.firstAdmin().begun()));
    }

    /** The tamper log beside a store that was just opened; empty while none is kept. */
    Optional<TamperLog> tamper(List<byte[]> secrets, Store store) throws IOException {
        if (!settings.flag("tamper_logging_enabled")) {
            return Optional.empty();
        }
        long most = settings.bytes("tamper_log_max_bytes");
        var keep = new TamperLog.Settings(tamperKeys(secrets), Math.min(TamperLog.Settings.FILE_BYTES, most / FILES_MIN), most);
        var past = new TamperLog.Past(store.recovered(), TamperMemory.of(store.notes(), settings.text("node_id")));
        return Optional.of(TamperLog.open(world.tamper().open(), new TamperLog.Doors(world.clock(), world.log()), keep, past));
    }

    /** The keys of the tamper log. */
    static List<byte[]> tamperKeys(List<byte[]> secrets) {
        return secrets.stream().map(secret -> Hkdf.key(secret, "kvs tamper 1")).toList();
    }

    /** The gates that every request passes; what they count is told by {@code metrics}. */
    Pipeline.Gates gates(Optional<Auth> auth, Optional<TamperLog> tamper, Modes modes, Cluster cluster, Metrics metrics) {
        Predicate<Request> peers = cluster.signed();
        Proxies proxies = new Proxies(settings.list("trusted_proxies"));
        Optional<AuditTrail> trail = tamper.map(log -> new AuditTrail(
                new AuditTrail.Sinks(log::add, log::refused, log::loginFailed), proxies::client, world.clock()));
        RateLimit failures = new RateLimit(world.clock(), FAILURES_A_MINUTE, TimeUnit.MINUTES.toMillis(1));
        Doorman doorman = new Doorman(auth, proxies, failures,
                trail.map(AuditTrail::ears).orElse(Doorman.Ears.NONE),
                new Doorman.Others(peers, () -> new Threads(world.log()).pause(Doorman.Others.PAUSE_MS)));
        Optional<RateLimit> limit = settings.flag("rate_limiting_enabled") ? Optional.of(new RateLimit(world.clock(),
                (int) settings.number("rate_limit_requests"), settings.durationMs("rate_limit_window"))) : Optional.empty();
        boolean localFree = !settings.given("rate_limit_requests") && !settings.given("rate_limit_window");
        Turnstile turnstile = new Turnstile(settings.flag("allow_anonymous_read"), settings.flag("allow_anonymous_write"), modes,
                first());
        // While users and tokens are still on their way, no credential can be judged: the turnstile says so.
        Door door = request -> modes.closed() && !peers.test(request) ? doorman.stranger(request) : doorman.admit(request);
        measure(metrics, limit, failures);
        Traffic traffic = new Traffic(metrics, world.clock(), new SlowLog(settings.number("slow_request_ms"), world.clock(), world.log()));
        return new Pipeline.Gates(door, new Quota(limit, localFree, limited), turnstile, trail.isPresent() ? trail.get() : Audit.NONE, traffic);
    }

    private static void measure(Metrics metrics, Optional<RateLimit> requests, RateLimit credentials) {
        metrics.counter("kvs_rate_limit_refusals_total", "What was over a limit: requests of a client, or bad credentials of an address.", "limit",
                () -> Map.of("requests", requests.map(RateLimit::refusals).orElse(0L), "credentials", credentials.refusals()));
        metrics.gauge("kvs_rate_limit_clients", "Clients that are remembered for a limit.", "limit",
                () -> Map.of("requests", requests.map(RateLimit::clients).orElse(0), "credentials", credentials.clients()));
    }

    /** Whether a request may make the first user, once the node agrees with its cluster about who there is ({@link AgreementHandler}). */
    private Predicate<Request> first() {
        long began = world.clock().nanos();
        return request -> {
            var site = new FirstAdmin.Site(settings.text("bootstrap").equals("loopback"), settings.loopback(),
                    TimeUnit.NANOSECONDS.toMillis(world.clock().nanos() - began));
            return FirstAdmin.admits(site, FirstVisit.of(request, this::own));
        };
    }

    /** Whether the client's end of a connection is of our own user; where nobody can say so, as on systems other than Linux, we believe it. */
    private boolean own(Ends ends) {
        try {
            SocketOwners.Owner owner = world.sockets().of(ends.remote(), ends.local());
            return owner == SocketOwners.Owner.OWN || owner == SocketOwners.Owner.UNSUPPORTED;
        } catch (IOException e) {
            world.log().warn("it is not known whose connection this is, so it may not make the first user", "why", Failures.text(e));
            return false;
        }
    }
}
