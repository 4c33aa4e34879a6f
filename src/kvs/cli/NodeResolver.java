package kvs.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import kvs.audit.AuditEvent;
import kvs.audit.AuditLog;
import kvs.auth.AdminTokenFile;
import kvs.auth.MetadataAdmin;
import kvs.auth.PermissionBits;
import kvs.auth.PermissionEvaluator;
import kvs.auth.Principal;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.documents.Documents;
import kvs.documents.ModeSwitch;
import kvs.log.DataDirectoryCheck;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.NodeMode;
import kvs.model.Version;
import kvs.node.AccessWiring;
import kvs.node.Environment;
import kvs.node.LocalNodes;
import kvs.node.Node;
import kvs.server.TlsContexts;
import kvs.store.Store;
import kvs.transfer.NodeClient;
import kvs.transfer.NodeEndpoint;
import kvs.transfer.OfflineEndpoint;
import kvs.transfer.RemoteEndpoint;
import kvs.transfer.TransferReport;
import kvs.world.ByteOrderMark;
import kvs.world.Clock;
import kvs.world.FileDisk;
import kvs.world.HttpNetwork;
import kvs.world.Logger;
import kvs.world.PathCheck;
import kvs.world.Threads;

/**
 * The resolver of what a command calls a node: the URL of a running one, or the data directory of a stopped
 * one, which it opens. It finds the token and the certificates for a running node, too.
 */
final class NodeResolver {

    /**
     * The environment variable with the token for a running node: arguments are visible to everybody on the
     * machine.
     */
    static final String TOKEN = "KVS_TOKEN";
    private static final int TOKEN_MAX = 8_192;
    private static final String MANIFEST = "MANIFEST";
    private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1", "[::1]");
    private static final String HTTPS = "https";
    private static final long CONNECT_MS = 10_000;

    private final CommandContext context;
    private final Settings settings;
    private final Logger log;
    private final Optional<String> token;

    /**
     * The token in the environment without white space around it, such as the end of a line; an invalid one
     * is never shown.
     */
    private static Optional<String> token(Map<String, String> environment) throws Arguments.MisuseException {
        String token = environment.getOrDefault(TOKEN, "").strip();
        if (token.length() > TOKEN_MAX || token.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
            throw new Arguments.MisuseException(TOKEN + " is not a token: it has a space, a line end or"
                    + " another character that a header cannot have, or is too long. Copy the token again");
        }
        return Optional.of(token).filter(text -> !text.isEmpty());
    }

    private NodeResolver(CommandContext context, Settings settings) throws Arguments.MisuseException {
        this.context = context;
        this.settings = settings;
        this.log = context.log(settings, Logger.Level.WARN);
        this.token = token(context.variables()).map(ByteOrderMark::skipped);
    }

    /** The resolver for a command whose third argument, if there is one, is a configuration file. */
    static NodeResolver of(CommandContext context, Arguments arguments)
            throws Arguments.MisuseException, ConfigException, IOException {
        return of(context, context.settings(arguments.rest().stream().skip(2).findFirst()));
    }

    /** The resolver with these settings. */
    static NodeResolver of(CommandContext context, Settings settings) throws Arguments.MisuseException {
        return new NodeResolver(context, settings);
    }

    /** The arguments of a command that takes two and at most a configuration file. */
    static List<String> two(Arguments arguments, String wanted) throws Arguments.MisuseException {
        if (arguments.rest().size() < 2 || arguments.rest().size() > 3) {
            throw new Arguments.MisuseException(wanted);
        }
        return arguments.rest();
    }

    /** The environment of a node whose directory has that name; empty when there is no such directory. */
    private Optional<Environment> environment(String name) throws IOException {
        Path directory = Path.of(name).toAbsolutePath().normalize();
        return !PathCheck.isDirectory(directory) ? Optional.empty()
                : Optional.of(context.environment(settings, log, FileDisk.open(directory), directory));
    }

    /**
     * The node of that name. {@code writes} counts the documents written into it; empty when it is only read.
     */
    NodeEndpoint endpoint(String name, Optional<TransferReport> writes)
            throws IOException, UnusableDirectoryException, TlsContexts.TlsException {
        return name.startsWith("http://") || name.startsWith("https://") ? running(name)
                : stopped(name, writes);
    }

    private NodeEndpoint running(String name) throws IOException, TlsContexts.TlsException {
        Threads threads = new Threads(Logger.none());
        return new RemoteEndpoint(client(name), work -> threads.thread("kvs-transfer", true, work).start());
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
        Optional<Environment> set = environment(settings.text("data_dir"));
        if (set.isPresent() && own(set.get(), url).isPresent()) {
            return set;
        }
        Environment environment = environment(".").orElseThrow();
        for (String directory : new LocalNodes(environment.files(), environment.machine().home()).serving()) {
            Optional<Environment> found = environment(directory);
            if (found.isPresent() && own(found.get(), url).isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private SSLContext tls(Optional<Environment> own) throws IOException, TlsContexts.TlsException {
        Environment environment = environment(".").orElseThrow();
        if (own.isPresent()) {
            return TlsContexts.pinned(LocalNodes.certificate(environment.files(), own.get().data()
                    .where(), settings));
        }
        String authorities = settings.text("tls_ca");
        return authorities.isEmpty() ? TlsContexts.usual() : TlsContexts.trusting(environment.files().text(
                authorities).orElseThrow(() -> new IOException("tls_ca: there is no file " + authorities)));
    }

    /** Opens, and locks, the directory of a node. An import is recorded in its audit log, in one line. */
    private NodeEndpoint stopped(String name, Optional<TransferReport> writes)
            throws IOException, UnusableDirectoryException {
        Environment environment = environment(name).orElseThrow(() -> new IOException("there is no directory "
                + name + ": start the node once, or make an empty directory"));
        check(environment, writes.isPresent());
        boolean log = settings.flag("tamper_logging_enabled") && writes.isPresent()
                && environment.data().list().contains(MANIFEST);
        List<byte[]> secrets = log && !environment.tamper().open().list().isEmpty()
                ? OfflineAccountAdmin.secrets(settings, environment) : List.of();
        LocalNodes.forgetUrl(environment.data());
        StorageSettings kept = Node.storeSettings(settings, false);
        // With fsync whatever the settings say: the noted progress must not be ahead of the documents.
        Store store = Store.open(new StorageEnvironment(environment.data(), environment.clock(),
                environment.dice(), environment.log()), new StorageSettings(kept.segmentBytes(),
                        kept.preallocateBytes(), true, kept.compression(), false));
        try {
            Optional<AuditLog> auditLog = secrets.isEmpty() ? Optional.empty()
                    : new AccessWiring(settings, environment).tamper(secrets, store);
            store.start(new Threads(environment.log()));
            Documents documents = new Documents(store, environment.clock(), new ModeSwitch(NodeMode.NORMAL),
                    new Documents.Settings((int) settings.number("max_json_size"), 0));
            var permissions = new PermissionEvaluator.Settings(
                    PermissionBits.parse(settings.text("default_permissions")).orElseThrow(), false, false);
            MetadataAdmin metadataAdmin = MetadataAdmin.of(store, environment.clock(),
                    environment.dice(), permissions);
            return new OfflineEndpoint(store, documents, metadataAdmin,
                    settings.flag("auth_enabled") ? Principal.OPERATOR_ID : Version.NOBODY, () -> {
                try {
                    store.close();
                } finally {
                    auditLog.ifPresent(opened -> end(opened, store, writes.orElseThrow(), environment));
                }
            });
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /**
     * Accepts the directory of a node, an empty one, or the rest of an import that was cut off before there
     * was a MANIFEST.
     */
    private void check(Environment environment, boolean writes)
            throws IOException, UnusableDirectoryException {
        String where = environment.data().where();
        List<String> files = environment.data().list();
        environment.refuseForeign(settings);
        if (!files.contains(MANIFEST) && !writes) {
            throw new IOException(where + " is not a data directory of a node");
        }
        if (!environment.files().ownDirectory(where)) {
            throw new IOException(where
                    + " belongs to another user: run this as the node's user, or while the node runs");
        }
        if (!files.isEmpty() && DataDirectoryCheck.inUse(environment.data())) {
            String url = environment.files().text(where + "/" + LocalNodes.URL_FILE).map(String::strip)
                    .orElse("http://HOST:PORT");
            throw new IOException("a node uses " + where + ": stop the node, or name its URL, " + url);
        }
    }

    private static void end(AuditLog auditLog, Store store, TransferReport report, Environment environment) {
        if (store.head() > store.recovered()) {
            auditLog.add(new AuditEvent("import", Principal.OPERATOR_ID, "", OfflineAccountAdmin.FROM, "", "",
                    200, store.head(), Math.max(1, report.documents()), environment.clock().wallMs()));
        }
        auditLog.close(store.head());
    }
}
