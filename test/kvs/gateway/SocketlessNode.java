package kvs.gateway;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import kvs.api.BatchResource;
import kvs.api.DocumentResource;
import kvs.api.GroupsResource;
import kvs.api.ListingResource;
import kvs.api.MetadataResource;
import kvs.api.RangeResource;
import kvs.api.RestoreResource;
import kvs.api.TokensResource;
import kvs.api.UsersResource;
import kvs.api.WhoamiResource;
import kvs.audit.AuditLog;
import kvs.auth.AdminTokenFile;
import kvs.auth.Auth;
import kvs.auth.PermissionBits;
import kvs.auth.RightsResolver;
import kvs.documents.BulkOperations;
import kvs.documents.Changes;
import kvs.documents.ClientPosition;
import kvs.documents.Documents;
import kvs.documents.ModeSwitch;
import kvs.documents.WaitLimiter;
import kvs.documents.WaitLimits;
import kvs.documents.Watches;
import kvs.http.ConnectionAddresses;
import kvs.http.PositionWait;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.Response;
import kvs.http.Route;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.metrics.Metrics;
import kvs.model.Hkdf;
import kvs.model.NodeMode;
import kvs.ratelimit.ClientRateLimitStage;
import kvs.ratelimit.RateLimitReport;
import kvs.ratelimit.RateLimiter;
import kvs.server.FastLoop;
import kvs.server.FastPath;
import kvs.server.NioExchange;
import kvs.store.Store;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.FileDisk;
import kvs.world.Logger;
import kvs.world.ThreadedScheduler;
import kvs.world.Threads;

/**
 * A node over a real directory without sockets and without a writer of its own: what a request costs between
 * server and disk can be measured in one thread. Put together as {@code kvs.node.Node} does it, alone in its
 * cluster, with {@code durability: os}.
 */
public final class SocketlessNode implements AutoCloseable {

    private static final byte[] SECRET = "a secret of the cluster, 32 bytes".getBytes(
            StandardCharsets.US_ASCII);
    private static final int WAITS_PER_CALLER = 64;
    private static final StorageSettings SETTINGS = new StorageSettings(128 << 20, 8 << 20, false, 3, false);

    private final Store store;
    private final Watches watches;
    private final AuditLog auditLog;
    private final ThreadedScheduler scheduler = new ThreadedScheduler(new Threads(Logger.none()),
            Logger.none(), 1);
    private final Pipeline pipeline;
    private Documents documents;
    private final String operator;
    private final ConnectionAddresses endpoints = new ConnectionAddresses(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 8_080));

    /** A node in a new directory; {@code guarded} with accounts, or without. */
    public SocketlessNode(Path directory, boolean guarded) throws IOException, UnusableDirectoryException {
        FileDisk disk = FileDisk.open(directory);
        store = Store.open(new StorageEnvironment(disk, Clock.REAL, Dice.real(), Logger.none()), SETTINGS);
        watches = new Watches(store, Clock.REAL, scheduler,
                new WaitLimiter(WaitLimits.of(WAITS_PER_CALLER, 10_000)));
        auditLog = AuditLog.open(FileDisk.open(directory.resolve("tamper")),
                new AuditLog.Dependencies(Clock.REAL, Logger.none()),
                new AuditLog.Settings(List.of(Hkdf.key(SECRET, "kvs tamper 1")), AuditLog.Settings.FILE_BYTES,
                        1L << 30), new AuditLog.KnownHistory(0, Optional.empty()));
        var permissions = new RightsResolver.Settings(
                PermissionBits.parse("cdwr,c-wr,c--r").orElseThrow(), false, false);
        Auth accounts = new Auth(store, Clock.REAL, Dice.real(),
                AdminTokenFile.open(disk, Dice.real(), Logger.none()),
                new Auth.Settings("kvs", List.of(SECRET), permissions));
        operator = AdminTokenFile.read(disk);
        ModeSwitch modes = new ModeSwitch(NodeMode.NORMAL);
        Changes changes = new Changes(store, Clock.REAL, Dice.real(), () -> Optional.of(store.durable()));
        pipeline = new Pipeline(new Router(routes(accounts, modes, changes)), new Pipeline.NodeIdentity(
                "node-1", List.of(), List.of(), () -> changes.now().map(ClientPosition::text).orElse("")),
                gates(guarded ? Optional.of(accounts) : Optional.empty(), modes), Dice.real(), Logger.none());
    }

    private List<Route> routes(Auth accounts, ModeSwitch modes, Changes changes) {
        Executor offloadExecutor = Runnable::run;
        documents = new Documents(store, Clock.REAL, modes, new Documents.Settings(1 << 20, 0));
        List<Route> data = new ArrayList<>(new DocumentResource(documents, watches, offloadExecutor)
                .routes());
        data.addAll(new ListingResource(documents, new BulkOperations(documents, offloadExecutor), watches,
                offloadExecutor).routes());
        data.addAll(new RestoreResource(documents, new BulkOperations(documents, offloadExecutor)).routes());
        data.addAll(new RangeResource(documents).routes());
        data.addAll(new BatchResource(documents).routes());
        var here = new PositionWait(() -> Optional.of(store.durable()), wanted -> false, changes::now,
                watches, offloadExecutor);
        List<Route> routes = new ArrayList<>(
                PositionHandler.on(ReplicationWaitHandler.on(data, new ReplicationWaitHandler.ReplicaNodes() {
            @Override
            public int count() {
                return 1;
            }

            @Override
            public CompletableFuture<Integer> await(int wanted, long waitMs) {
                return CompletableFuture.completedFuture(1);
            }
        }), here));
        routes.addAll(new UsersResource(accounts).routes());
        routes.addAll(new GroupsResource(accounts).routes());
        routes.addAll(new TokensResource(accounts).routes());
        routes.addAll(new WhoamiResource(accounts).routes());
        routes.addAll(new MetadataResource(accounts).routes());
        return routes;
    }

    private Pipeline.Stages gates(Optional<Auth> accounts, ModeSwitch modes) {
        AuditRecorder trail = new AuditRecorder(
                new AuditRecorder.AuditSinks(auditLog::add, auditLog::refused, auditLog::loginFailed),
                request -> "here", Clock.REAL);
        BearerAuthenticator bearerAuthenticator = new BearerAuthenticator(accounts,
                new TrustedProxies(List.of()), new RateLimiter(Clock.REAL, 30, 60_000), trail.ears(),
                new BearerAuthenticator.PeerRequests(request -> false, () -> { }));
        RequestMetrics requestMetrics = new RequestMetrics(new Metrics(), Clock.REAL,
                new SlowRequestLog(1_000, Clock.REAL, Logger.none()));
        return new Pipeline.Stages(bearerAuthenticator,
                new ClientRateLimitStage(Optional.of(new RateLimiter(Clock.REAL, 1_000_000_000, 60_000)),
                        false, new RateLimitReport(Clock.REAL, Logger.none())),
                new RouteAuthorizer(false, false, modes, request -> false), trail, requestMetrics);
    }

    /** A token of a new user who is no administrator. */
    public String token() {
        String user = made("/auth/users", "{\"nickname\":\"ann\"}", "uuid");
        return made("/auth/tokens",
                "{\"user_uuid\":\"" + user + "\",\"scopes\":[\"read\",\"write\"]}", "token");
    }

    private String made(String target, String json, String member) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        Map<String, List<String>> fields = new LinkedHashMap<>(Map.of("Host", List.of("localhost"),
                "Authorization", List.of("Bearer " + operator), "Content-Type", List.of("application/json"),
                "Content-Length", List.of(Integer.toString(body.length))));
        CompletableFuture<Response> answer = serve("POST", target, fields, body);
        write();
        return InMemoryApi.answer(answer).member(member);
    }

    /** Sends a request; the answer to a write comes by {@link #write}. */
    public CompletableFuture<Response> serve(String method, String target, Map<String, List<String>> fields,
            byte[] body) {
        RequestHead head = new RequestHead(method, target, "HTTP/1.1", new RequestHeaders(fields), endpoints);
        return pipeline.serve(head, bytes -> CompletableFuture.completedFuture(body)).toCompletableFuture();
    }

    /** The sender of requests with these fields, names and values in turn, on the fast path. */
    public FastPath.Sender fastSender(String... fields) {
        return pipeline.fastPath(new DocumentFastPath.NodeParts(documents,
                new InlinePolicy(Clock.REAL, () -> 0), () -> true, new NoResponses()))
                .admit(fields, endpoints.remote(), endpoints.local(), new NoLoop()).orElseThrow();
    }

    /** Nothing responds to writes here. */
    private static final class NoResponses implements DocumentFastPath.LaterResponses {

        @Override
        public void began() { }

        @Override
        public void ended() { }

        @Override
        public void respond(NioExchange exchange, RequestHead head, Response response) {
            throw new AssertionError("a response " + response.status());
        }
    }

    /** A loop that runs no tasks. */
    private static final class NoLoop implements FastLoop {

        @Override
        public boolean isOnly() {
            return true;
        }

        @Override
        public long nanosSinceRequest() {
            return 0;
        }

        @Override
        public void execute(Runnable task) {
            throw new AssertionError("a task of a loop");
        }
    }

    /** Makes one group of the writes that wait. */
    public void write() {
        store.step();
    }

    /** Does what threads of a node would do beside: writes the lines of the tamper log. */
    public void rest() {
        long again = 0;
        while (again == 0) {
            again = auditLog.step();
        }
    }

    @Override
    public void close() throws IOException {
        watches.close();
        scheduler.close();
        auditLog.close();
        store.close();
    }
}
