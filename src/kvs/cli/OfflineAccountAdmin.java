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
import kvs.auth.Auth;
import kvs.auth.Principal;
import kvs.auth.TokenScope;
import kvs.auth.Tokens;
import kvs.auth.User;
import kvs.config.Settings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Refusal;
import kvs.node.Environment;
import kvs.node.OfflineNode;
import kvs.node.StorageSettingsFactory;
import kvs.world.Clock;

/**
 * The accounts of a stopped node. Its directory is open, and locked, until this is closed. Each change is
 * recorded in the node's audit log. One thread, which is the writer's too.
 */
final class OfflineAccountAdmin implements AccountAdmin {

    private final OfflineNode node;
    private final Auth auth;
    private final Clock clock;

    /** Opens the directory of a node with these settings, in which {@code auth_enabled} is true. */
    OfflineAccountAdmin(Settings settings, Environment environment)
            throws IOException, UnusableDirectoryException {
        this.clock = environment.clock();
        this.node = new OfflineNode(settings, environment, StorageSettingsFactory.offline(settings),
                OfflineNode.Secrets.of(settings, environment));
        node.beginLife(environment.dice());
        try {
            this.auth = node.accounts();
        } catch (IOException | RuntimeException e) {
            node.close();
            throw e;
        }
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
    public String createToken(UUID user, Set<TokenScope> scopes, long lifeMs) throws IOException {
        var issued = auth.tokens().make(new Tokens.TokenOptions(user, scopes, lifeMs), Principal.OPERATOR);
        return done("POST /auth/tokens", issued, token -> token.record().id()).text();
    }

    @Override
    public void close() throws IOException {
        node.close();
    }

    private <T> T done(String what, CompletionStage<T> stage, Function<T, UUID> id) throws IOException {
        boolean more = true;
        while (more) {
            more = node.store().step();
        }
        try {
            T result = stage.toCompletableFuture().join();
            node.record(new AuditEvent("admin", Principal.OPERATOR_ID, "", OfflineNode.FROM, what,
                    id.apply(result).toString(), 201, 0, 1, clock.wallMs()));
            return result;
        } catch (CompletionException e) {
            if (e.getCause() instanceof Refusal refusal) {
                throw new IOException(refusal.detail(), e);
            }
            throw e;
        }
    }
}
