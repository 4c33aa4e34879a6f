package kvs.bundle;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import kvs.model.BundleRules;
import kvs.model.Coverage;
import kvs.model.ReplicationRules;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.recovery.ZoneNotes;
import kvs.store.NoteWrites;
import kvs.store.Store;
import kvs.world.Clock;
import kvs.world.Task;

/**
 * The part of the purge that waits for partners: a dead version of a zone is kept until each partner has it,
 * or was silent for 1.1 windows. Versions in no zone never wait. Its task looks once a second for
 * partners that were added at another node of the site. Thread-safe.
 */
public final class PurgeGuard implements Task {

    private static final long LOOK_MS = 1_000;

    private final Store store;
    private final Clock clock;
    private final LongSupplier windowMs;
    private final AtomicReference<Known> known = new AtomicReference<>(new Known(-1, List.of()));

    /** Of the present ten minutes, in which the dead are looked at once, and of those before. */
    private volatile Round round = new Round(0, new ConcurrentHashMap<>());
    private volatile Round before = round;

    /** The versions that are kept, by the name of the first partner that may lack them. */
    private record Round(long number, Map<String, LongAdder> kept) { }

    /** The partners as of a number of changes of reserved keys. */
    private record Known(long changes, List<Statements> partners) { }

    /** A guard for the purges of a store, with that window in ms. */
    public PurgeGuard(Store store, Clock clock, LongSupplier windowMs) {
        this.store = store;
        this.clock = clock;
        this.windowMs = windowMs;
    }

    /**
     * Whether this node counts its purges by zone, for each zone of the site. If not, it begins to: the
     * records of a partner may have come from another node.
     */
    public boolean ready() {
        ZoneNotes notes = store.notes().zones();
        List<Zone> missing = partners().stream().flatMap(known -> known.partner().zones().stream())
                .filter(zone -> !notes.all().contains(zone)).distinct().toList();
        if (!missing.isEmpty()) {
            store.submit(tx -> missing.forEach(zone -> NoteWrites.addZone(tx, zone)));
        }
        return missing.isEmpty();
    }

    /** Whether no partner needs a dead version, and this node covers it. */
    public boolean allows(Version version) {
        byte[] key = version.key().bytes();
        ZoneNotes notes = store.notes().zones();
        Coverage covered = store.durable();
        BundleRules.TimeFrame time = new BundleRules.TimeFrame(clock.wallMs(), windowMs.getAsLong());
        boolean zoned = notes.all().stream().anyMatch(zone -> zone.contains(key));
        if (zoned && !notes.covers(covered, key, version.dot())) {
            return false;
        }
        for (Statements each : partners()) {
            for (Zone zone : each.partner().zones()) {
                // What the partner covers waits for nothing: the coverage of the zone costs a hash an origin.
                if (zone.contains(key) && !each.of(zone).known().covers(version.dot())
                        && BundleRules.waits(each.of(zone), version.dot(), version.timestamp(),
                                notes.coverage(covered, zone), time)) {
                    keep(each.partner().name());
                    return false;
                }
            }
        }
        return true;
    }

    /** Counts a version that is kept; called by the thread of the purges only. */
    private void keep(String partner) {
        long number = clock.wallMs() / ReplicationRules.PURGE_STEP_MS;
        if (round.number != number) {
            before = round;
            round = new Round(number, new ConcurrentHashMap<>());
        }
        round.kept.computeIfAbsent(partner, name -> new LongAdder()).increment();
    }

    /** The number of dead versions that were kept for a partner in the last ten minutes. */
    public long waiting(String partner) {
        long number = clock.wallMs() / ReplicationRules.PURGE_STEP_MS;
        long kept = 0;
        for (Round each : List.of(before, round)) {
            LongAdder counted = each.kept.get(partner);
            kept = counted != null && each.number >= number - 1 ? Math.max(kept, counted.sum()) : kept;
        }
        return kept;
    }

    @Override
    public long step() {
        ready();
        return LOOK_MS;
    }

    /** The partners, and what is known of them; they are read again only when they have changed. */
    List<Statements> partners() {
        long changes = store.root().reservedChanges();
        Known last = known.get();
        if (last.changes != changes) {
            SiteRecords records = new SiteRecords(store.root());
            last = new Known(changes, records.partners().stream().map(records::statements).toList());
            known.set(last);
        }
        return last.partners;
    }
}
