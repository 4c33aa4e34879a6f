package kvs.bundle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongConsumer;
import kvs.log.ReplicatedVersion;
import kvs.model.BundleRules;
import kvs.model.BundleRules.Verdict;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.recovery.ZoneNotes;
import kvs.store.NoteWrites;
import kvs.store.PurgeRest;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.TransactionWrite;
import kvs.store.VersionReader;
import kvs.tree.Entry;

/**
 * Merges a verified bundle into a store. Versions that are covered here are skipped; all others are merged by
 * the ordinary order of versions. Of a full zone, living versions here that the bundle covers and lacks are
 * buried. When all of it is durable, one transaction claims the coverage, takes over the floors of full
 * zones, and records the statement of the partner. An interrupted merge claims nothing, and the same file
 * ends it. In memory is one frame, and one batch. One thread; the node may run meanwhile, but only one merge.
 *
 * <pre>
 *   rest       nothing of these zones is purged here until the end
 *   begin      the rules are judged again in the writer's step, after the last purge
 *   batches    versions, and tombstones of what is buried; members receive them as all versions
 *   claim      the coverage, in one step: members take it over after a comparison with this node
 * </pre>
 */
public final class BundleMerge {

    /** The bytes and the items after which a batch is written. */
    private static final int BATCH_BYTES = 1 << 20;
    private static final int BATCH_ITEMS = 500;
    /** The same while clients write: each of their writes may wait for a batch. */
    private static final int SHARED_BATCH_ITEMS = 60;

    private final Store store;
    private final WriteRunner writes;
    private final long wallMs;
    private final BundleVerification.Result bundle;
    private final List<ReplicatedVersion> arrivals = new ArrayList<>();
    private final List<Version> burials = new ArrayList<>();
    private final Set<Key> batched = new HashSet<>();
    private final Set<Integer> unfinished = new HashSet<>();
    private ZoneCursor own = ZoneCursor.none();
    /** What this directory covered when the merge began: versions that it covers are skipped. */
    private Coverage before = Coverage.NONE;
    private int zone = -1;
    /** True once a lock or an account could not be taken: what follows may be secret without it. */
    private boolean blocked;
    private int batchBytes;
    private int batchItems = BATCH_ITEMS;
    /** The groups of the log after the last batch. */
    private long groups;
    private long taken;
    private long skipped;
    private long buried;

    /** The way in which a write is done; it is durable afterwards. */
    @FunctionalInterface
    public interface WriteRunner {

        /** Does a write, and returns its result; an {@code IOException} when it was refused. */
        <T> T run(TransactionWrite<T> write) throws IOException;
    }

    /**
     * The result of a merge.
     *
     * @param taken versions that are present now
     * @param skipped versions that were here, or superseded
     * @param buried versions that have a tombstone now, because the partner has nothing of their keys any
     *     more
     * @param complete whether everything was merged, and the coverage was claimed
     * @param changed whether this site has changed since the file was verified, so that nothing was merged
     */
    public record Summary(long taken, long skipped, long buried, boolean complete, boolean changed) { }

    private record BatchResult(long taken, long buried, boolean refused, boolean blocked) { }

    /** A merge of a bundle, none of whose zones is refused, at that time. */
    public BundleMerge(Store store, WriteRunner writes, BundleVerification.Result bundle, long wallMs) {
        this.store = store;
        this.wallMs = wallMs;
        this.writes = writes;
        this.bundle = bundle;
    }

    /**
     * Records the statement in a file that is authentic, whatever becomes of its data; false when its partner
     * was removed meanwhile.
     */
    public static TransactionWrite<Boolean> statement(BundleVerification.Result file) {
        BundleHead head = file.file().head();
        return new TransactionWrite<>(SiteRecords.BYTES, tx -> {
            SiteRecords.meet(tx, file.partner(), head.from());
            return SiteRecords.change(tx, file.partner(), known -> known.said(head, tx.wallMs()));
        });
    }

    /**
     * Merges all of it. Call once.
     *
     * @throws RejectedBundleException when the file has changed since it was verified
     * @throws IOException when a write was refused
     */
    public Summary run(LongConsumer progress) throws IOException, RejectedBundleException {
        List<Zone> zones = bundle.zones().stream().map(each -> each.state().zone()).toList();
        PurgeRest.Rest rest = store.purgeRest().begin(zones);
        try {
            if (!writes.run(new TransactionWrite<>(SiteRecords.BYTES, this::begin))) {
                return new Summary(0, 0, 0, false, true);
            }
            moveTo(0);
            new BundleReader(bundle.file(), bundle.keys(), progress).run(this::version);
            moveTo(bundle.zones().size());
            flush();
            writes.run(new TransactionWrite<>(SiteRecords.BYTES, this::claim));
        } finally {
            rest.close();
        }
        return new Summary(taken, skipped, buried, unfinished.isEmpty(), false);
    }

    /** Whether every zone is still as it was judged, or needs nothing any more. */
    private boolean begin(Transaction tx) {
        SiteRecords.noteZones(tx);
        before = tx.covered();
        SiteRecords records = new SiteRecords(tx);
        Optional<Partner> partner = records.partner(bundle.partner().name())
                .filter(known -> known.link().equals(bundle.partner().link()));
        return partner.isPresent() && bundle.zones().stream().allMatch(each -> {
            Verdict now = BundleVerification.verdict(each.state(), bundle.file().head().madeMs(),
                    new BundleVerification.Here(tx.notes().zones(), tx.covered(),
                            records.statements(partner.get())));
            return now == each.verdict() || now == Verdict.NOTHING_NEW;
        });
    }

    private boolean merges(int place) {
        return bundle.zones().get(place).verdict() == Verdict.MERGEABLE;
    }

    private boolean isFull(int place) {
        return bundle.zones().get(place).state().base().isEmpty();
    }

    private void moveTo(int next) throws IOException {
        while (zone < next) {
            if (zone >= 0) {
                buryUpTo(new byte[0]);
                flush();
            }
            zone++;
            own = zone < bundle.zones().size() && merges(zone) && isFull(zone)
                    ? new ZoneCursor(store.root().tree(), bundle.zones().get(zone).state().zone())
                    : ZoneCursor.none();
        }
    }

    private void version(int place, ReplicatedVersion arrival) throws IOException {
        moveTo(place);
        Key key = arrival.version().key();
        buryUpTo(key.bytes());
        if (own.isAt(key.bytes())) {
            own.next();
        }
        if (!merges(place) || blocked) {
            skipped++;
            return;
        }
        if (!batched.add(key)) {
            flush();
            batched.add(key);
        }
        arrivals.add(arrival);
        // In memory it is inflated: a short record may hold a document of 16 MB.
        added(arrival.document().stored().length + arrival.version().data().length + key.bytes().length);
    }

    /** Buries the own versions before that key, or to the end of the zone, that the bundle lacks. */
    private void buryUpTo(byte[] key) throws IOException {
        Coverage coverage = bundle.zones().get(Math.min(zone, bundle.zones().size() - 1)).state().coverage();
        while (own.hasEntry() && (key.length == 0 || Arrays.compareUnsigned(own.entry().key(), key) < 0)) {
            Key absent = Key.ofBytes(own.entry().key());
            // Not the entry of the walk: the node runs, and what was replaced since may be gone.
            Optional<Entry> present = store.root().tree().get(own.entry().key());
            if (present.filter(entry -> !entry.deadAt(wallMs)).isPresent()) {
                VersionReader.StoredVersion held = store.held(present.get()).orElseThrow(() ->
                        new IOException("the version of " + absent.text() + " here is unreadable: repair it"
                                + " first"));
                if (BundleRules.buries(coverage, held.version().dot(), false)) {
                    burials.add(held.version());
                    batched.add(absent);
                    added(absent.bytes().length);
                }
            }
            own.next();
        }
    }

    private void added(int bytes) throws IOException {
        batchBytes += bytes;
        if (batchBytes >= BATCH_BYTES || arrivals.size() + burials.size() >= batchItems) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (!arrivals.isEmpty() || !burials.isEmpty()) {
            boolean shared = store.counts().writes().groups() > groups && groups > 0;
            batchItems = shared ? SHARED_BATCH_ITEMS : Math.min(BATCH_ITEMS, 2 * batchItems);
            BatchResult result = writes.run(
                    new TransactionWrite<>(batchBytes + SiteRecords.BYTES, this::write));
            groups = store.counts().writes().groups();
            taken += result.taken;
            buried += result.buried;
            skipped += arrivals.size() - result.taken;
            blocked |= result.blocked;
            if (result.refused) {
                unfinished.add(zone);
            }
            for (int i = zone; blocked && i < bundle.zones().size(); i++) {
                unfinished.add(i);
            }
        }
        arrivals.clear();
        burials.clear();
        batched.clear();
        batchBytes = 0;
    }

    private BatchResult write(Transaction tx) {
        long won = 0;
        boolean refused = false;
        for (ReplicatedVersion arrival : arrivals) {
            Version version = arrival.version();
            boolean reserved = version.key().bytes()[0] == 0;
            if (tx.notes().zones().covers(tx.covered(), version.key().bytes(), version.dot())) {
                continue;
            }
            Transaction.MergeResult result = tx.merge(arrival, false);
            won += result == Transaction.MergeResult.TAKEN ? 1 : 0;
            boolean failed = result == Transaction.MergeResult.EARLY
                    || result == Transaction.MergeResult.UNREADABLE;
            refused |= failed;
            if (failed && reserved) {
                return new BatchResult(won, 0, true, true);
            }
        }
        return new BatchResult(won, burials.stream().filter(tx::bury).count(), refused, false);
    }

    private boolean claim(Transaction tx) {
        BundleHead head = bundle.file().head();
        ZoneNotes notes = tx.notes().zones();
        for (int i = 0; i < bundle.zones().size(); i++) {
            BundleHead.ZoneState state = head.zones().get(i);
            // A directory that has found out meanwhile that it is an old copy, or lacks what was skipped
            // because it covered it, covers less.
            boolean same = tx.covered().covers(before) && notes.coverage(tx.covered(), state.zone())
                    .covers(state.base().orElse(Coverage.NONE));
            if (!same) {
                unfinished.add(i);
            }
            if (merges(i) && !unfinished.contains(i)) {
                NoteWrites.cover(tx, state.zone(), state.coverage());
                if (isFull(i)) {
                    NoteWrites.raiseZone(tx, state.zone(), state.floors());
                }
            }
        }
        SiteRecords.meet(tx, bundle.partner(), head.from());
        SiteRecords.change(tx, bundle.partner(), known -> {
            Statements next = known.said(head, tx.wallMs());
            for (int i = 0; i < bundle.zones().size(); i++) {
                BundleHead.ZoneState state = head.zones().get(i);
                if (!unfinished.contains(i)) {
                    next = next.merged(state, head);
                }
            }
            return next;
        });
        return true;
    }
}
