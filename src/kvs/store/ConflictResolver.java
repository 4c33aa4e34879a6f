package kvs.store;

import java.io.IOException;
import java.util.Optional;
import kvs.log.DiskReserve;
import kvs.log.EntryFactory;
import kvs.log.ReplicatedVersion;
import kvs.log.VersionChain;
import kvs.model.ReplicationRules;
import kvs.model.Version;
import kvs.tree.Entry;

/**
 * Decides between a version that was written elsewhere and the present one: the greater one stays, and the
 * other goes into the past of the key when the two were written concurrently. Confined to the writer's
 * thread.
 */
final class ConflictResolver {

    private final Transaction tx;
    private final GroupAppender group;
    private final UnreadableKeys unreadableKeys;
    private final ConflictCounter conflicts;
    private final int history;
    private final DiskReserve reserve;

    ConflictResolver(Transaction tx, GroupAppender group, Writer.Dependencies settings) {
        this.tx = tx;
        this.group = group;
        this.unreadableKeys = settings.spoiled();
        this.conflicts = settings.conflicts();
        this.history = settings.history();
        this.reserve = settings.reserve();
    }

    /** See {@link Transaction#merge}. */
    Transaction.MergeResult merge(ReplicatedVersion arrival, boolean mends) {
        Version version = arrival.version();
        Optional<Entry> current = tx.current(version.key());
        boolean hidden = tx.hidden(version.key(), current);
        if (hidden && !mends) {
            return Transaction.MergeResult.UNREADABLE;
        }
        if (current.isPresent() && !hidden && unreadableTie(version, current.get())) {
            return Transaction.MergeResult.UNREADABLE;
        }
        if (current.isPresent() && !hidden && !renews(version, current.get())
                && !beats(version, current.get())) {
            keepLoser(arrival, current.get());
            return Transaction.MergeResult.BEATEN;
        }
        if (current.isEmpty() && !hidden && version.deadAt(tx.wallMs())
                && tx.covered().covers(version.dot())) {
            return Transaction.MergeResult.BEATEN;
        }
        if (ReplicationRules.early(version.timestamp(), tx.wallMs(),
                current.map(Entry::timestamp).orElse(0L))) {
            return Transaction.MergeResult.EARLY;
        }
        reserve.check(version.key(), version.deleted());
        tx.append(version, arrival.document(),
                current.map(old -> replaced(version, old)).orElse(VersionChain.NONE), false);
        return Transaction.MergeResult.TAKEN;
    }

    /** The past of an arrival that wins. */
    private int[] replaced(Version winner, Entry old) {
        if (group.forgets(winner)) {
            return VersionChain.NONE;
        }
        if (EntryFactory.same(old, winner)) {
            return old.past();
        }
        boolean conflict = ReplicationRules.concurrent(winner.lineage().prevTimestamp(), old.timestamp(),
                old.deadAt(winner.timestamp()));
        if (conflict) {
            conflicts.record(winner.key());
        }
        return VersionChain.with(old.past(), VersionChain.place(old), conflict, history);
    }

    /** Adds a superseded arrival to the past, if the writer of the winner cannot have seen it. */
    private void keepLoser(ReplicatedVersion arrival, Entry winner) {
        Version loser = arrival.version();
        if (history == 0 || reserve.scarce() || EntryFactory.same(winner, loser)
                || ReplicationRules.early(loser.timestamp(), tx.wallMs(), winner.timestamp())) {
            return;
        }
        try {
            Version present = group.record(winner).version();
            if (!ReplicationRules.concurrent(present.lineage().prevTimestamp(), loser.timestamp(),
                    loser.deadAt(present.timestamp())) || remembered(winner, loser)) {
                return;
            }
        } catch (IOException e) {
            unreadableKeys.add(loser.key());
            return;
        }
        conflicts.record(loser.key());
        Entry.RecordLocation place = group.version(loser, arrival.document(), VersionChain.NONE, false, true);
        tx.amend(winner.at(VersionChain.place(winner,
                VersionChain.with(winner.past(), place, true, history))));
    }

    private boolean remembered(Entry winner, Version loser) {
        for (int i = 0; i < VersionChain.count(winner.past()); i++) {
            try {
                if (group.record(winner, i).version().uuid().equals(loser.uuid())) {
                    return true;
                }
            } catch (IOException e) {
                unreadableKeys.add(loser.key());
            }
        }
        return false;
    }

    /** Whether an arrival is the same version as the present, unreadable one. */
    private boolean renews(Version version, Entry current) {
        return unreadableKeys.contains(version.key()) && EntryFactory.same(current, version);
    }

    /**
     * Whether the order of an arrival and the present version is unknown: their timestamps are equal, and the
     * present one is unreadable.
     */
    private boolean unreadableTie(Version version, Entry current) {
        return unreadableKeys.contains(version.key()) && version.timestamp() == current.timestamp()
                && !EntryFactory.same(current, version);
    }

    /**
     * Whether an arrival is greater than the present version; the fields that break a tie are in the record,
     * not in the entry.
     */
    private boolean beats(Version version, Entry current) {
        if (version.timestamp() != current.timestamp()) {
            return version.timestamp() > current.timestamp();
        }
        return !EntryFactory.same(current, version) && version.rank().compareTo(tx.read(current).rank()) > 0;
    }
}
