package kvs.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import kvs.api.AuditLogResource;
import kvs.api.AuditWitnessResource;
import kvs.api.BackupResource;
import kvs.api.BatchResource;
import kvs.api.sites.BundlesResource;
import kvs.api.ChangeJson;
import kvs.api.ChangesResource;
import kvs.api.ConsoleResource;
import kvs.api.DocumentResource;
import kvs.api.EventsResource;
import kvs.api.GroupsResource;
import kvs.api.HealthReport;
import kvs.api.HealthResource;
import kvs.api.ListingResource;
import kvs.api.MaintenanceResource;
import kvs.api.ManualResource;
import kvs.api.MembersResource;
import kvs.api.MerkleResource;
import kvs.api.sites.MergesResource;
import kvs.api.MetadataResource;
import kvs.api.MetricsResource;
import kvs.api.ModeResource;
import kvs.api.OpenApiResource;
import kvs.api.sites.PartnersResource;
import kvs.api.ProblemResource;
import kvs.api.ProofsResource;
import kvs.api.RangeResource;
import kvs.api.RestoreResource;
import kvs.api.RootResource;
import kvs.api.TokensResource;
import kvs.api.TouchResource;
import kvs.api.UsersResource;
import kvs.api.WhoamiResource;
import kvs.audit.AuditEvent;
import kvs.audit.AuditLog;
import kvs.auth.AdminTokenFile;
import kvs.auth.Auth;
import kvs.auth.PermissionBits;
import kvs.auth.RightsResolver;
import kvs.backup.BackupScheduler;
import kvs.backup.BackupWriter;
import kvs.bundle.BackgroundPacer;
import kvs.bundle.BundleExports;
import kvs.bundle.Site;
import kvs.bundle.SiteMerges;
import kvs.cluster.MemberView;
import kvs.cluster.NodeFacts;
import kvs.documents.Changes;
import kvs.documents.LocalDocuments;
import kvs.events.EventLog;
import kvs.health.FreeSpaceProbe;
import kvs.health.HealthRegistry;
import kvs.http.ConnectionAddresses;
import kvs.http.PositionWait;
import kvs.http.RequestExecutors;
import kvs.http.RequestHead;
import kvs.http.RequestHeaders;
import kvs.http.Response;
import kvs.http.Route;
import kvs.json.JsonException;
import kvs.json.JsonValue;
import kvs.metrics.Metrics;
import kvs.model.Coverage;
import kvs.model.HealthProblem;
import kvs.model.Hkdf;
import kvs.proof.AuditEvidence;
import kvs.proof.ProofKey;
import kvs.proof.ProofMaker;
import kvs.ratelimit.ClientRateLimitStage;
import kvs.ratelimit.RateLimitReport;
import kvs.ratelimit.RateLimiter;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.streams.ChangeStreams;
import kvs.world.Logger;

/** The API of a node in memory: requests pass the whole pipeline, without sockets and in one thread. */
public final class InMemoryApi {

    public static final String NODE = "node-1";
    static final long SLOW_MS = 1_000;
    private static final int BACKUP_STEPS = 3;
    private static final String SECRET_TEXT = "a secret of the cluster, 32 bytes";
    static final byte[] SECRET = SECRET_TEXT.getBytes(StandardCharsets.US_ASCII);
    private static final List<byte[]> AUDIT_KEYS = List.of(Hkdf.key(SECRET, "kvs tamper 1"));
    private static final ProofKey PROOF_KEY = ProofKey.generate();

    public final LocalDocuments node;
    private final Pipeline pipeline;
    public boolean bootstrap;
    private Executor offloadExecutor = Runnable::run;
    private InetAddress remote = InetAddress.getLoopbackAddress();
    private InetAddress here = remote;

    /** A response, its body sent to the end. */
    public record ApiResponse(int status, Map<String, String> headers, String body) {

        public String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** The same without a header. */
        public ApiResponse without(String name) {
            Map<String, String> less = new LinkedHashMap<>(headers);
            less.remove(name);
            return new ApiResponse(status, less, body);
        }

        public JsonValue json() {
            try {
                return JsonValue.parse(body.getBytes(StandardCharsets.UTF_8));
            } catch (JsonException e) {
                throw new AssertionError(body, e);
            }
        }

        /** The text of a field of the JSON body, strings without quotes. */
        public String member(String name) {
            return InMemoryApi.member(json(), name);
        }

        public String uuid() {
            return member("uuid");
        }
    }

    /** All routes of a node. */
    final List<Route> routes = new ArrayList<>();

    public final Auth auth;
    /** The events of the audit log. */
    public final List<AuditEvent> events = new ArrayList<>();
    final List<AuditEvent> refusals = new ArrayList<>();
    /** The addresses that sent a bad credential, or none where one was needed. */
    public final List<String> failures = new ArrayList<>();
    private final SimDisk auditFiles = new SimDisk(new SimDice(4));
    public final AuditLog auditLog;
    /** The members that its health shows. */
    public List<MemberView> members = List.of();
    /** The events of the node. */
    public final EventLog eventLog = new EventLog(Logger.none());
    public final SimDisk backupFiles = new SimDisk(new SimDice(5));
    public final BackupScheduler backups;
    public final HealthRegistry health = new HealthRegistry();
    /** Lines about clients that reached the rate limit. */
    public final ByteArrayOutputStream limitLog = new ByteArrayOutputStream();
    private final RateLimitReport limited;
    /**
     * Whether this node and its cluster agree about accounts; completed at once but where a test says
     * otherwise.
     */
    public CompletableFuture<Boolean> agreed = CompletableFuture.completedFuture(true);
    public boolean whole = true;
    public boolean left;
    public boolean draining;
    public final PeerStub cluster;
    public final Changes changes;
    /** The open streams of changes. */
    final ChangeStreams streams;
    /** Whether what a position covers is lost for good. */
    public Predicate<Coverage> lost = wanted -> false;
    /** The metrics of the node. */
    final Metrics metrics = new Metrics();
    private final RequestMetrics requestMetrics;
    /** The log of slow requests. */
    final ByteArrayOutputStream log = new ByteArrayOutputStream();
    /** Actions that run while a request waits for the record of a token. */
    public final List<Runnable> pauses = new ArrayList<>();
    /** The number of nodes, of three, that have the write. */
    public final CompletableFuture<Integer> copies = new CompletableFuture<>();

    /**
     * The settings of access.
     *
     * @param localFree whether requests of this machine are not limited
     */
    public record Access(boolean anonymousRead, boolean anonymousWrite, Optional<RateLimiter> limit,
            boolean openMetrics, boolean localFree) {

        public Access(boolean anonymousRead, boolean anonymousWrite, Optional<RateLimiter> limit,
                boolean openMetrics) {
            this(anonymousRead, anonymousWrite, limit, openMetrics, true);
        }

        public Access(boolean anonymousRead, boolean anonymousWrite, Optional<RateLimiter> limit) {
            this(anonymousRead, anonymousWrite, limit, false);
        }

        public static final Access STRICT = new Access(false, false, Optional.empty());
    }

    /** A node without accounts. */
    public InMemoryApi() {
        this(0);
    }

    public InMemoryApi(long defaultTtlMs) {
        this(defaultTtlMs, Optional.empty());
    }

    /** A node where every request needs a token. */
    public static InMemoryApi guarded(Access access) {
        return new InMemoryApi(0, Optional.of(access));
    }

    private InMemoryApi(long defaultTtlMs, Optional<Access> access) {
        node = new LocalDocuments(1, defaultTtlMs);
        backups = new BackupScheduler(new BackupScheduler.Settings(NODE, Optional.empty(), ZoneOffset.UTC, 7),
                new BackupScheduler.Dependencies(() -> backupFiles, (to, name) -> new BackupWriter(
                        node.store.backupSource(), to, name), node.clock, Logger.none(), 0, () -> whole));
        auth = auth(node, access.orElse(Access.STRICT));
        auditLog = tamper(node);
        routes.addAll(new DocumentResource(node.documents, node.watches,
                work -> offloadExecutor.execute(work)).routes());
        routes.addAll(new ListingResource(node.documents, node.bulk, node.watches,
                work -> offloadExecutor.execute(work)).routes());
        routes.addAll(new RestoreResource(node.documents, node.bulk).routes());
        routes.addAll(new RangeResource(node.documents).routes());
        routes.addAll(new BatchResource(node.documents).routes());
        routes.addAll(new TouchResource(node.bulk).routes());
        routes.addAll(new MerkleResource(node.store).routes());
        FreeSpaceProbe space = new FreeSpaceProbe(node.disk);
        limited = new RateLimitReport(node.clock, new Logger(
                new PrintStream(limitLog, true, StandardCharsets.UTF_8), Logger.Level.INFO, node.clock));
        List.<Supplier<List<HealthProblem>>>of(node.store::problems, space::problems, limited::problems)
                .forEach(health::add);
        routes.addAll(new HealthResource(new HealthResource.NodeDescription(NODE, "1.2.3", () -> whole,
                () -> left, () -> 1, () -> draining),
                new HealthResource.Dependencies(node.store, node.modes, health, space,
                        new HealthReport.ClusterFacts(() -> members, origin -> Optional.empty(),
                                () -> new NodeFacts("1.2.3", 5_000, OptionalLong.of(76_000_000_000L),
                                        OptionalLong.empty()),
                                backups::lastMs, List::of)),
                node.clock).routes());
        routes.addAll(new ProblemResource().routes());
        routes.addAll(new RootResource(NODE, "1.2.3", true).routes());
        routes.addAll(new OpenApiResource("1.2.3").routes());
        routes.addAll(new ManualResource().routes());
        routes.addAll(ConsoleResource.routes(true));
        requestMetrics = new RequestMetrics(metrics, node.clock, new SlowRequestLog(SLOW_MS, node.clock,
                new Logger(new PrintStream(log, true, StandardCharsets.UTF_8), Logger.Level.INFO,
                        node.clock)));
        routes.addAll(new MetricsResource(metrics, access.filter(Access::openMetrics).isPresent()).routes());
        changes = new Changes(node.store, node.clock, new SimDice(9),
                () -> Optional.of(node.store.durable()));
        var here = new PositionWait(() -> Optional.of(node.store.durable()), wanted -> lost.test(wanted),
                changes::now, node.watches, work -> offloadExecutor.execute(work));
        ChangeJson changeJson = new ChangeJson(node.documents,
                origin -> Optional.of(NODE).filter(id -> origin.equals(node.store.origin())));
        streams = new ChangeStreams(node.store, new ChangeStreams.Dependencies(changes,
                changeJson, node.clock, node, work -> offloadExecutor.execute(work)));
        routes.addAll(new ChangesResource(new ChangesResource.Dependencies(changes, changeJson, here,
                node.waits, streams, node.clock)).routes());
        routes.addAll(new ModeResource(node.modes).routes());
        routes.addAll(new MaintenanceResource(node.store, events()).routes());
        routes.addAll(new BackupResource(backups, work -> offloadExecutor.execute(work)).routes());
        Site site = new Site(new Site.Dependencies(node.store, node.modes, new Site.ClusterState(() -> whole,
                () -> false, List::of, Optional::empty), node.clock, new SimDice(11), events(),
                BackgroundPacer::alone));
        routes.addAll(new PartnersResource(site, node.clock).routes());
        routes.addAll(new BundlesResource(new BundleExports(site), work -> offloadExecutor.execute(work))
                .routes());
        SimDisk incoming = new SimDisk(new SimDice(12));
        routes.addAll(new MergesResource(new SiteMerges(site, () -> incoming, Runnable::run)).routes());
        routes.addAll(new UsersResource(auth).routes());
        routes.addAll(new GroupsResource(auth).routes());
        routes.addAll(new TokensResource(auth).routes());
        routes.addAll(new WhoamiResource(auth).routes());
        routes.addAll(new MetadataResource(auth).routes());
        routes.addAll(new AuditLogResource(Optional.of(auditLog)).routes());
        routes.addAll(new AuditWitnessResource(List::of).routes());
        routes.addAll(new ProofsResource(new ProofMaker(node.store, new ProofMaker.NodeFacts(NODE, node.clock,
                () -> PROOF_KEY, Map::of), Optional.of(new ProofMaker.LogSource(auditLog,
                        () -> new AuditEvidence(auditFiles, AUDIT_KEYS))))).routes());
        routes.addAll(new EventsResource(eventLog).routes());
        cluster = new PeerStub(node);
        routes.addAll(new MembersResource(cluster.membership::members, origin -> Optional.empty(),
                cluster.leaving).routes());
        routes.addAll(cluster.resource.routes());
        List<Route> copied = PositionHandler.on(ReplicationWaitHandler.on(FirstUserAgreementHandler.on(routes,
                token -> agreed), new ReplicationWaitHandler.ReplicaNodes() {
            @Override
            public int count() {
                return 3;
            }

            @Override
            public CompletableFuture<Integer> await(int wanted, long waitMs) {
                return copies;
            }
        }), here);
        pipeline = new Pipeline(new Router(copied), new Pipeline.NodeIdentity(NODE, List.of(), List.of(),
                () -> changes.now().orElseThrow().text()),
                access.map(this::gates).orElse(Pipeline.Stages.open(requestMetrics)), new SimDice(1),
                Logger.none());
    }

    /** The stages that every request passes. */
    Pipeline pipeline() {
        return pipeline;
    }

    /** A log whose events are served. */
    public Logger events() {
        return Logger.none(node.clock).recording(eventLog);
    }

    private static Auth auth(LocalDocuments node, Access access) {
        try {
            var permissions = new RightsResolver.Settings(PermissionBits.parse("cdwr,c-wr,c--r")
                    .orElseThrow(), access.anonymousRead, access.anonymousWrite);
            return new Auth(node.store, node.clock, new SimDice(2), AdminTokenFile.open(node.disk,
                    new SimDice(3), Logger.none()), new Auth.Settings("kvs", List.of(SECRET), permissions));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private AuditLog tamper(LocalDocuments node) {
        try {
            return AuditLog.open(auditFiles, new AuditLog.Dependencies(node.clock, Logger.none()),
                    new AuditLog.Settings(AUDIT_KEYS, 1 << 20, 1 << 30),
                    new AuditLog.KnownHistory(0, Optional.empty()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Pipeline.Stages gates(Access access) {
        TrustedProxies proxies = new TrustedProxies(List.of());
        AuditRecorder trail = new AuditRecorder(new AuditRecorder.AuditSinks(event -> {
            events.add(event);
            auditLog.add(event);
        }, refusals::add, failures::add), proxies::client, node.clock);
        BearerAuthenticator bearerAuthenticator = new BearerAuthenticator(Optional.of(auth), proxies,
                new RateLimiter(node.clock, 30, 60_000), trail.ears(),
                new BearerAuthenticator.PeerRequests(cluster.resource::signed, () -> pauses.remove(0).run()));
        RouteAuthorizer routeAuthorizer = new RouteAuthorizer(access.anonymousRead, access.anonymousWrite,
                node.modes, request -> bootstrap && request.local());
        return new Pipeline.Stages(bearerAuthenticator,
                new ClientRateLimitStage(access.limit, access.localFree, limited),
                routeAuthorizer, trail, requestMetrics);
    }

    /** The text of {@code admin.token}. */
    public String adminToken() {
        try {
            return AdminTokenFile.read(node.disk);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes requests come from another machine. */
    public InMemoryApi remote() throws IOException {
        remote = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
        here = InetAddress.getByAddress(new byte[] {10, 0, 0, 2});
        return this;
    }

    /** Leaves no thread free beside those that wake requests. */
    public void exhausted() {
        offloadExecutor = work -> {
            throw new RejectedExecutionException("all busy");
        };
    }

    /**
     * Sends a request; {@code headers} are names and values in turn. Only the response that makes a token may
     * contain a secret.
     */
    public ApiResponse send(String method, String target, String body, String... headers) {
        CompletableFuture<Response> started = start(method, target, body, headers);
        node.work();
        for (int i = 0; i < BACKUP_STEPS; i++) {
            backups.step();
        }
        ApiResponse answer = answer(started);
        String told = answer.headers + answer.body;
        boolean makesToken = method.equals("POST") && target.equals("/auth/tokens") && answer.status == 201;
        if (told.contains("eyJhbGciOi") && !makesToken || told.contains(AdminTokenFile.PREFIX)
                || told.contains(SECRET_TEXT)) {
            throw new AssertionError("a secret in the answer to " + method + " " + target + ": " + told);
        }
        return answer;
    }

    public ApiResponse get(String target, String... headers) {
        return send("GET", target, "", headers);
    }

    public ApiResponse put(String target, String body, String... headers) {
        return send("PUT", target, body, headers);
    }

    public ApiResponse post(String target, String body) {
        return send("POST", target, body);
    }

    public ApiResponse delete(String target, String... headers) {
        return send("DELETE", target, "", headers);
    }

    /** Sends a request that may wait. */
    public CompletableFuture<Response> start(String method, String target, String body, String... headers) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        Map<String, List<String>> fields = new LinkedHashMap<>();
        fields.put("Host", List.of("localhost"));
        if (bytes.length > 0 || method.equals("PUT") || method.equals("POST")) {
            fields.put("Content-Length", List.of(Integer.toString(bytes.length)));
        }
        for (int i = 0; i < headers.length; i += 2) {
            fields.put(headers[i], List.of(headers[i + 1]));
        }
        return start(method, target, bytes, fields);
    }

    /** Reads as on a loop, which leaves slow work to {@code elsewhere}. */
    public CompletableFuture<Response> onLoop(String target, Executor elsewhere) {
        RequestHead head = new RequestHead("GET", target, "HTTP/1.1",
                new RequestHeaders(Map.of("Host", List.of("localhost"))), new ConnectionAddresses(
                        new InetSocketAddress(remote, 50_000), new InetSocketAddress(here, 8_080)));
        return served(head.at(new RequestExecutors(Runnable::run, elsewhere)),
                count -> new CompletableFuture<>());
    }

    /** Sends the head of a request with a token; the body arrives when {@code late} completes. */
    public CompletableFuture<Response> late(String method, String target, String body,
            CompletableFuture<byte[]> late, String token) {
        Map<String, List<String>> fields = Map.of("Host", List.of("localhost"), "Content-Length",
                List.of(Integer.toString(body.length())), "Authorization", List.of("Bearer " + token));
        RequestHead head = new RequestHead(method, target, "HTTP/1.1", new RequestHeaders(fields),
                new ConnectionAddresses(new InetSocketAddress(remote, 50_000),
                        new InetSocketAddress(here, 8_080)));
        return served(head, count -> late);
    }

    /** Sends a request whose body need not be text. */
    public CompletableFuture<Response> start(String method, String target, byte[] body,
            Map<String, List<String>> fields) {
        RequestHead head = new RequestHead(method, target, "HTTP/1.1", new RequestHeaders(fields),
                new ConnectionAddresses(new InetSocketAddress(remote, 50_000),
                        new InetSocketAddress(here, 8_080)));
        return served(head, count -> CompletableFuture.completedFuture(body)).thenApply(response -> {
            AnswerCheck.checkAccepted(method, target, response.status(), body);
            return response;
        });
    }

    /** Sends a request through the pipeline; every response is compared with its description. */
    private CompletableFuture<Response> served(RequestHead head, BodySource body) {
        return pipeline.serve(head, body).toCompletableFuture()
                .thenApply(response -> checked(head, response));
    }

    /** The response without the line feed behind JSON, which the check has seen. */
    private static Response checked(RequestHead head, Response response) {
        if (response.headers().containsKey("Content-Encoding")) {
            check(head, response, CodedResponsesTest.decoded(response));
            return response;
        }
        String type = response.headers().getOrDefault("Content-Type", "");
        if (response.body() instanceof Response.FullBody full) {
            check(head, response, full.bytes());
            return new Response(response.status(), response.headers(), new Response.FullBody(
                    AnswerCheck.withoutLineFeed(head.target(), type, full.bytes())));
        }
        if (response.body() instanceof Response.EventBody) {
            return response;
        }
        var pages = (Response.StreamedBody) response.body();
        boolean json = type.startsWith("application/json");
        Response.StreamedBody body = out -> {
            ByteArrayOutputStream sent = new ByteArrayOutputStream();
            pages.writeTo(json ? sent : new TeeStream(out, sent));
            check(head, response, sent.toByteArray());
            if (json) {
                out.write(AnswerCheck.withoutLineFeed(head.target(), type, sent.toByteArray()));
            }
        };
        return new Response(response.status(), response.headers(), body);
    }

    private static void check(RequestHead head, Response response, byte[] body) {
        AnswerCheck.check(new AnswerCheck.ReceivedAnswer(head.method(), head.target(), response.status(),
                name -> Optional.ofNullable(response.headers().get(name)), body));
    }

    /** The response of a request, its body as text; status 0 when it is not complete yet. */
    public static ApiResponse answer(CompletableFuture<Response> stage) {
        Response response = stage.getNow(Response.text(0, "not answered yet"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (response.body() instanceof Response.StreamedBody pages) {
                pages.writeTo(out);
            } else if (!(response.body() instanceof Response.EventBody)) {
                out.write(((Response.FullBody) response.body()).bytes());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new ApiResponse(response.status(), response.headers(), out.toString(StandardCharsets.UTF_8));
    }

    public static String member(JsonValue object, String name) {
        try {
            return object.field(name).map(InMemoryApi::text).orElse("");
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    public static List<JsonValue> elements(JsonValue object, String name) {
        try {
            return object.field(name).orElseThrow().elements();
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    public static String text(JsonValue value) {
        try {
            return value.kind() == JsonValue.Kind.STRING ? value.string()
                    : new String(value.raw(), StandardCharsets.UTF_8);
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }
}
