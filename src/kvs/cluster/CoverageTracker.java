package kvs.cluster;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import kvs.backup.Restore;
import kvs.model.Coverage;
import kvs.model.Reason;
import kvs.model.Refusal;
import kvs.store.Store;
import kvs.store.StoreNotes;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.world.Dice;
import kvs.world.Logger;

/**
 * What this node knows of the writes of all, and what it may claim of it. A node is <em>whole</em> when it lacks nothing that it knew of; one that
 * is still fetching what others have, or has found damage in its log, is not: it claims nothing, until it has compared everything with a whole
 * member. Then it takes over what that member covered when the comparison began. Thread-safe.
 *
 * <pre>
 *   note whole     u64: unreadable records that were in the log when the directory became whole; absent while it is not
 *   note joining   1: it has begun to fetch what its cluster has
 *   note reach     coverage: what it covered before it found damage; a peer that covers that can mend it
 *   note sure      1: it is known of this run that the directory is no old copy
 *   note sound     u64: up to there its own numbers were given by such runs
 *   note copied    u64: this directory is an old copy, up to that number of its log
 *   note node      node id under which the directory was opened
 * </pre>
 */
public final class CoverageTracker {

    private static final String WHOLE = "whole";
    private static final String JOINING = "joining";
    private static final String REACH = "reach";
    private static final String NODE = "node";
    private static final String SURE = "sure";
    private static final String SOUND = "sound";
    private static final String COPIED = "copied";
    private static final byte[] YES = {1};
    private static final byte[] NOTHING = {};

    private final Store store;
    private final Dice dice;
    private final Logger log;
    private final Coverage reach;
    private final long sound;
    private final AtomicBoolean renewing = new AtomicBoolean();
    private volatile boolean whole;
    private volatile boolean joining;
    private volatile boolean settled;
    /** It is one, and has not begun its new life yet. */
    private volatile boolean copy;

    /**
     * What is known when the node {@code node} opens its directory.
     *
     * @param joins whether others have what it shall have, if it is new
     */
    public CoverageTracker(Store store, String node, boolean joins, Dice dice, Logger log) {
        this.store = store;
        this.dice = dice;
        this.log = log;
        StoreNotes notes = store.notes();
        Store.LogLosses losses = store.losses();
        boolean alone = notes.all().keySet().stream().noneMatch(name -> name.startsWith(PeerHistory.PREFIX));
        boolean begins = alone && store.root().tree().summary().count() == 0;
        boolean sound = !losses.stretches() && losses.spots() <= notes.number(WHOLE).orElse(0L);
        // Who takes the seeds away has decided that there is nothing to fetch.
        this.joining = joins && (begins || notes.find(JOINING).isPresent());
        // And who has nobody to ask has what there is.
        this.whole = !joining && (alone && !joins || sound && (!joins || notes.find(WHOLE).isPresent()));
        this.reach = notes.find(REACH).flatMap(Coverage::decode).orElseGet(store::covered);
        this.sound = notes.find(SURE).isPresent() ? store.recoveredOwn() : notes.number(SOUND).orElse(0L);
        byte[] id = node.getBytes(StandardCharsets.UTF_8);
        Optional<byte[]> before = notes.find(NODE);
        write("begin", tx -> {
            if (before.isEmpty() || !Arrays.equals(before.get(), id)) {
                tx.note(NODE, id);
            }
            begin(tx);
        }, () -> { }, () -> { });
        if (before.isPresent() && !Arrays.equals(before.get(), id)) {
            log.warn("this directory was opened by another node before: it is taken for a copy", "node_id", node);
            renew();
        }
    }

    private void begin(Transaction tx) {
        if (tx.notes().find(SURE).isPresent()) {
            tx.note(SOUND, StoreNotes.number(sound));
            tx.note(SURE, NOTHING);
        }
        boolean noted = tx.notes().find(WHOLE).isPresent();
        if (joining != tx.notes().find(JOINING).isPresent()) {
            tx.note(JOINING, joining ? YES : NOTHING);
        }
        if (whole) {
            tx.note(WHOLE, StoreNotes.number(store.losses().spots()));
        }
        if (!whole && noted) {
            tx.note(REACH, reach.encode());
            tx.note(WHOLE, NOTHING);
            tx.uncover();
        }
    }

    /** Whether it lacks nothing that it knew of. */
    public boolean whole() {
        return whole;
    }

    /** Whether it has not yet fetched for the first time what its cluster has. */
    boolean joining() {
        return joining;
    }

    /**
     * Ends the doubt of a start whether this directory is an old copy of what somebody else remembers. When all were {@code met} who may know, it is
     * none unless {@link #check} said so. Otherwise nobody can tell, and it begins a new life to be safe: that costs nothing but a new id.
     */
    public void settle(boolean met) {
        if (!met || copy) {
            renew();
        } else if (!settled) {
            settled = true;
            write("sureness", tx -> tx.note(SURE, YES), () -> { }, () -> { });
        }
    }

    /** Why no client should write here yet: as long as the directory may be an old copy its numbers may have been given before. */
    public Optional<Refusal> refusal() {
        return settled() ? Optional.empty() : Optional.of(new Refusal(Reason.BUSY, "this node has just started and asks the others whether its data"
                + " is up to date; try again in a few seconds, or use another one"));
    }

    /** Whether that doubt is over. */
    boolean settled() {
        return settled && !copy;
    }

    /** What clients may be told of what it covers; empty while it is not whole, and while it may be an old copy. */
    public Optional<Coverage> shown() {
        return whole && settled && !copy ? Optional.of(store.durable()) : Optional.empty();
    }

    /** What other nodes may be told of it: the same, or nothing. */
    public Coverage reported() {
        return shown().orElse(Coverage.NONE);
    }

    /**
     * Whether what a member has may take the place of what is unreadable here: it lacks nothing that this log ever held, but perhaps this node's own
     * last writes, which are lost for good; or this node has been made whole again, so that what is still unreadable is so too.
     */
    boolean mends(NodeStatus theirs) {
        return whole || theirs.whole() && theirs.covered().coversBut(store.origin(), reach);
    }

    /**
     * Everything was compared with a whole member that covered that when the comparison began.
     *
     * @param then runs when this is durable
     * @param not runs when it could not be written down
     */
    void learn(Coverage covered, Runnable then, Runnable not) {
        if (whole && store.covered().covers(covered)) {
            then.run();
            return;
        }
        write("coverage", tx -> {
            tx.cover(covered);
            if (!whole) {
                tx.note(WHOLE, StoreNotes.number(store.losses().spots()));
                tx.note(JOINING, NOTHING);
                tx.note(REACH, NOTHING);
            }
        }, () -> {
            whole = true;
            joining = false;
            then.run();
        }, not);
    }

    /**
     * A whole member has purged that, and covers {@code theirs}: whoever takes over its coverage takes over its floor. Nothing counts that lies
     * beyond what it covers or beyond now, and as many origins as in a coverage.
     */
    void purged(PurgeFloor floor, Coverage theirs) {
        PurgeFloor mine = PurgeFloor.of(store.notes());
        int room = Coverage.ORIGINS_MAX - mine.numbers().numbers().size();
        Coverage taken = Coverage.NONE;
        for (Map.Entry<UUID, Long> each : floor.numbers().numbers().entrySet()) {
            boolean known = mine.numbers().of(each.getKey()) > 0;
            long seq = Math.min(each.getValue(), theirs.of(each.getKey()));
            if (seq > 0 && (known || room > 0)) {
                taken = taken.with(each.getKey(), seq);
                room -= known ? 0 : 1;
            }
        }
        PurgeFloor other = new PurgeFloor(taken, floor.expiredMs());
        if (!mine.covers(other)) {
            write("floor", tx -> StoreNotes.raiseFloor(tx, other.numbers(), Math.min(other.expiredMs(), tx.wallMs())), () -> { }, () -> { });
        }
    }

    /** Notes something; {@code not} runs when it could not be written down. */
    void note(String name, byte[] body, Runnable not) {
        write(name, tx -> tx.note(name, body), () -> { }, not);
    }

    /** There is nothing to fetch: nobody has anything. */
    void nothing() {
        learn(Coverage.NONE, () -> { }, () -> { });
    }

    /**
     * Looks at what somebody knows of this directory. What this directory cannot have written was written by another copy of it, or by itself in
     * a future that was undone: then its numbers may be taken, and it begins a new life.
     */
    void check(NodeStatus theirs) {
        UUID self = store.origin();
        long written = theirs.covered().of(self);
        long end = theirs.known().containsKey(self) ? theirs.known().get(self).log() : 0;
        if (written > 0 && !store.gave(written) || end > 0 && !store.gave(end)) {
            log.warn("this directory is a copy, or was put back to an older state: others know of later writes", "member_says",
                    Math.max(written, end));
            renew();
        }
    }

    /** The number in the log up to which this directory is an old copy, 0 when it is none. */
    long copied() {
        return store.notes().number(COPIED).orElse(0L);
    }

    private void renew() {
        copy = true;
        if (!renewing.compareAndSet(false, true)) {
            return;
        }
        UUID old = store.origin();
        UUID next = new UUID(dice.bits(), dice.bits());
        write("renewal", tx -> {
            tx.renew(next, sound);
            tx.note(SOUND, NOTHING);
            tx.note(SURE, YES);
            tx.note(COPIED, StoreNotes.number(store.recovered()));
        }, () -> {
            settled = true;
            copy = false;
            log.info("this directory may be an old copy: it has a new id, and fetches what it lacks", "old", old, "new", next);
            renewing.set(false);
        }, () -> renewing.set(false));
    }

    /**
     * What a directory that is made of a backup shall know: the same as an old copy that has just begun its new life, so it does not matter under
     * which node id it is opened.
     *
     * @param whole whether all of the backup is restored; with an older state of it nobody who was met then can be told what is missing
     */
    public static Restore.CarriedNotes carried(Restore.BackedUpDirectory old, boolean whole) {
        if (!whole) {
            return new Restore.CarriedNotes(Map.of(SURE, YES), 0);
        }
        StoreNotes notes = old.notes();
        Map<String, byte[]> kept = new TreeMap<>();
        notes.all().forEach((name, body) -> {
            if (name.equals(ProtocolAgreement.NOTE) || name.equals(JOINING) || name.equals(REACH) || name.startsWith(PeerHistory.PREFIX)) {
                kept.put(name, body);
            }
        });
        // Nothing in a backup is unreadable.
        notes.find(WHOLE).ifPresent(spots -> kept.put(WHOLE, StoreNotes.number(0)));
        kept.put(SURE, YES);
        kept.put(COPIED, StoreNotes.number(old.head()));
        return new Restore.CarriedNotes(kept, notes.find(SURE).isPresent() ? old.own() : notes.number(SOUND).orElse(0L));
    }

    private void write(String what, Consumer<Transaction> step, Runnable then, Runnable not) {
        store.submit(new Write() {
            @Override
            public void decide(Transaction tx) {
                step.accept(tx);
            }

            @Override
            public void written() {
                then.run();
            }

            @Override
            public void refused(Refusal why) {
                not.run();
                log.warn("what this node knows could not be written down", "what", what, "why", why.detail());
            }

            @Override
            public int bytes() {
                return StoreNotes.NUMBER_BYTES;
            }
        });
    }
}
