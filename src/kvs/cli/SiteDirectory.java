package kvs.cli;

import java.io.IOException;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import kvs.audit.AuditEvent;
import kvs.auth.Principal;
import kvs.bundle.BundleReceiver;
import kvs.bundle.FileResult;
import kvs.bundle.Partner;
import kvs.bundle.RejectedBundleException;
import kvs.bundle.SiteRecords;
import kvs.client.NodeSelection;
import kvs.cluster.CoverageNotes;
import kvs.cluster.RememberedPeers;
import kvs.command.Arguments;
import kvs.command.CommandException;
import kvs.command.ExitStatus;
import kvs.command.Invocation;
import kvs.command.MisuseException;
import kvs.config.ConfigException;
import kvs.log.UnusableDirectoryException;
import kvs.model.Refusal;
import kvs.node.OfflineNode;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.TransactionWrite;
import kvs.world.Clock;
import kvs.world.Dice;

/**
 * The directory of a stopped node, as a part of its site: its records of partners, and the writes to them. It
 * is locked until this is closed. One thread, which is the writer's too.
 */
final class SiteDirectory implements AutoCloseable, BundleReceiver.SiteWrites {

    private final OfflineNode node;
    private final String name;
    private boolean written;

    /**
     * The state in which a directory was closed. Who finds it so again, and was the only one that continues
     * its life, knows that it is no old copy.
     *
     * @param origin its life
     * @param own the number of the last version that it wrote
     */
    record LifeMark(UUID origin, long own) { }

    private SiteDirectory(OfflineNode node, String name) {
        this.node = node;
        this.name = name;
    }

    /** The directory that the argument at that place names; after it may stand the settings of the node. */
    static SiteDirectory open(Invocation invocation, Arguments arguments, int place)
            throws MisuseException, ConfigException, IOException, UnusableDirectoryException {
        String name = arguments.at(place);
        if (arguments.option(NodeSelection.NODE.name()).isPresent()) {
            throw new MisuseException("name " + NodeSelection.NODE.name() + " for a running node, or the data"
                    + " directory of a stopped one, and not both");
        }
        return new SiteDirectory(NodeResolver.of(invocation, arguments, place + 1).stoppedNode(name), name);
    }

    /** The same, whose life goes on if it is as it was left. */
    SiteDirectory continuing(Optional<LifeMark> left) {
        LifeMark found = new LifeMark(node.store().origin(), node.store().recoveredOwn());
        written = left.filter(found::equals).isPresent();
        return this;
    }

    /** The present state of the directory. */
    LifeMark mark() {
        return new LifeMark(node.store().origin(), node.store().own());
    }

    /** The name of the directory, for messages. */
    String name() {
        return name;
    }

    Store store() {
        return node.store();
    }

    SiteRecords records() {
        return new SiteRecords(node.store().root());
    }

    /** The partner of that name. */
    Partner partner(String partner) throws CommandException {
        return records().partner(partner).orElseThrow(() -> new CommandException(ExitStatus.ABSENT,
                "there is no partner " + partner + " in " + name + ": 'kvs partner ls " + name
                        + "' shows them, 'kvs partner add' makes one"));
    }

    /** The id by which a partner knows this site. */
    UUID self(Partner partner) {
        return records().self(partner).orElseThrow();
    }

    @Override
    public boolean isMember() {
        return new RememberedPeers(node.store().notes()).any();
    }

    /** Refuses a directory that may lack something: what it says of its coverage would be false. */
    void checkWhole() throws CommandException {
        Optional<String> lack = lack();
        if (lack.isPresent()) {
            throw new CommandException(ExitStatus.FAILED, "nothing was done: " + lack.get());
        }
    }

    private Optional<String> lack() {
        return CoverageNotes.wholeAtRest(node.store()) && !node.store().root().damaged() ? Optional.empty()
                : Optional.of("the node of " + name + " has unreadable records, or had not fetched all data"
                        + " of its cluster when it stopped. Start it, wait until 'kvs status' shows no"
                        + " problem, or use another node");
    }

    @Override
    public Optional<String> obstacle() {
        return lack().or(() -> RememberedPeers.mergeObstacle(node.store().notes()));
    }

    /** The next number of a bundle for a partner; it is no version, so the directory keeps its life. */
    long number(Partner partner) throws CommandException {
        return recorded(new TransactionWrite<>(SiteRecords.BYTES, tx -> SiteRecords.takeNumber(tx, partner)),
                Optional.of("POST /admin/bundles " + partner.name()));
    }

    /** Writes a note about what this directory did; it is no version, so the directory keeps its life. */
    void note(Function<Transaction, Boolean> decision) throws CommandException {
        recorded(new TransactionWrite<>(SiteRecords.BYTES, decision), Optional.empty());
    }

    /** Does a write of records about partners: {@link #write(TransactionWrite, String)}. */
    <T> T write(Function<Transaction, T> decision, String words) throws CommandException {
        return write(new TransactionWrite<>(SiteRecords.BYTES, decision), words);
    }

    /** Does a write, which is durable afterwards, and records it in the audit log under these words. */
    <T> T write(TransactionWrite<T> write, String words) throws CommandException {
        beginLife();
        return recorded(write, Optional.of(words));
    }

    @Override
    public void begin(String words) {
        beginLife();
        record(words);
    }

    @Override
    public <T> T run(TransactionWrite<T> write) {
        try {
            return done(write);
        } catch (CompletionException e) {
            throw e.getCause() instanceof Refusal refusal ? refusal : e;
        }
    }

    private void beginLife() {
        if (!written) {
            node.beginLife(Dice.real());
            written = true;
        }
    }

    private <T> T done(TransactionWrite<T> write) {
        node.store().submit(write);
        boolean more = true;
        while (more) {
            more = node.store().step();
        }
        return write.done().join();
    }

    private void record(String words) {
        node.record(new AuditEvent("admin", Principal.OPERATOR_ID, "", OfflineNode.FROM, words, "", 200,
                node.store().head(), 1, Clock.REAL.wallMs()));
    }

    private <T> T recorded(TransactionWrite<T> write, Optional<String> words) throws CommandException {
        try {
            T result = done(write);
            words.ifPresent(this::record);
            return result;
        } catch (CompletionException e) {
            if (e.getCause() instanceof Refusal refusal) {
                throw new CommandException(ExitStatus.FAILED, "nothing was changed: " + refusal.detail(), e);
            }
            throw e;
        }
    }

    /** The failure of a command that met a file which is not taken. */
    static CommandException failure(String file, RejectedBundleException rejected) {
        FileResult result = FileResult.of(rejected);
        return FileReport.failure(file, result.verdict(), result.sentence());
    }

    @Override
    public void close() throws IOException {
        node.close(Optional::empty);
    }
}
