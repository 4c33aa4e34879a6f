package kvs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kvs.client.ClientSession;
import kvs.client.Endpoint;
import kvs.client.LocalNode;
import kvs.client.LocalNodes;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.config.Settings;
import kvs.world.FailureText;

/**
 * A factory of sessions with a running node whose URL stands in the arguments of a command. The token is
 * that of {@code KVS_TOKEN}, or the admin token of the node that listens there on this machine; the trusted
 * certificates are its own, or those of {@code tls_ca}.
 */
final class NodeSessionFactory {

    private NodeSessionFactory() { }

    /** Whether a name is the URL of a node. */
    static boolean isUrl(String name) {
        return name.startsWith("http://") || name.startsWith("https://");
    }

    /** The way to the node at a URL. */
    static ClientSession session(Invocation invocation, Settings settings, String url)
            throws MisuseException, IOException {
        Endpoint endpoint = endpoint(url);
        Optional<String> token = ClientSession.token(invocation);
        Optional<LocalNode> local = token.isEmpty() || endpoint.secure()
                ? local(invocation, settings, endpoint) : Optional.empty();
        List<Endpoint> nodes = List.of(local.map(LocalNode::endpoint).orElse(endpoint));
        return new ClientSession(nodes, nodes,
                token.or(() -> local.flatMap(LocalNode::token)),
                local.isPresent() ? Optional.empty() : authorities(invocation, settings), "", local);
    }

    /** The endpoint; a URL with other characters has never been misuse here, but a failure. */
    private static Endpoint endpoint(String url) throws IOException {
        try {
            if (!url.contains(",")) {
                return Endpoint.list(url).get(0);
            }
        } catch (MisuseException e) {
            throw new IOException(FailureText.text(e), e);
        }
        throw new IOException("name one node, http://HOST:PORT, not " + url);
    }

    /**
     * The node that listens there: that of the settings, or another one of this machine. The admin token goes
     * to the address that the node has noted itself, and to no other one.
     */
    private static Optional<LocalNode> local(Invocation invocation, Settings settings, Endpoint endpoint)
            throws MisuseException, IOException {
        List<String> directories = new ArrayList<>(List.of(settings.text("data_dir")));
        directories.addAll(new LocalNodes(invocation.files(), invocation.home()).serving());
        for (String directory : directories) {
            Optional<LocalNode> node = LocalNode.in(invocation, Path.of(directory).toString());
            if (node.isPresent() && node.get().isAt(endpoint)) {
                return node;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> authorities(Invocation invocation, Settings settings) throws IOException {
        String file = settings.text("tls_ca");
        return file.isEmpty() ? Optional.empty() : Optional.of(invocation.files().text(file)
                .orElseThrow(() -> new IOException("tls_ca: there is no file " + file)));
    }
}
