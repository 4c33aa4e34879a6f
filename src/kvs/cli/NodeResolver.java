package kvs.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import kvs.audit.AuditEvent;
import kvs.auth.MetadataAdmin;
import kvs.auth.PermissionBits;
import kvs.auth.Principal;
import kvs.auth.RightsResolver;
import kvs.client.LocalNodes;
import kvs.client.RetryBackoff;
import kvs.command.Arguments;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.config.ConfigException;
import kvs.config.Settings;
import kvs.documents.Documents;
import kvs.documents.ModeSwitch;
import kvs.log.DataDirectoryCheck;
import kvs.log.UnusableDirectoryException;
import kvs.model.NodeMode;
import kvs.model.Version;
import kvs.node.Environment;
import kvs.node.OfflineNode;
import kvs.node.StorageSettingsFactory;
import kvs.store.Store;
import kvs.transfer.DocumentTarget;
import kvs.transfer.EmptyTarget;
import kvs.transfer.NodeEndpoint;
import kvs.transfer.OfflineEndpoint;
import kvs.transfer.TransferReporter;
import kvs.world.Clock;
import kvs.world.Logger;
import kvs.world.Threads;

/**
 * The resolver of what a command calls a node: the URL of a running one, or the data directory of a stopped
 * one, which it opens.
 */
final class NodeResolver {

    private static final String MANIFEST = "MANIFEST";

    private final Invocation invocation;
    private final Arguments arguments;
    private final Settings settings;
    private final Logger log;

    private NodeResolver(Invocation invocation, Arguments arguments, Settings settings) {
        this.invocation = invocation;
        this.arguments = arguments;
        this.settings = settings;
        this.log = new NodeEnvironments(invocation).log(settings, Logger.Level.WARN);
    }

    /** The resolver for a command whose third argument, if there is one, is a configuration file. */
    static NodeResolver of(Invocation invocation, Arguments arguments)
            throws MisuseException, ConfigException, IOException {
        return of(invocation, arguments, 2);
    }

    /** The resolver for a command whose argument at that place, if there is one, is a configuration file. */
    static NodeResolver of(Invocation invocation, Arguments arguments, int place)
            throws MisuseException, ConfigException, IOException {
        return new NodeResolver(invocation, arguments,
                new NodeEnvironments(invocation).settings(arguments.maybe(place)));
    }

    /** The stopped node of that directory, which exists; what is done is recorded in its audit log. */
    OfflineNode stoppedNode(String name) throws IOException, UnusableDirectoryException {
        Environment environment = directory(name);
        check(environment, false);
        return open(environment, true);
    }

    /** The node of that name, which is only read. */
    NodeEndpoint source(String name) throws MisuseException, IOException,
            UnusableDirectoryException {
        return NodeSessionFactory.isUrl(name) ? running(name) : stopped(name, Optional.empty());
    }

    /** The node of that name for an import, whose report counts what was written. */
    NodeEndpoint target(String name, TransferReporter report) throws MisuseException, IOException,
            UnusableDirectoryException {
        return NodeSessionFactory.isUrl(name) ? running(name) : stopped(name, Optional.of(report));
    }

    /** The node of that name for a dry run. A directory that would become a node stays as it is. */
    DocumentTarget comparison(String name) throws MisuseException, IOException,
            UnusableDirectoryException {
        if (NodeSessionFactory.isUrl(name)) {
            return running(name);
        }
        Environment environment = directory(name);
        if (environment.data().list().contains(MANIFEST)) {
            return stopped(name, Optional.empty());
        }
        check(environment, true);
        return new EmptyTarget((int) settings.number("max_json_size"));
    }

    private Environment directory(String name) throws IOException {
        return new NodeEnvironments(invocation).environment(settings, log, name)
                .orElseThrow(() -> new IOException("there is no directory " + name
                        + ": start the node once, or make an empty directory"));
    }

    private NodeEndpoint running(String url) throws MisuseException, IOException {
        return ClusterTransfer.endpoint(NodeSessionFactory.session(invocation, settings, url)
                .client(invocation, arguments, RetryBackoff.transfer()));
    }

    /** Opens, and locks, the directory of a node. An import is recorded in its audit log, in one line. */
    private NodeEndpoint stopped(String name, Optional<TransferReporter> writes)
            throws IOException, UnusableDirectoryException {
        Environment environment = directory(name);
        check(environment, writes.isPresent());
        OfflineNode node = open(environment, writes.isPresent());
        if (writes.isPresent()) {
            node.beginLife(environment.dice());
        }
        long before = node.store().head();
        try {
            return endpoint(node, environment, () -> writes.filter(report -> node.store().head() > before)
                    .map(report -> imported(node.store(), report, environment.clock())));
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private OfflineNode open(Environment environment, boolean writes)
            throws IOException, UnusableDirectoryException {
        boolean audits = settings.flag("tamper_logging_enabled") && writes
                && environment.data().list().contains(MANIFEST);
        OfflineNode.Secrets secrets = audits && !environment.auditDirectory().open().list().isEmpty()
                ? OfflineNode.Secrets.of(settings, environment) : OfflineNode.Secrets.NONE;
        return new OfflineNode(settings, environment, StorageSettingsFactory.imports(settings), secrets);
    }

    private NodeEndpoint endpoint(OfflineNode node, Environment environment,
            Supplier<Optional<AuditEvent>> last) {
        Store store = node.store();
        store.start(new Threads(environment.log()));
        Documents documents = new Documents(store, environment.clock(), new ModeSwitch(NodeMode.NORMAL),
                new Documents.Settings((int) settings.number("max_json_size"), 0));
        var permissions = new RightsResolver.Settings(
                PermissionBits.parse(settings.text("default_permissions")).orElseThrow(), false, false);
        return new OfflineEndpoint(store, documents,
                MetadataAdmin.of(store, environment.clock(), environment.dice(), permissions),
                settings.flag("auth_enabled") ? Principal.OPERATOR_ID : Version.NOBODY,
                () -> node.close(last));
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
            throw new IOException(where + " is not a data directory of a node: start a node with it once, or"
                    + " 'kvs import' something into it");
        }
        OfflineNode.checkOwner(environment);
        if (!files.isEmpty() && DataDirectoryCheck.inUse(environment.data())) {
            String url = environment.files().text(where + "/" + LocalNodes.URL_FILE).map(String::strip)
                    .orElse("http://HOST:PORT");
            throw new IOException("a node uses " + where + ": stop it, or, where the command works at a"
                    + " running node, name that in the place of the directory: " + url);
        }
    }

    /** The line about an import that wrote something. */
    private static AuditEvent imported(Store store, TransferReporter report, Clock clock) {
        return new AuditEvent("import", Principal.OPERATOR_ID, "", OfflineNode.FROM, "", "", 200,
                store.head(), Math.max(1, report.documents()), clock.wallMs());
    }
}
