package kvs.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import kvs.audit.AuditEvent;
import kvs.audit.AuditLog;
import kvs.auth.Auth;
import kvs.auth.ClusterCompatibility;
import kvs.auth.Principal;
import kvs.auth.TokenScope;
import kvs.auth.Tokens;
import kvs.auth.User;
import kvs.config.Settings;
import kvs.log.StorageEnvironment;
import kvs.log.UnusableDirectoryException;
import kvs.model.Refusal;
import kvs.node.AccessWiring;
import kvs.node.Environment;
import kvs.node.LocalNodes;
import kvs.node.Node;
import kvs.store.Store;

/**
 * The accounts of a stopped node. Its directory is open, and locked, until this is closed. Each change is
 * recorded in the node's audit log. One thread, which is the writer's too.
 */
final class OfflineAccountAdmin implements AccountAdmin {

    /** The value that stands for the client's address in the audit log. */
    static final String FROM = "command line";

    private final Environment environment;
    private final Store store;
    private final Optional<AuditLog> auditLog;
    private final Auth auth;

    /** Opens the directory of a node with these settings, in which {@code auth_enabled} is true. */
    OfflineAccountAdmin(Settings settings, Environment environment)
            throws IOException, UnusableDirectoryException {
        this.environment = environment;
        List<byte[]> secrets = secrets(settings, environment);
        LocalNodes.forgetUrl(environment.data());
        AccessWiring access = new AccessWiring(settings, environment);
        this.store = Store.open(new StorageEnvironment(environment.data(), environment.clock(),
                environment.dice(), environment.log()), Node.storeSettings(settings, false));
        try {
            this.auditLog = access.tamper(secrets, store);
            this.auth = access.auth(store, secrets, ClusterCompatibility.ALONE).orElseThrow();
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * The secrets of the cluster; refused when they are not found, or do not open the audit log of the
     * directory.
     */
    static List<byte[]> secrets(Settings settings, Environment environment) throws IOException {
        List<byte[]> secrets = environment.existingSecret(settings)
                .orElseThrow(() -> new IOException("the cluster secret of this node was not found: run this"
                        + " as the node's user and with its settings, or while the node runs")).secrets();
        if (settings.flag("tamper_logging_enabled")
                && !AuditLog.opensWith(environment.tamper().open(), AccessWiring.tamperKeys(secrets))) {
            throw new IOException("the cluster secret found here is not that of this node, because it does"
                    + " not match the tamper log: run this as the node's user and with its settings, or while"
                    + " the node runs");
        }
        return secrets;
    }

    @Override
    public List<User> users() {
        return auth.users().list(Optional.empty(), Integer.MAX_VALUE);
    }

    @Override
    public User create(String nickname) throws IOException {
        return done("POST /auth/users", auth.users().create(nickname, true, Principal.OPERATOR), User::id);
    }

    @Override
    public String mint(UUID user, Set<TokenScope> scopes, long lifeMs) throws IOException {
        var issued = auth.tokens().make(new Tokens.TokenOptions(user, scopes, lifeMs), Principal.OPERATOR);
        return done("POST /auth/tokens", issued, token -> token.record().id()).text();
    }

    /** The recorded events are durable before the directory is released. */
    @Override
    public void close() throws IOException {
        auditLog.ifPresent(log -> log.close(store.head()));
        store.close();
    }

    private <T> T done(String what, CompletionStage<T> stage, Function<T, UUID> id) throws IOException {
        boolean more = true;
        while (more) {
            more = store.step();
        }
        try {
            T result = stage.toCompletableFuture().join();
            auditLog.ifPresent(log -> log.add(new AuditEvent("admin", Principal.OPERATOR_ID, "", FROM, what,
                    id.apply(result).toString(), 201, 0, 1, environment.clock().wallMs())));
            return result;
        } catch (CompletionException e) {
            if (e.getCause() instanceof Refusal refusal) {
                throw new IOException(refusal.detail(), e);
            }
            throw e;
        }
    }
}
