package kvs.model;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The rule for two versions of a key: which one is present afterwards, what becomes of the other, and whether
 * the two are in conflict. Every part that meets two versions applies it: a client's write, a merge, a
 * replay, a backup that is restored to a moment. A pure function: the present version's record is read only
 * when the rule needs it.
 *
 * <pre>
 *   newest version lost to damage, arriving one not known to be as new   UNORDERED
 *   no present version          dead, and purged here before             PURGED
 *                               else                                     FIRST
 *   the present version again                                            SAME, or FORGETS
 *   arriving one is greater     its writer had seen all older ones       RESOLVES
 *                               its writer never saw the present one     WINS_CONFLICT
 *                               else                                     SUPERSEDES
 *                               space is short                           FORGETS
 *   arriving one is smaller     the present one's writer never saw it    LOSES_CONFLICT
 *                               else                                     SUPERSEDED
 *   equal timestamps, and the present record is unreadable               UNORDERED
 * </pre>
 */
public final class MergeRule {

    private MergeRule() { }

    /** The result for an arriving version. */
    public enum Outcome {
        /** It is the only version. */
        FIRST,
        /** It is the present version, in another place; the past stays. */
        SAME,
        /** It is present, the older ones are its history, and no conflict is open any more. */
        RESOLVES,
        /** It is present, and the one before it is history. */
        SUPERSEDES,
        /** It is present, and the one before it is the loser of a conflict. */
        WINS_CONFLICT,
        /** It is present, and all older ones are dropped. */
        FORGETS,
        /** It is the loser of a conflict. */
        LOSES_CONFLICT,
        /** It is dropped: a greater version is present. */
        SUPERSEDED,
        /** It is dropped: it was purged here before. */
        PURGED,
        /** The order is unknown: what it must be compared with is unreadable. */
        UNORDERED;

        /** Whether the arriving version is present afterwards. */
        public boolean wins() {
            return switch (this) {
                case FIRST, SAME, RESOLVES, SUPERSEDES, WINS_CONFLICT, FORGETS -> true;
                case LOSES_CONFLICT, SUPERSEDED, PURGED, UNORDERED -> false;
            };
        }
    }

    /** The treatment of the older versions when the arriving one is greater. */
    public enum Older {
        /** The writer had seen them all: they are its history. */
        SEEN,
        /** The present one is history or the loser of a conflict, by what the writer had seen. */
        COMPARED,
        /** They are dropped. */
        FORGOTTEN
    }

    /** The treatment of the arriving version when it is smaller. */
    public enum Loser {
        /** It is kept as the loser of a conflict: it would not be in the log otherwise. */
        KEPT,
        /** It is kept if the two are in conflict. */
        COMPARED,
        /** It is dropped. */
        DROPPED
    }

    /**
     * A version that arrives.
     *
     * @param version the version
     * @param older treatment of the older ones if it is greater
     * @param loser treatment of it if it is smaller
     * @param newest whether it is known to be at least as new as a version that was lost to damage
     * @param purged whether it was purged here if it is absent: it is dead, and was here
     */
    public record Arriving(Version version, Older older, Loser loser, boolean newest, boolean purged) {

        /** A version that a client writes here, now. */
        public static Arriving written(Version version, boolean forgets) {
            return new Arriving(version, forgets ? Older.FORGOTTEN : Older.SEEN, Loser.DROPPED, true, false);
        }

        /** A version of the log, which was decided on when it was appended. */
        public static Arriving logged(Version version, Older older) {
            return new Arriving(version, older, Loser.KEPT, false, false);
        }

        /** A version in a file of versions in any order, of which only the greatest one matters. */
        public static Arriving listed(Version version) {
            return new Arriving(version, Older.FORGOTTEN, Loser.DROPPED, false, false);
        }
    }

    /**
     * The version that a key has.
     *
     * @param timestamp its timestamp
     * @param id its id
     * @param deleted whether it is a tombstone
     * @param expires its expiry
     * @param record the complete version, empty when it is unreadable
     */
    public record Present(long timestamp, UUID id, boolean deleted, long expires,
            Supplier<Optional<Version>> record) {

        /** A version in memory. */
        public static Present of(Version version) {
            return new Present(version.timestamp(), version.uuid(), version.deleted(), version.expires(),
                    () -> Optional.of(version));
        }

        private boolean deadAt(long now) {
            return deleted || now >= expires;
        }
    }

    /** Decides on an arriving version; {@code hidden} when the newest version was lost to damage. */
    public static Outcome decide(Arriving arriving, Optional<Present> present, boolean hidden) {
        if (hidden && !arriving.newest) {
            return Outcome.UNORDERED;
        }
        if (present.isEmpty()) {
            return arriving.purged && !hidden ? Outcome.PURGED : Outcome.FIRST;
        }
        Present held = present.get();
        if (held.id.equals(arriving.version.uuid())) {
            return arriving.older == Older.FORGOTTEN ? Outcome.FORGETS : Outcome.SAME;
        }
        Optional<Boolean> greater = hidden ? Optional.of(true) : greater(arriving.version, held);
        return greater.map(wins -> wins ? won(arriving, held) : lost(arriving, held))
                .orElse(Outcome.UNORDERED);
    }

    private static Optional<Boolean> greater(Version arriving, Present held) {
        if (arriving.timestamp() != held.timestamp) {
            return Optional.of(arriving.timestamp() > held.timestamp);
        }
        return held.record.get().map(present -> arriving.rank().compareTo(present.rank()) > 0);
    }

    private static Outcome won(Arriving arriving, Present held) {
        return switch (arriving.older) {
            case FORGOTTEN -> Outcome.FORGETS;
            case SEEN -> Outcome.RESOLVES;
            case COMPARED -> ReplicationRules.concurrent(arriving.version.lineage().prevTimestamp(),
                    held.timestamp, held.deadAt(arriving.version.timestamp())) ? Outcome.WINS_CONFLICT
                            : Outcome.SUPERSEDES;
        };
    }

    private static Outcome lost(Arriving arriving, Present held) {
        Version loser = arriving.version;
        return switch (arriving.loser) {
            case KEPT -> Outcome.LOSES_CONFLICT;
            case DROPPED -> Outcome.SUPERSEDED;
            case COMPARED -> held.record.get()
                    .filter(winner -> ReplicationRules.concurrent(winner.lineage().prevTimestamp(),
                            loser.timestamp(), loser.deadAt(winner.timestamp())))
                    .map(winner -> Outcome.LOSES_CONFLICT).orElse(Outcome.SUPERSEDED);
        };
    }
}
