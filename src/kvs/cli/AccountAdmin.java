package kvs.cli;

import java.io.IOException;
import java.net.http.HttpClient;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import kvs.auth.AdminTokenFile;
import kvs.auth.TokenScope;
import kvs.auth.User;
import kvs.client.LocalNodes;
import kvs.config.Settings;
import kvs.log.DataDirectoryCheck;
import kvs.log.UnusableDirectoryException;
import kvs.node.Environment;
import kvs.node.OfflineNode;
import kvs.server.TlsContexts;

/**
 * The users and tokens of a node, for the command line: of a running node, or in the directory of a stopped
 * one.
 */
public interface AccountAdmin extends AutoCloseable {

    /**
     * Opens the accounts of the node with these settings. The address of a running node is read from its own
     * directory, so that the admin token goes nowhere else. The directory of a stopped node is opened by its
     * owner only: files of another user would keep the node from starting.
     */
    static AccountAdmin open(Settings settings, Environment environment)
            throws IOException, UnusableDirectoryException, TlsContexts.TlsException {
        String where = environment.data().where();
        if (!settings.flag("auth_enabled")) {
            throw new IOException("auth_enabled is false: this node has no tokens");
        }
        environment.refuseForeign(settings);
        if (DataDirectoryCheck.inUse(environment.data())) {
            String file = where + "/" + LocalNodes.URL_FILE;
            String url = environment.files().text(file)
                    .orElseThrow(() -> new IOException("the node in "
                            + where + " is not ready: " + file + " does not exist yet; try again")).strip();
            return new RemoteAccountAdmin(client(settings, environment, url), url, where,
                    AdminTokenFile.read(environment.data()));
        }
        OfflineNode.checkOwner(environment);
        return new OfflineAccountAdmin(settings, environment);
    }

    private static HttpClient client(Settings settings, Environment environment, String url)
            throws IOException, TlsContexts.TlsException {
        HttpClient.Builder client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .proxy(HttpClient.Builder.NO_PROXY);
        if (url.startsWith("https:")) {
            client.sslContext(TlsContexts.pinned(LocalNodes.certificate(environment.files(),
                    environment.data().where(), settings.text("tls_cert"))));
        }
        return client.build();
    }

    /** All users. */
    List<User> users() throws IOException;

    /** Creates an administrator. */
    User create(String nickname) throws IOException;

    /** Creates a token and returns its text. */
    String createToken(UUID user, Set<TokenScope> scopes, long lifeMs) throws IOException;

    @Override
    void close() throws IOException;
}
