package kvs.cluster;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import kvs.backup.Restore;
import kvs.model.Refusal;
import kvs.recovery.StoreNotes;
import kvs.recovery.ZoneNotes;
import kvs.store.LogDamageCounts;
import kvs.store.Store;
import kvs.store.Transaction;
import kvs.store.Write;
import kvs.world.Logger;

/**
 * The notes by which a node knows, after a restart, what it may claim ({@link CoverageTracker}).
 *
 * <pre>
 *   note whole     u64: unreadable records in the log when the directory became whole; absent while it is not
 *   note joining   1: the node has begun to fetch the data of its cluster
 *   note reach     coverage: that before damage was found; a peer that covers it can repair this node
 *   note sure      1: in this run the directory is known to be no old copy
 *   note sound     u64: the last own number that was given by such a run
 *   note copied    u64: this directory is an old copy, up to that number of its log
 *   note node      node id under which the directory was opened
 * </pre>
 */
public final class CoverageNotes {

    static final String WHOLE = "whole";
    static final String JOINING = "joining";
    static final String REACH = "reach";
    static final String NODE = StoreNotes.NODE;
    static final String SURE = "sure";
    static final String SOUND = "sound";
    static final String COPIED = "copied";
    static final byte[] YES = {1};
    static final byte[] NOTHING = {};

    private final Store store;
    private final Logger log;

    CoverageNotes(Store store, Logger log) {
        this.store = store;
        this.log = log;
    }

    /**
     * The notes of a directory that is made from a backup: those of an old copy that has just begun its new
     * life, so the node id under which it is opened does not matter.
     *
     * @param whole whether all of the backup is restored; with an older state of it, no peer that was met
     * then can be told what is missing; what was purged of zones is told in any case
     */
    public static Restore.CarriedNotes carried(Restore.BackedUpDirectory old, boolean whole) {
        StoreNotes notes = old.notes();
        Map<String, byte[]> kept = new TreeMap<>();
        notes.all().forEach((name, body) -> {
            if (name.startsWith(ZoneNotes.ZONE) || name.startsWith(ZoneNotes.FLOOR)) {
                kept.put(name, body);
            }
        });
        if (!whole) {
            kept.put(SURE, YES);
            return new Restore.CarriedNotes(kept, 0);
        }
        notes.all().forEach((name, body) -> {
            if (name.equals(MemberProtocolGate.NOTE) || name.equals(JOINING) || name.equals(REACH)
                    || name.startsWith(PeerContact.NOTE_PREFIX)) {
                kept.put(name, body);
            }
        });
        // A backup contains no unreadable record.
        notes.find(WHOLE).ifPresent(spots -> kept.put(WHOLE, StoreNotes.number(0)));
        kept.put(SURE, YES);
        kept.put(COPIED, StoreNotes.number(old.head()));
        return new Restore.CarriedNotes(kept,
                notes.find(SURE).isPresent() ? old.own() : notes.number(SOUND).orElse(0L));
    }

    /**
     * Whether the node of a stopped directory lacked nothing that it knew of when it stopped, and its log has
     * no new damage.
     */
    public static boolean wholeAtRest(Store store) {
        StoreNotes notes = store.notes();
        LogDamageCounts losses = store.losses();
        boolean sound = !losses.stretches() && losses.spots() <= notes.number(WHOLE).orElse(0L);
        boolean alone = notes.all().keySet().stream()
                .noneMatch(name -> name.startsWith(PeerContact.NOTE_PREFIX));
        return sound && notes.find(JOINING).isEmpty() && (alone || notes.find(WHOLE).isPresent());
    }

    /** Writes notes; {@code then} runs when they are durable, {@code not} if they could not be written. */
    void write(String what, Consumer<Transaction> step, Runnable then, Runnable not) {
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
            public void refused(Refusal refusal) {
                not.run();
                log.warn("the node could not store its state of the cluster", "what", what,
                        "why", refusal.detail());
            }

            @Override
            public int bytes() {
                return StoreNotes.NUMBER_BYTES;
            }
        });
    }
}
