package kvs.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import kvs.model.Coverage;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.model.ZoneReport;
import kvs.recovery.StoreNotes;
import kvs.store.LogDamageCounts;
import kvs.store.NoteWrites;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.world.Dice;
import kvs.world.EventKind;
import kvs.world.Logger;

/**
 * Tracks the coverage of this node, and how much of it the node may claim. A node is <em>whole</em> when it
 * lacks nothing that it knew of; a node that is still fetching the data of others, or has found damage in its
 * log, is not: it claims nothing until it has compared everything with a whole member. Then it takes over the
 * coverage that this member had when the comparison began. It is kept in {@link CoverageNotes}. Thread-safe.
 */
public final class CoverageTracker {

    private final Store store;
    private final CoverageNotes coverageNotes;
    private final Dice dice;
    private final Logger log;
    private final Coverage coverage;
    private final long sound;
    private final boolean alone;
    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile boolean whole;
    private volatile boolean joining;
    private volatile boolean settled;
    /** True if the directory is an old copy that has not begun its new life yet. */
    private volatile boolean copy;

    /**
     * The state of the node {@code node} when it opens its directory.
     *
     * @param joins whether a new node shall fetch the data of others
     */
    public CoverageTracker(Store store, String node, boolean joins, Dice dice, Logger log) {
        this.store = store;
        this.coverageNotes = new CoverageNotes(store, log);
        this.dice = dice;
        this.log = log;
        StoreNotes notes = store.notes();
        LogDamageCounts losses = store.losses();
        this.alone = notes.all().keySet().stream()
                .noneMatch(name -> name.startsWith(PeerContact.NOTE_PREFIX));
        boolean begins = alone && store.root().tree().summary().count() == 0;
        boolean sound = !losses.stretches() && losses.spots() <= notes.number(CoverageNotes.WHOLE).orElse(0L);
        // An operator who removes the seeds has decided that there is nothing to fetch.
        this.joining = joins && (begins || notes.find(CoverageNotes.JOINING).isPresent());
        // A node without others to fetch from has all that there is.
        this.whole = !joining && (alone && !joins
                || sound && (!joins || notes.find(CoverageNotes.WHOLE).isPresent()));
        this.coverage = notes.find(CoverageNotes.REACH).flatMap(Coverage::decode).orElseGet(store::covered);
        this.sound = notes.find(CoverageNotes.SURE).isPresent() ? store.recoveredOwn()
                : notes.number(CoverageNotes.SOUND).orElse(0L);
        byte[] id = node.getBytes(StandardCharsets.UTF_8);
        Optional<byte[]> before = notes.find(CoverageNotes.NODE);
        coverageNotes.write("begin", tx -> {
            if (before.isEmpty() || !Arrays.equals(before.get(), id)) {
                tx.note(CoverageNotes.NODE, id);
            }
            begin(tx);
        }, () -> { }, () -> { });
        if (before.isPresent() && !Arrays.equals(before.get(), id)) {
            log.event(EventKind.DIRECTORY_OF_ANOTHER, "node_id", node);
            renew();
        }
    }

    private void begin(Transaction tx) {
        if (tx.notes().find(CoverageNotes.SURE).isPresent()) {
            tx.note(CoverageNotes.SOUND, StoreNotes.number(sound));
            tx.note(CoverageNotes.SURE, CoverageNotes.NOTHING);
        }
        boolean noted = tx.notes().find(CoverageNotes.WHOLE).isPresent();
        if (joining != tx.notes().find(CoverageNotes.JOINING).isPresent()) {
            tx.note(CoverageNotes.JOINING, joining ? CoverageNotes.YES : CoverageNotes.NOTHING);
        }
        if (whole) {
            tx.note(CoverageNotes.WHOLE, StoreNotes.number(store.losses().spots()));
        }
        if (!whole && noted) {
            tx.note(CoverageNotes.REACH, coverage.encode());
            tx.note(CoverageNotes.WHOLE, CoverageNotes.NOTHING);
            tx.uncover();
        }
    }

    /** Whether this node lacks nothing that it knew of. */
    public boolean whole() {
        return whole;
    }

    /** Whether this node has not yet fetched the data of its cluster for the first time. */
    boolean joining() {
        return joining;
    }

    /**
     * Ends the doubt at a start whether this directory is an old copy of what others remember. If all members
     * that may know were {@code met}, it is no copy unless {@link #check} found otherwise. If not, nobody can
     * tell, and the directory begins a new life to be safe: that costs nothing but a new id. So does a node
     * without members whose numbers other sites know.
     */
    public void settle(boolean met) {
        if (!met || copy) {
            renew();
        } else if (!settled) {
            settled = true;
            UUID next = new UUID(dice.bits(), dice.bits());
            coverageNotes.write("sureness", tx -> {
                if (alone) {
                    NoteWrites.beginLife(tx, next, store.recoveredOwn());
                }
                tx.note(CoverageNotes.SURE, CoverageNotes.YES);
            }, () -> { }, () -> { });
        }
    }

    /**
     * The reason why no client may write yet: as long as the directory may be an old copy, its numbers may
     * have been given before.
     */
    public Optional<Refusal> refusal() {
        return settled() ? Optional.empty()
                : Optional.of(new Refusal(Reason.BUSY, "this node has just started and asks the other members"
                        + " if its data is up to date; try again in a few seconds, or use another node"));
    }

    /** Whether that doubt is over. */
    boolean settled() {
        return settled && !copy;
    }

    /**
     * The coverage that clients may see; empty while the node is not whole, and while its directory may be an
     * old copy.
     */
    public Optional<Coverage> shown() {
        return whole && settled && !copy ? Optional.of(store.durable()) : Optional.empty();
    }

    /** The coverage that other nodes may see: the same, or none. */
    public Coverage reported() {
        return shown().orElse(Coverage.NONE);
    }

    /**
     * Whether versions of a member may replace unreadable ones here: the member lacks nothing that this log
     * ever held, except perhaps this node's own last writes, which are lost for good; or this node has become
     * whole again, so that what is still unreadable is lost for good too.
     */
    boolean canRepair(NodeStatus theirs) {
        return whole || theirs.whole() && theirs.covered().coversBut(store.origin(), coverage);
    }

    /**
     * Takes over the coverage that a whole member had at the beginning of a comparison of everything with it.
     *
     * @param then runs when this is durable
     * @param not runs if it could not be noted
     */
    void learn(Coverage covered, Runnable then, Runnable not) {
        if (whole && store.covered().covers(covered)) {
            then.run();
            return;
        }
        coverageNotes.write("coverage", tx -> {
            tx.cover(covered);
            if (!whole) {
                tx.note(CoverageNotes.WHOLE, StoreNotes.number(store.losses().spots()));
                tx.note(CoverageNotes.JOINING, CoverageNotes.NOTHING);
                tx.note(CoverageNotes.REACH, CoverageNotes.NOTHING);
            }
        }, () -> {
            whole = true;
            joining = false;
            then.run();
        }, not);
    }

    /**
     * Raises the floor to that of a whole member, which covers {@code theirs}: a node that takes over a
     * coverage takes over the floor with it. Numbers above that coverage and an expiry after now are lowered
     * to these bounds, and the floor has at most as many origins as a coverage. What was purged of zones is
     * taken over with it.
     */
    void purged(PurgedWatermarks floor, Coverage theirs, ZoneReport zones) {
        PurgedWatermarks mine = PurgedWatermarks.of(store.notes());
        int room = Coverage.ORIGINS_MAX - mine.numbers().numbers().size();
        Map<UUID, Long> taken = new TreeMap<>();
        for (Map.Entry<UUID, Long> each : floor.numbers().numbers().entrySet()) {
            boolean known = mine.numbers().of(each.getKey()) > 0;
            long seq = Math.min(each.getValue(), theirs.of(each.getKey()));
            if (seq > 0 && (known || room > 0)) {
                taken.put(each.getKey(), seq);
                room -= known ? 0 : 1;
            }
        }
        PurgedWatermarks other = new PurgedWatermarks(Coverage.of(taken), floor.expiredMs());
        if (!mine.covers(other) || !store.notes().zones().covers(zones, other.numbers())) {
            coverageNotes.write("floor", tx -> {
                NoteWrites.raiseFloor(tx, other.numbers(), Math.min(other.expiredMs(), tx.wallMs()));
                NoteWrites.takeZones(tx, zones, other.numbers());
            }, () -> { }, () -> { });
        }
    }

    /** Writes a note; {@code not} runs if that failed. */
    void note(String name, byte[] body, Runnable not) {
        coverageNotes.write(name, tx -> tx.note(name, body), () -> { }, not);
    }

    /** Records that there is nothing to fetch: no node has anything. */
    void nothing() {
        learn(Coverage.NONE, () -> { }, () -> { });
    }

    /**
     * Compares a member's report with this directory. Numbers that this directory cannot have given were
     * given by another copy of it, or by itself in a future that was undone: then its next numbers may be
     * taken, and it begins a new life.
     */
    void check(NodeStatus theirs) {
        UUID self = store.origin();
        long written = theirs.covered().of(self);
        long end = theirs.known().containsKey(self) ? theirs.known().get(self).log() : 0;
        if (written > 0 && !store.hasAssigned(written) || end > 0 && !store.hasAssigned(end)) {
            log.event(EventKind.DIRECTORY_COPIED, "member_says", Math.max(written, end));
            renew();
        }
    }

    /** The number in the log up to which this directory is an old copy, 0 if it is none. */
    long copied() {
        return store.notes().number(CoverageNotes.COPIED).orElse(0L);
    }

    private void renew() {
        copy = true;
        if (!renewing.compareAndSet(false, true)) {
            return;
        }
        UUID old = store.origin();
        UUID next = new UUID(dice.bits(), dice.bits());
        coverageNotes.write("renewal", tx -> {
            tx.renew(next, sound);
            tx.note(CoverageNotes.SOUND, CoverageNotes.NOTHING);
            tx.note(CoverageNotes.SURE, CoverageNotes.YES);
            tx.note(CoverageNotes.COPIED, StoreNotes.number(store.recovered()));
        }, () -> {
            settled = true;
            copy = false;
            log.event(EventKind.DIRECTORY_RENEWED, "old", old, "new", next);
            renewing.set(false);
        }, () -> renewing.set(false));
    }
}
