package kvs.store;

import java.io.IOException;
import java.util.Optional;
import kvs.log.DiskReserve;
import kvs.log.EntryFactory;
import kvs.log.ReplicatedVersion;
import kvs.log.UnreadableKeys;
import kvs.log.VersionChain;
import kvs.model.Key;
import kvs.model.MergeRule;
import kvs.model.ReplicationRules;
import kvs.model.Version;
import kvs.tree.Entry;

/**
 * Merges a version that was written elsewhere with the present one as {@link MergeRule} decides. Confined
 * to the writer's thread.
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
        this.unreadableKeys = settings.unreadableKeys();
        this.conflicts = settings.conflicts();
        this.history = settings.history();
        this.reserve = settings.reserve();
    }

    /** See {@link Transaction#merge}. */
    Transaction.MergeResult merge(ReplicatedVersion arrival, boolean mends) {
        Version version = arrival.version();
        Optional<Entry> current = tx.current(version.key());
        boolean hidden = tx.hidden(version.key(), current);
        if (!hidden && current.filter(entry -> holds(entry, version)).isPresent()) {
            return Transaction.MergeResult.BEATEN;
        }
        MergeRule.Outcome outcome = MergeRule.decide(arriving(version, mends),
                current.map(entry -> EntryFactory.present(entry, () -> record(entry))), hidden);
        if (outcome.wins()) {
            return take(arrival, outcome, current);
        }
        if (outcome == MergeRule.Outcome.LOSES_CONFLICT) {
            keepLoser(arrival, current.orElseThrow());
        }
        return outcome == MergeRule.Outcome.UNORDERED ? Transaction.MergeResult.UNREADABLE
                : Transaction.MergeResult.BEATEN;
    }

    private MergeRule.Arriving arriving(Version version, boolean mends) {
        boolean keeps = history > 0 && !reserve.scarce();
        boolean purged = version.deadAt(tx.wallMs())
                && tx.notes().zones().covers(tx.covered(), version.key().bytes(), version.dot());
        return new MergeRule.Arriving(version,
                group.forgets(version) ? MergeRule.Older.FORGOTTEN : MergeRule.Older.COMPARED,
                keeps ? MergeRule.Loser.COMPARED : MergeRule.Loser.DROPPED, mends, purged);
    }

    /** Whether an entry is of that version, and its record is readable. */
    private boolean holds(Entry entry, Version version) {
        return EntryFactory.same(entry, version) && !unreadableKeys.contains(version.key());
    }

    private Optional<Version> record(Entry entry) {
        try {
            return Optional.of(group.record(entry).version());
        } catch (IOException e) {
            unreadableKeys.add(Key.ofBytes(entry.key()));
            return Optional.empty();
        }
    }

    private Transaction.MergeResult take(ReplicatedVersion arrival, MergeRule.Outcome outcome,
            Optional<Entry> replaced) {
        Version winner = arrival.version();
        if (ReplicationRules.early(winner.timestamp(), tx.wallMs(),
                replaced.map(Entry::timestamp).orElse(0L))) {
            return Transaction.MergeResult.EARLY;
        }
        reserve.check(winner.key(), winner.deleted());
        if (outcome == MergeRule.Outcome.WINS_CONFLICT) {
            conflicts.record(winner.key());
        }
        tx.append(winner, arrival.document(), tx.past(outcome, replaced), false);
        return Transaction.MergeResult.TAKEN;
    }

    /** Adds the loser of a conflict to the past of the winner, unless it is there already. */
    private void keepLoser(ReplicatedVersion arrival, Entry winner) {
        Version loser = arrival.version();
        if (remembered(winner, loser)) {
            return;
        }
        conflicts.record(loser.key());
        Entry.RecordLocation place = group.version(loser, arrival.document(), VersionChain.NONE, false, true);
        tx.amend(winner.at(VersionChain.place(winner, VersionChain
                .after(MergeRule.Outcome.LOSES_CONFLICT, winner.past(), place, history))));
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
}
