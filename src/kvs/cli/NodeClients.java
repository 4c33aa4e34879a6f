package kvs.cli;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import kvs.auth.AdminTokenFile;
import kvs.client.ClientSession;
import kvs.client.LocalNodes;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.config.Settings;
import kvs.log.DataDirectoryCheck;
import kvs.node.Environment;
import kvs.server.TlsContexts;
import kvs.transfer.NodeClient;
import kvs.world.Clock;
import kvs.world.HttpNetwork;
import kvs.world.Logger;
import kvs.world.Threads;

/**
 * The clients of running nodes: finds the address, the token and the certificates for the URL of a node.
 */
final class NodeClients {

    private static final String MANIFEST = "MANIFEST";
    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "[::1]");
    private static final String HTTPS = "https";
    private static final long CONNECT_MS = 10_000;

    private final Invocation invocation;
    private final Settings settings;
    private final Logger log;
    private final Optional<String> token;

    /** The clients with the token in the environment, and the certificates of these settings. */
    NodeClients(Invocation invocation, Settings settings, Logger log) throws MisuseException {
        this.invocation = invocation;
        this.settings = settings;
        this.log = log;
        this.token = ClientSession.token(invocation);
    }

    /** A client of the node at a URL, with the token of the environment or, on this machine, of the node. */
    NodeClient client(String name) throws IOException, TlsContexts.TlsException {
        URI url = url(name);
        Optional<Environment> here = token.isEmpty() || url.getScheme().equals(HTTPS) ? here(url)
                : Optional.empty();
        Optional<URI> own = here.isEmpty() ? Optional.empty() : own(here.get(), url);
        Optional<String> shown = token;
        if (own.isPresent() && token.isEmpty() && here.get().data().list().contains(AdminTokenFile.NAME)) {
            shown = Optional.of(AdminTokenFile.read(here.get().data()));
        }
        HttpNetwork network = new HttpNetwork(CONNECT_MS,
                url.getScheme().equals(HTTPS) ? Optional.of(tls(here)) : Optional.empty());
        return new NodeClient(network, new NodeClient.NodeAddress(own.orElse(url).getRawAuthority(), shown),
                Clock.REAL, new Threads(Logger.none())::pause);
    }

    private static URI url(String name) throws IOException {
        try {
            URI url = URI.create(name);
            if (url.getHost() != null && url.getRawUserInfo() == null && url.getRawQuery() == null
                    && List.of("", "/").contains(url.getRawPath())) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("the URL of a node must be http://HOST:PORT, without other characters", e);
        }
        throw new IOException("the URL of a node must be http://HOST:PORT, not " + name);
    }

    /**
     * The address that the node of these settings has noted itself, if {@code url} means that node: its admin
     * token goes to no other address. Empty while no node uses the directory: another process may listen
     * there now.
     */
    private static Optional<URI> own(Environment here, URI url) throws IOException {
        if (!here.data().list().contains(MANIFEST) || !DataDirectoryCheck.inUse(here.data())) {
            return Optional.empty();
        }
        Optional<URI> listens = here.files().text(here.data().where() + "/" + LocalNodes.URL_FILE)
                .map(text -> URI.create(text.strip()));
        return listens.filter(own -> own.getScheme().equals(url.getScheme()) && own.getPort() == url.getPort()
                && (own.getHost().equals(url.getHost())
                        || LOOPBACK.contains(own.getHost()) && LOOPBACK.contains(url.getHost())));
    }

    /**
     * The node that listens at a URL, if it runs on this machine: the one of the settings, or another one
     * that is found.
     */
    private Optional<Environment> here(URI url) throws IOException {
        Optional<Environment> set = new NodeEnvironments(invocation).environment(settings, log,
                settings.text("data_dir"));
        if (set.isPresent() && own(set.get(), url).isPresent()) {
            return set;
        }
        Environment environment = new NodeEnvironments(invocation).environment(settings, log,
                ".").orElseThrow();
        for (String directory : new LocalNodes(environment.files(), environment.machine().home()).serving()) {
            Optional<Environment> found = new NodeEnvironments(invocation).environment(settings, log,
                    directory);
            if (found.isPresent() && own(found.get(), url).isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private SSLContext tls(Optional<Environment> own) throws IOException, TlsContexts.TlsException {
        Environment environment = new NodeEnvironments(invocation).environment(settings, log,
                ".").orElseThrow();
        if (own.isPresent()) {
            return TlsContexts.pinned(LocalNodes.certificate(environment.files(), own.get().data()
                    .where(), settings.text("tls_cert")));
        }
        String authorities = settings.text("tls_ca");
        return authorities.isEmpty() ? TlsContexts.jdkDefault()
                : TlsContexts.trusting(environment.files().text(authorities)
                        .orElseThrow(() -> new IOException("tls_ca: there is no file " + authorities)));
    }
}
