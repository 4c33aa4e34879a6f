package kvs.bundle;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import kvs.documents.ModeSwitch;
import kvs.model.AsciiParsers;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.TransactionWrite;
import kvs.world.Clock;
import kvs.world.Dice;
import kvs.world.EventKind;
import kvs.world.Logger;

/**
 * The site of a running node: its partners, and the writes of their records, through the ordinary writer.
 * Thread-safe.
 */
public final class Site {

    private final Dependencies dependencies;

    /**
     * The parts of the node.
     *
     * @param store its data
     * @param modes whether it accepts writes
     * @param state its place in its cluster
     * @param clock its clock
     * @param dice its source of ids and secrets
     * @param log receives the events
     * @param pacer makes the pacer of a piece of work
     */
    public record Dependencies(Store store, ModeSwitch modes, ClusterState state, Clock clock, Dice dice,
            Logger log, Supplier<BackgroundPacer> pacer) { }

    /**
     * The place of a node in its cluster.
     *
     * @param whole whether it has all data that it should have
     * @param member whether other nodes belong to the site
     * @param membersMs for each of them the time up to which what it had is here, see
     *     {@link BundleMaker#completeUntil}
     * @param partnerObstacle the reason why no partner can be added yet
     */
    public record ClusterState(BooleanSupplier whole, BooleanSupplier member,
            Supplier<List<Long>> membersMs, Supplier<Optional<Refusal>> partnerObstacle) { }

    /** The site of a node. */
    public Site(Dependencies dependencies) {
        this.dependencies = dependencies;
    }

    Dependencies dependencies() {
        return dependencies;
    }

    Store store() {
        return dependencies.store;
    }

    /** The records as of now. */
    public SiteRecords records() {
        return new SiteRecords(dependencies.store.root());
    }

    /** The number of the last bundle that this node made for a partner, 0 for none. */
    public long lastNumber(Partner partner) {
        return SiteRecords.lastNumber(dependencies.store.notes(), partner);
    }

    /** The partner of that name; a {@link Refusal} when there is none. */
    public Partner partner(String name) {
        return records().partner(name).orElseThrow(() -> absent(name));
    }

    private static Refusal absent(String name) {
        return new Refusal(Reason.NOT_FOUND, "there is no partner " + AsciiParsers.shown(name) + " here:"
                + " 'kvs partner ls' shows the partners, 'kvs partner add' makes one");
    }

    /** The reason why this node lacks something, for people; what it says of its coverage would be false. */
    Optional<String> lack() {
        return dependencies.state.whole.getAsBoolean() && !dependencies.store.root().damaged()
                ? Optional.empty() : Optional.of("this node has unreadable records, or has not received all"
                        + " data of its cluster. Wait until 'kvs status' shows no problem, or use another"
                        + " node");
    }

    /** The id by which a partner knows this site. */
    public UUID self(Partner partner) {
        return records().self(partner).orElseThrow(() -> new Refusal(Reason.DAMAGED, "the record of the"
                + " site's id is missing: restore a backup"));
    }

    /**
     * A partner with a new link, whose secret is random.
     *
     * @throws IllegalArgumentException when its parts are not valid, with what to do
     */
    public Partner fresh(String name, List<Zone> zones, boolean sends, boolean receives) {
        Dice dice = dependencies.dice;
        return new Partner(name, new UUID(dice.bits(), dice.bits()), List.of(Partner.secret(dice)),
                Version.NOBODY, zones, sends, receives, dependencies.clock.wallMs());
    }

    /** Adds a partner; completes with the id of this site, or fails with a {@link Refusal}. */
    public CompletableFuture<UUID> add(Partner partner) {
        Optional<Refusal> obstacle = dependencies.state.partnerObstacle.get();
        if (obstacle.isPresent()) {
            throw obstacle.get();
        }
        UUID fresh = new UUID(dependencies.dice.bits(), dependencies.dice.bits());
        return changed(tx -> SiteRecords.add(tx, partner, fresh), EventKind.PARTNER_ADDED, partner.name());
    }

    /** Removes a partner. */
    public CompletableFuture<Boolean> remove(String name) {
        partner(name);
        return changed(tx -> known(SiteRecords.remove(tx, name), name), EventKind.PARTNER_REMOVED, name);
    }

    /** Takes a partner for a stranger, see {@link SiteRecords#reset}. */
    public CompletableFuture<Boolean> reset(String name) {
        partner(name);
        return changed(tx -> known(SiteRecords.reset(tx, name), name), EventKind.PARTNER_RESET, name);
    }

    /**
     * Changes the secrets of the link to a partner; completes with the partner as it is then, or fails with a
     * {@link Refusal}.
     */
    public CompletableFuture<Partner> rotate(String name, UnaryOperator<Partner> change) {
        partner(name);
        return changed(tx -> SiteRecords.rekey(tx, name, change).orElseThrow(() -> absent(name)),
                EventKind.PARTNER_ROTATED, name);
    }

    /** A new secret of a link. */
    public byte[] secret() {
        return Partner.secret(dependencies.dice);
    }

    private static boolean known(boolean there, String name) {
        if (!there) {
            throw absent(name);
        }
        return true;
    }

    private <T> CompletableFuture<T> changed(Function<Transaction, T> decision, EventKind event,
            String partner) {
        return write(decision).thenApply(result -> {
            dependencies.log.event(event, "partner", partner);
            return result;
        });
    }

    /** Does a write of records; completes when it is durable, or fails with a {@link Refusal}. */
    <T> CompletableFuture<T> write(Function<Transaction, T> decision) {
        dependencies.modes.checkWrite();
        return note(decision);
    }

    /** The same for a note of this directory alone, which a node that is read-only may write too. */
    <T> CompletableFuture<T> note(Function<Transaction, T> decision) {
        TransactionWrite<T> write = new TransactionWrite<>(SiteRecords.BYTES, decision);
        dependencies.store.submit(write);
        return write.done();
    }

    /**
     * Does a write of a merge, and waits for it.
     *
     * @throws Refusal when it was not done
     */
    <T> T merge(TransactionWrite<T> write) {
        dependencies.modes.checkWrite();
        dependencies.store.submit(write);
        try {
            return write.done().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Refusal refusal ? refusal : e;
        }
    }
}
