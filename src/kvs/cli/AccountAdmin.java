package kvs.cli;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import kvs.auth.TokenScope;
import kvs.auth.User;
import kvs.command.Arguments;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.config.Settings;
import kvs.log.DataDirectoryCheck;
import kvs.log.UnusableDirectoryException;
import kvs.node.Environment;
import kvs.node.OfflineNode;

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
    static AccountAdmin open(Invocation invocation, Arguments arguments, Settings settings,
            Environment environment) throws MisuseException, IOException, UnusableDirectoryException {
        if (!settings.flag("auth_enabled")) {
            throw new IOException("auth_enabled is false: this node has no tokens");
        }
        environment.refuseForeign(settings);
        if (DataDirectoryCheck.inUse(environment.data())) {
            return RemoteAccountAdmin.open(invocation, arguments, environment.data().where());
        }
        OfflineNode.checkOwner(environment);
        return new OfflineAccountAdmin(settings, environment);
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
