package kvs.node;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import kvs.audit.AuditEvent;
import kvs.audit.AuditLog;
import kvs.auth.Auth;
import kvs.auth.MetadataFormatGate;
import kvs.client.LocalNodes;
import kvs.cluster.RememberedPeers;
import kvs.config.Settings;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.store.NoteWrites;
import kvs.store.Store;
import kvs.world.Dice;

/**
 * A stopped node, opened by a command: its store, accounts and audit log, without a network. The directory is
 * locked until this is closed. The writes end first, then the audit log, whose last line says how far the
 * store came, and then the store: its lock keeps a starting node from an audit log that is still written.
 */
public final class OfflineNode implements AutoCloseable {

    /** The value that stands for the client's address in the audit log. */
    public static final String FROM = "command line";

    private final Secrets secrets;
    private final AccessWiring access;
    private final Store store;
    private final Optional<AuditLog> auditLog;

    /** The secrets of the cluster of a stopped node, and whether its audit log is opened with them. */
    public record Secrets(List<byte[]> bytes, boolean audited) {

        /** No secrets: what is done is not recorded. */
        public static final Secrets NONE = new Secrets(List.of(), false);

        /**
         * The secrets; refused when they are not found, or do not open the audit log of the directory.
         */
        public static Secrets of(Settings settings, Environment environment) throws IOException {
            List<byte[]> secrets = environment.existingSecret(settings)
                    .orElseThrow(() -> new IOException("the cluster secret of this node was not found: run"
                            + " this as the node's user and with its settings, or while the node runs"))
                    .secrets();
            boolean audited = settings.flag("tamper_logging_enabled");
            if (audited && !AuditLog.opensWith(environment.auditDirectory().open(),
                    AccessWiring.auditKeys(secrets))) {
                throw new IOException("the cluster secret found here is not that of this node, because it"
                        + " does not match the tamper log: run this as the node's user and with its settings,"
                        + " or while the node runs");
            }
            return new Secrets(secrets, audited);
        }
    }

    /** Opens the directory of a node with these settings. */
    public OfflineNode(Settings settings, Environment environment, StorageSettings storage, Secrets secrets)
            throws IOException, UnusableDirectoryException {
        this.secrets = secrets;
        this.access = new AccessWiring(settings, environment);
        LocalNodes.withdrawUrl(environment.data());
        this.store = Store.open(new StorageEnvironment(environment.data(), environment.clock(),
                environment.dice(), environment.log()), storage);
        try {
            this.auditLog = secrets.audited ? access.auditLog(secrets.bytes, store) : Optional.empty();
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** Refuses the directory of another user: files of this user would keep its node from starting. */
    public static void checkOwner(Environment environment) throws IOException {
        String where = environment.data().where();
        if (!environment.files().ownDirectory(where)) {
            throw new IOException(where
                    + " belongs to another user: run this as the node's user, or while the node runs");
        }
    }

    /**
     * Begins a new life of the directory, if other sites know its numbers, and no member of a cluster would
     * notice that it is an old copy; before the first write.
     */
    public void beginLife(Dice dice) {
        if (!new RememberedPeers(store.notes()).any()) {
            UUID next = new UUID(dice.bits(), dice.bits());
            long own = store.recoveredOwn();
            store.submit(tx -> NoteWrites.beginLife(tx, next, own));
        }
    }

    /** The store; nothing writes yet. */
    public Store store() {
        return store;
    }

    /** The accounts, of a node in whose settings {@code auth_enabled} is true. */
    public Auth accounts() throws IOException {
        return access.auth(store, secrets.bytes, MetadataFormatGate.ALONE).orElseThrow();
    }

    /** Records what the command did, if the node has an audit log. */
    public void record(AuditEvent event) {
        auditLog.ifPresent(log -> log.add(event));
    }

    /** Closes it, and records {@code last} when the writes have ended. */
    public void close(Supplier<Optional<AuditEvent>> last) throws IOException {
        try {
            store.endWrites();
            auditLog.ifPresent(log -> {
                last.get().ifPresent(log::add);
                log.close(store.head());
            });
        } finally {
            store.close();
        }
    }

    @Override
    public void close() throws IOException {
        close(Optional::empty);
    }
}
