package kvs;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import kvs.auth.Auth;
import kvs.auth.Readers;
import kvs.auth.Caller;
import kvs.auth.Scope;
import kvs.auth.Tokens;
import kvs.auth.User;
import kvs.config.Settings;
import kvs.model.Refusal;
import kvs.ops.TamperEvent;
import kvs.ops.TamperLog;
import kvs.store.Doors;
import kvs.store.Store;
import kvs.store.StoreException;

/**
 * The accounts of a stopped node: its directory is open, and locked, until this is closed. What is done is told to the node's tamper log. One
 * thread, which is the writer's too.
 */
final class StoppedDesk implements TokenDesk {

    /** In the place of an address. */
    static final String FROM = "command line";

    private final World world;
    private final Store store;
    private final Optional<TamperLog> tamper;
    private final Auth auth;

    /** Opens the directory of a node with these settings, in which {@code auth_enabled} is true. */
    StoppedDesk(Settings settings, World world) throws IOException, StoreException {
        this.world = world;
        List<byte[]> secrets = secrets(settings, world);
        Node.forgetUrl(world.data());
        Entrance entrance = new Entrance(settings, world);
        this.store = Store.open(new Doors(world.data(), world.clock(), world.dice(), world.log()), Node.storeSettings(settings, false));
        try {
            this.tamper = entrance.tamper(secrets, store);
            this.auth = entrance.auth(store, secrets, Readers.ALONE).orElseThrow();
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** The secrets of the cluster; refused when they are not found, or do not fit the tamper log that is there. */
    static List<byte[]> secrets(Settings settings, World world) throws IOException {
        List<byte[]> secrets = world.existingSecret(settings).orElseThrow(() -> new IOException("the cluster secret of this node is not found:"
                + " run this as its user and with its settings, or while the node runs")).secrets();
        if (settings.flag("tamper_logging_enabled") && !TamperLog.opensWith(world.tamper().open(), Entrance.tamperKeys(secrets))) {
            throw new IOException("the cluster secret that is found here is not the one of this node, whose tamper log it does not open: run this as"
                    + " its user and with its settings, or while the node runs");
        }
        return secrets;
    }

    @Override
    public List<User> users() {
        return auth.accounts().list(Optional.empty(), Integer.MAX_VALUE);
    }

    @Override
    public User create(String nickname) throws IOException {
        return done("POST /auth/users", auth.accounts().create(nickname, true, Caller.OPERATOR), User::id);
    }

    @Override
    public String mint(UUID user, Set<Scope> scopes, long lifeMs) throws IOException {
        var made = auth.tokens().make(new Tokens.Wish(user, scopes, lifeMs), Caller.OPERATOR);
        return done("POST /auth/tokens", made, token -> token.record().id()).text();
    }

    /** What was logged is durable before the directory is free again. */
    @Override
    public void close() throws IOException {
        tamper.ifPresent(log -> log.close(store.head()));
        store.close();
    }

    private <T> T done(String what, CompletionStage<T> stage, Function<T, UUID> id) throws IOException {
        boolean more = true;
        while (more) {
            more = store.step();
        }
        try {
            T result = stage.toCompletableFuture().join();
            tamper.ifPresent(log -> log.add(new TamperEvent("admin", Caller.OPERATOR_ID, "", FROM, what, id.apply(result).toString(), 201, 0, 1,
                    world.clock().wallMs())));
            return result;
        } catch (CompletionException e) {
            if (e.getCause() instanceof Refusal why) {
                throw new IOException(why.detail(), e);
            }
            throw e;
        }
    }
}
