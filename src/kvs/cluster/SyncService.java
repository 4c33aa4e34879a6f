package kvs.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import kvs.model.ReplicationRules;
import kvs.model.Version;
import kvs.peer.PeerRequestHandler;
import kvs.peer.PeerSignature;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.VersionReader;
import kvs.store.Write;
import kvs.tree.DiffMessage;
import kvs.tree.Entry;
import kvs.tree.RangeDiff;
import kvs.tree.Tree;
import kvs.world.Clock;
import kvs.world.Logger;

/**
 * Serves the data of this node to other nodes: differences, and versions. Each response is of one root. A
 * version that the requesting node has had and forgotten is not sent, but forgotten here too: only the holder
 * knows whether the other had it meanwhile. Thread-safe.
 */
final class SyncService {

    private static final byte[] NOTHING = {};
    private static final int FIXED_BYTES = 100;
    /** Time after the last dropped version for which the drop is reported as a problem. */
    private static final long LATELY_NANOS = TimeUnit.SECONDS.toNanos(55);

    private final Dependencies dependencies;
    private final AtomicLong dropped = new AtomicLong();
    private volatile long droppedNanos;

    /** The dependencies; the window in ms. */
    record Dependencies(Store store, CoverageTracker coverageTracker, PeerHistory peerHistory,
            LongSupplier windowMs, Clock clock, Logger log) { }

    SyncService(Dependencies dependencies) {
        this.dependencies = dependencies;
    }

    /**
     * The number of living versions that were dropped here since the start, because the node that had had
     * them had forgotten them.
     */
    long dropped() {
        return dropped.get();
    }

    /** Whether the last of them was dropped recently. */
    boolean droppedLately() {
        return dropped.get() > 0 && dependencies.clock.nanos() - droppedNanos < LATELY_NANOS;
    }

    /** The response to a {@link DiffMessage}. */
    CompletionStage<PeerRequestHandler.Response> diff(byte[] body) {
        try {
            DiffMessage request = DiffMessage.decode(body);
            return done(PeerRequestHandler.Response.ok(
                    RangeDiff.answer(dependencies.store.root().tree(), request).encode()));
        } catch (DiffMessage.MalformedException e) {
            return done(PeerRequestHandler.Response.of(400));
        }
    }

    /** The present versions of keys, as many as fit into a page; unreadable ones are skipped. */
    CompletionStage<PeerRequestHandler.Response> fetch(PeerSignature.NodeRun from, byte[] body) {
        Optional<SyncMessages.FetchRequest> wanted = SyncMessages.wanted(body);
        if (wanted.isEmpty()) {
            return done(PeerRequestHandler.Response.of(400));
        }
        Tree tree = dependencies.store.root().tree();
        SyncMessages.PageBuilder page = new SyncMessages.PageBuilder();
        List<Version> gone = new ArrayList<>();
        List<SyncMessages.WantedKey> keys = wanted.get().keys();
        int spoken = 0;
        while (spoken < keys.size() && !page.full()) {
            SyncMessages.WantedKey key = keys.get(spoken++);
            Optional<Entry> entry = tree.get(key.key());
            if (entry.isEmpty()) {
                page.add(NOTHING);
                continue;
            }
            dependencies.store.held(entry.get()).ifPresent(held -> {
                boolean had = key.lacks() && wanted.get().whole()
                        && dependencies.store.notes().zones().covers(wanted.get().covered(), key.key(),
                                held.version().dot());
                boolean forgotten = forgotten(held, had, dependencies.peerHistory.equal(from.origin()));
                page.add(forgotten ? NOTHING : held.frame());
                if (forgotten) {
                    gone.add(held.version());
                }
            });
        }
        forget(gone);
        return done(PeerRequestHandler.Response.ok(page.encode(spoken)));
    }

    private boolean forgotten(VersionReader.StoredVersion held, boolean had, PeerContact.LastEqual equal) {
        long now = dependencies.clock.wallMs();
        long equalMs = equal.equals(PeerContact.LastEqual.NEVER) ? Version.FOREVER : now - equal.wallMs();
        Version version = held.version();
        boolean oldCopy = held.seq() <= dependencies.coverageTracker.copied()
                && equal.seq() <= dependencies.coverageTracker.copied();
        return version.deadAt(now) || oldCopy ? had : ReplicationRules.drop(had, now - version.timestamp(),
                held.seq() > equal.seq(), equalMs, dependencies.windowMs.getAsLong());
    }

    private void forget(List<Version> gone) {
        if (!gone.isEmpty()) {
            dependencies.store.submit(new PurgeWrite(gone));
        }
    }

    /**
     * A write that removes versions from the index, unless a newer one is there. If it is refused, the next
     * comparison repeats it.
     */
    private final class PurgeWrite implements Write {

        private final List<Version> gone;
        private final List<Version> alive = new ArrayList<>();

        PurgeWrite(List<Version> gone) {
            this.gone = gone;
        }

        @Override
        public void decide(Transaction tx) {
            gone.stream().filter(version -> tx.purge(version) && !version.deadAt(tx.wallMs()))
                    .forEach(alive::add);
        }

        @Override
        public void written() {
            if (!alive.isEmpty()) {
                droppedNanos = dependencies.clock.nanos();
                dropped.addAndGet(alive.size());
            }
            alive.forEach(version -> dependencies.log.warn("dropped a version that a peer had received"
                    + " and purged", "key", version.key().text(), "uuid", version.uuid()));
        }

        @Override
        public int bytes() {
            return gone.stream().mapToInt(version -> version.key().bytes().length + FIXED_BYTES).sum();
        }
    }

    private static CompletionStage<PeerRequestHandler.Response> done(PeerRequestHandler.Response answer) {
        return CompletableFuture.completedFuture(answer);
    }
}
