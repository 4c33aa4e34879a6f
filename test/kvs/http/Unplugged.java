package kvs.http;

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
import kvs.auth.AdminToken;
import kvs.auth.Auth;
import kvs.auth.Bits;
import kvs.auth.Hkdf;
import kvs.auth.Permissions;
import kvs.data.Bulk;
import kvs.data.Changes;
import kvs.data.Documents;
import kvs.data.Modes;
import kvs.data.Position;
import kvs.data.Watches;
import kvs.model.Mode;
import kvs.ops.LimitedClients;
import kvs.ops.Metrics;
import kvs.ops.RateLimit;
import kvs.ops.TamperLog;
import kvs.store.Doors;
import kvs.store.Store;
import kvs.store.StoreException;
import kvs.store.StoreSettings;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.FileDisk;
import kvs.world.Log;
import kvs.world.Threads;
import kvs.world.TimedScheduler;

/**
 * A node over a real directory without sockets and without a writer of its own: what a request costs between server and disk can be measured in
 * one thread. Put together as {@code kvs.Node} does it, alone in its cluster, with {@code durability: os}.
 */
public final class Unplugged implements AutoCloseable {

    private static final byte[] SECRET = "a secret of the cluster, 32 bytes".getBytes(StandardCharsets.US_ASCII);
    private static final StoreSettings SETTINGS = new StoreSettings(128 << 20, 8 << 20, false, 3, false);

    private final Store store;
    private final Watches watches;
    private final TamperLog tamper;
    private final TimedScheduler scheduler = new TimedScheduler(new Threads(Log.none()), Log.none(), 1);
    private final Pipeline pipeline;
    private final String operator;
    private final Ends ends = new Ends(new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 8_080));

    /** A node in a new directory; {@code guarded} with accounts, or without. */
    public Unplugged(Path directory, boolean guarded) throws IOException, StoreException {
        FileDisk disk = FileDisk.open(directory);
        store = Store.open(new Doors(disk, Clock.REAL, Dice.real(), Log.none()), SETTINGS);
        watches = new Watches(store, Clock.REAL, scheduler);
        tamper = TamperLog.open(FileDisk.open(directory.resolve("tamper")), new TamperLog.Doors(Clock.REAL, Log.none()),
                new TamperLog.Settings(List.of(Hkdf.key(SECRET, "kvs tamper 1")), TamperLog.Settings.FILE_BYTES, 1L << 30),
                new TamperLog.Past(0, Optional.empty()));
        var permissions = new Permissions.Settings(Bits.parse("cdwr,c-wr,c--r").orElseThrow(), false, false);
        Auth accounts = new Auth(store, Clock.REAL, Dice.real(), AdminToken.open(disk, Dice.real(), Log.none()),
                new Auth.Settings("kvs", List.of(SECRET), permissions));
        operator = AdminToken.read(disk);
        Modes modes = new Modes(Mode.NORMAL);
        Changes changes = new Changes(store, Clock.REAL, Dice.real(), () -> Optional.of(store.durable()));
        pipeline = new Pipeline(new Router(routes(accounts, modes, changes)), new Pipeline.Identity("node-1", List.of(), List.of(),
                () -> changes.now().map(Position::text).orElse("")), gates(guarded ? Optional.of(accounts) : Optional.empty(), modes), Dice.real(),
                Log.none());
    }

    private List<Route> routes(Auth accounts, Modes modes, Changes changes) {
        Executor aside = Runnable::run;
        Documents documents = new Documents(store, Clock.REAL, modes, new Documents.Settings(1 << 20, 0));
        List<Route> data = new ArrayList<>(new KeyResource(documents, watches, aside).routes());
        data.addAll(new ListingResource(documents, new Bulk(documents, aside), watches, aside).routes());
        data.addAll(new HistoryResource(documents, new Bulk(documents, aside)).routes());
        data.addAll(new RangeResource(documents).routes());
        data.addAll(new BatchResource(documents).routes());
        var here = new PositionWait(() -> Optional.of(store.durable()), wanted -> false, changes::now, watches, aside);
        List<Route> routes = new ArrayList<>(PositionHandler.on(CopiesHandler.on(data, new CopiesHandler.Nodes() {
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

    private Pipeline.Gates gates(Optional<Auth> accounts, Modes modes) {
        AuditTrail trail = new AuditTrail(new AuditTrail.Sinks(tamper::add, tamper::refused, tamper::loginFailed),
                request -> "here", Clock.REAL);
        Doorman doorman = new Doorman(accounts, new Proxies(List.of()), new RateLimit(Clock.REAL, 30, 60_000), trail.ears(),
                new Doorman.Others(request -> false, () -> { }));
        Traffic traffic = new Traffic(new Metrics(), Clock.REAL, new SlowLog(1_000, Clock.REAL, Log.none()));
        return new Pipeline.Gates(request -> doorman.admit(request), new Quota(Optional.of(new RateLimit(Clock.REAL, 1_000_000_000, 60_000)), false,
                new LimitedClients(Clock.REAL, Log.none())),
                new Turnstile(false, false, modes, request -> false), trail, traffic);
    }

    /** A token of a new user who is no administrator. */
    public String token() {
        String user = made("/auth/users", "{\"nickname\":\"ann\"}", "uuid");
        return made("/auth/tokens", "{\"user_uuid\":\"" + user + "\",\"scopes\":[\"read\",\"write\"]}", "token");
    }

    private String made(String target, String json, String member) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        Map<String, List<String>> fields = new LinkedHashMap<>(Map.of("Host", List.of("localhost"), "Authorization", List.of("Bearer " + operator),
                "Content-Type", List.of("application/json"), "Content-Length", List.of(Integer.toString(body.length))));
        CompletableFuture<Response> answer = serve("POST", target, fields, body);
        write();
        return Api.answer(answer).member(member);
    }

    /** Sends a request; the answer to a write comes by {@link #write}. */
    public CompletableFuture<Response> serve(String method, String target, Map<String, List<String>> fields, byte[] body) {
        RequestHead head = new RequestHead(method, target, "HTTP/1.1", new Headers(fields), ends);
        return pipeline.serve(head, bytes -> CompletableFuture.completedFuture(body)).toCompletableFuture();
    }

    /** Makes one group of the writes that wait. */
    public void write() {
        store.step();
    }

    /** Does what threads of a node would do beside: writes the lines of the tamper log. */
    public void rest() {
        long again = 0;
        while (again == 0) {
            again = tamper.step();
        }
    }

    @Override
    public void close() throws IOException {
        watches.close();
        scheduler.close();
        tamper.close();
        store.close();
    }
}
