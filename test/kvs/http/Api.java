package kvs.http;

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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import kvs.auth.AdminToken;
import kvs.auth.Auth;
import kvs.auth.Bits;
import kvs.auth.Hkdf;
import kvs.auth.Permissions;
import kvs.data.Changes;
import kvs.data.Local;
import kvs.json.JsonException;
import kvs.json.JsonText;
import kvs.model.Coverage;
import kvs.model.Problem;
import kvs.ops.Backups;
import kvs.ops.FreeSpace;
import kvs.ops.Health;
import kvs.ops.LimitedClients;
import kvs.ops.Metrics;
import kvs.ops.RateLimit;
import kvs.ops.TamperEvent;
import kvs.ops.TamperLog;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.store.Backup;
import kvs.world.Log;

/** The API of a node in memory: requests go through the whole pipeline, without sockets and in one thread. */
final class Api {

    static final String NODE = "node-1";
    static final long SLOW_MS = 1_000;
    private static final int BACKUP_STEPS = 3;
    private static final String SECRET_TEXT = "a secret of the cluster, 32 bytes";
    static final byte[] SECRET = SECRET_TEXT.getBytes(StandardCharsets.US_ASCII);

    final Local node;
    private final Pipeline pipeline;
    boolean bootstrap;
    private Executor aside = Runnable::run;
    private InetAddress remote = InetAddress.getLoopbackAddress();
    private InetAddress here = remote;

    /** An answer, its body sent to the end. */
    record Answer(int status, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name, "");
        }

        /** The same without a header. */
        Answer without(String name) {
            Map<String, String> less = new LinkedHashMap<>(headers);
            less.remove(name);
            return new Answer(status, less, body);
        }

        JsonText json() {
            try {
                return JsonText.parse(body.getBytes(StandardCharsets.UTF_8));
            } catch (JsonException e) {
                throw new AssertionError(body, e);
            }
        }

        /** The text of a member, strings without quotes. */
        String member(String name) {
            return Api.member(json(), name);
        }

        String uuid() {
            return member("uuid");
        }
    }

    /** All routes of a node. */
    final List<Route> routes = new ArrayList<>();

    final Auth auth;
    /** What the tamper log was told. */
    final List<TamperEvent> events = new ArrayList<>();
    final List<TamperEvent> refusals = new ArrayList<>();
    /** The addresses that showed a bad credential, or none where one was needed. */
    final List<String> failures = new ArrayList<>();
    final TamperLog tamper;
    final SimDisk backupFiles = new SimDisk(new SimDice(5));
    final Backups backups;
    final Health health = new Health();
    /** Lines about clients that met the rate limit. */
    final ByteArrayOutputStream limitLog = new ByteArrayOutputStream();
    private final LimitedClients limited;
    /** Whether this node and its cluster agree about accounts; completed at once but where a test says otherwise. */
    CompletableFuture<Boolean> agreed = CompletableFuture.completedFuture(true);
    boolean whole = true;
    boolean left;
    final Neighbour cluster;
    final Changes changes;
    /** Whether what a position covers is lost for good. */
    Predicate<Coverage> lost = wanted -> false;
    /** What is counted. */
    final Metrics metrics = new Metrics();
    private final Traffic traffic;
    /** What was slow. */
    final ByteArrayOutputStream log = new ByteArrayOutputStream();
    /** What happens while somebody waits for the record of a token. */
    final List<Runnable> pauses = new ArrayList<>();
    /** How many of three nodes have what was written. */
    final CompletableFuture<Integer> copies = new CompletableFuture<>();

    /** How access is set up. */
    record Access(boolean anonymousRead, boolean anonymousWrite, Optional<RateLimit> limit, boolean openMetrics) {

        Access(boolean anonymousRead, boolean anonymousWrite, Optional<RateLimit> limit) {
            this(anonymousRead, anonymousWrite, limit, false);
        }

        static final Access STRICT = new Access(false, false, Optional.empty());
    }

    /** A node without accounts. */
    Api() {
        this(0);
    }

    Api(long defaultTtlMs) {
        this(defaultTtlMs, Optional.empty());
    }

    /** A node where everybody needs a token. */
    static Api guarded(Access access) {
        return new Api(0, Optional.of(access));
    }

    private Api(long defaultTtlMs, Optional<Access> access) {
        node = new Local(1, defaultTtlMs);
        backups = new Backups(new Backups.Settings(NODE, Optional.empty(), ZoneOffset.UTC, 7),
                new Backups.Doors(() -> backupFiles, (to, name) -> new Backup(node.store.backupSource(), to, name), node.clock, Log.none(), 0,
                        () -> whole));
        auth = auth(node, access.orElse(Access.STRICT));
        tamper = tamper(node);
        routes.addAll(new KeyResource(node.documents, node.watches, work -> aside.execute(work)).routes());
        routes.addAll(new ListingResource(node.documents, node.bulk, node.watches, work -> aside.execute(work)).routes());
        routes.addAll(new HistoryResource(node.documents, node.bulk).routes());
        routes.addAll(new RangeResource(node.documents).routes());
        routes.addAll(new BatchResource(node.documents).routes());
        routes.addAll(new TouchResource(node.bulk).routes());
        routes.addAll(new MerkleResource(node.store).routes());
        FreeSpace space = new FreeSpace(node.disk);
        limited = new LimitedClients(node.clock, new Log(new PrintStream(limitLog, true, StandardCharsets.UTF_8), Log.Level.INFO, node.clock));
        List.<Supplier<List<Problem>>>of(node.store::problems, space::problems, limited::problems).forEach(health::add);
        routes.addAll(new HealthResource(new HealthResource.Node(NODE, "1.2.3", () -> whole, () -> left, () -> 1), new HealthResource.Parts(
                node.store, node.modes, health, space), node.clock).routes());
        routes.addAll(new ProblemResource().routes());
        traffic = new Traffic(metrics, node.clock, new SlowLog(SLOW_MS, node.clock, new Log(new PrintStream(log, true, StandardCharsets.UTF_8),
                Log.Level.INFO, node.clock)));
        routes.addAll(new MetricsResource(metrics, access.filter(Access::openMetrics).isPresent()).routes());
        changes = new Changes(node.store, node.clock, new SimDice(9), () -> Optional.of(node.store.durable()));
        var here = new PositionWait(() -> Optional.of(node.store.durable()), wanted -> lost.test(wanted),
                changes::now, node.watches, work -> aside.execute(work));
        routes.addAll(new ChangesResource(new ChangesResource.Doors(changes, node.documents, here, node.clock)).routes());
        routes.addAll(new ModeResource(node.modes).routes());
        routes.addAll(new UpkeepResource(node.store).routes());
        routes.addAll(new BackupResource(backups, work -> aside.execute(work)).routes());
        routes.addAll(new UsersResource(auth).routes());
        routes.addAll(new GroupsResource(auth).routes());
        routes.addAll(new TokensResource(auth).routes());
        routes.addAll(new WhoamiResource(auth).routes());
        routes.addAll(new MetadataResource(auth).routes());
        routes.addAll(new TamperResource(Optional.of(tamper)).routes());
        routes.addAll(new WitnessResource(List::of).routes());
        cluster = new Neighbour(node);
        routes.addAll(new MembersResource(cluster.membership::members, origin -> Optional.empty(), cluster.leaving).routes());
        routes.addAll(cluster.resource.routes());
        List<Route> copied = PositionHandler.on(CopiesHandler.on(AgreementHandler.on(routes, token -> agreed), new CopiesHandler.Nodes() {
            @Override
            public int count() {
                return 3;
            }

            @Override
            public CompletableFuture<Integer> await(int wanted, long waitMs) {
                return copies;
            }
        }), here);
        pipeline = new Pipeline(new Router(copied), new Pipeline.Identity(NODE, List.of(), List.of(), () -> changes.now().orElseThrow().text()),
                access.map(this::gates).orElse(Pipeline.Gates.open(traffic)), new SimDice(1), Log.none());
    }

    private static Auth auth(Local node, Access access) {
        try {
            var permissions = new Permissions.Settings(Bits.parse("cdwr,c-wr,c--r").orElseThrow(), access.anonymousRead, access.anonymousWrite);
            return new Auth(node.store, node.clock, new SimDice(2), AdminToken.open(node.disk, new SimDice(3), Log.none()),
                    new Auth.Settings("kvs", List.of(SECRET), permissions));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static TamperLog tamper(Local node) {
        try {
            return TamperLog.open(new SimDisk(new SimDice(4)), new TamperLog.Doors(node.clock, Log.none()),
                    new TamperLog.Settings(List.of(Hkdf.key(SECRET, "kvs tamper 1")), 1 << 20, 1 << 30), new TamperLog.Past(0, Optional.empty()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Pipeline.Gates gates(Access access) {
        Proxies proxies = new Proxies(List.of());
        AuditTrail trail = new AuditTrail(new AuditTrail.Sinks(event -> {
            events.add(event);
            tamper.add(event);
        }, refusals::add, failures::add), proxies::client, node.clock);
        Doorman doorman = new Doorman(Optional.of(auth), proxies, new RateLimit(node.clock, 30, 60_000), trail.ears(),
                new Doorman.Others(cluster.resource::signed, () -> pauses.remove(0).run()));
        Turnstile turnstile = new Turnstile(access.anonymousRead, access.anonymousWrite, node.modes, request -> bootstrap && request.local());
        return new Pipeline.Gates(doorman, new Quota(access.limit, true, limited), turnstile, trail, traffic);
    }

    /** The text of {@code admin.token}. */
    String adminToken() {
        try {
            return AdminToken.read(node.disk);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Has requests come from another machine. */
    Api remote() throws IOException {
        remote = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
        here = InetAddress.getByAddress(new byte[] {10, 0, 0, 2});
        return this;
    }

    /** Lets no thread be free beside those that wake. */
    void exhausted() {
        aside = work -> {
            throw new RejectedExecutionException("all busy");
        };
    }

    /** Sends a request; {@code headers} are names and values in turn. No answer but the one that makes a token may tell a secret. */
    Answer send(String method, String target, String body, String... headers) {
        CompletableFuture<Response> started = start(method, target, body, headers);
        node.work();
        for (int i = 0; i < BACKUP_STEPS; i++) {
            backups.step();
        }
        Answer answer = answer(started);
        String told = answer.headers + answer.body;
        boolean makesToken = method.equals("POST") && target.equals("/auth/tokens") && answer.status == 201;
        if (told.contains("eyJhbGciOi") && !makesToken || told.contains(AdminToken.PREFIX) || told.contains(SECRET_TEXT)) {
            throw new AssertionError("a secret in the answer to " + method + " " + target + ": " + told);
        }
        return answer;
    }

    Answer get(String target, String... headers) {
        return send("GET", target, "", headers);
    }

    Answer put(String target, String body, String... headers) {
        return send("PUT", target, body, headers);
    }

    Answer post(String target, String body) {
        return send("POST", target, body);
    }

    Answer delete(String target, String... headers) {
        return send("DELETE", target, "", headers);
    }

    /** Sends a request that may wait. */
    CompletableFuture<Response> start(String method, String target, String body, String... headers) {
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

    /** Reads as on a loop, which leaves what may take its time to {@code elsewhere}. */
    CompletableFuture<Response> onLoop(String target, Executor elsewhere) {
        RequestHead head = new RequestHead("GET", target, "HTTP/1.1", new Headers(Map.of("Host", List.of("localhost"))),
                new Ends(new InetSocketAddress(remote, 50_000), new InetSocketAddress(here, 8_080)));
        return pipeline.serve(head.at(new Home(Runnable::run, elsewhere)), count -> new CompletableFuture<>()).toCompletableFuture();
    }

    /** Sends the head of a request of somebody; the body comes when {@code late} completes. */
    CompletableFuture<Response> late(String method, String target, String body, CompletableFuture<byte[]> late, String token) {
        Map<String, List<String>> fields = Map.of("Host", List.of("localhost"), "Content-Length", List.of(Integer.toString(body.length())),
                "Authorization", List.of("Bearer " + token));
        RequestHead head = new RequestHead(method, target, "HTTP/1.1", new Headers(fields), new Ends(new InetSocketAddress(remote, 50_000),
                new InetSocketAddress(here, 8_080)));
        return pipeline.serve(head, count -> late).toCompletableFuture();
    }

    /** Sends a request with a body that is no text. */
    CompletableFuture<Response> start(String method, String target, byte[] body, Map<String, List<String>> fields) {
        RequestHead head = new RequestHead(method, target, "HTTP/1.1", new Headers(fields), new Ends(new InetSocketAddress(remote, 50_000),
                new InetSocketAddress(here, 8_080)));
        return pipeline.serve(head, count -> CompletableFuture.completedFuture(body)).toCompletableFuture();
    }

    /** An answer that is there now. */
    static Answer answer(CompletableFuture<Response> stage) {
        Response response = stage.getNow(Response.text(0, "not answered yet"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (response.body() instanceof Response.Pages pages) {
                pages.writeTo(out);
            } else {
                out.write(((Response.Whole) response.body()).bytes());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new Answer(response.status(), response.headers(), out.toString(StandardCharsets.UTF_8));
    }

    static String member(JsonText object, String name) {
        try {
            return object.member(name).map(Api::text).orElse("");
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    static List<JsonText> elements(JsonText object, String name) {
        try {
            return object.member(name).orElseThrow().elements();
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }

    static String text(JsonText value) {
        try {
            return value.kind() == JsonText.Kind.STRING ? value.string() : new String(value.raw(), StandardCharsets.UTF_8);
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
    }
}
