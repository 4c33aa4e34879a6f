package kvs.model;

import java.util.Collection;
import java.util.Optional;

/**
 * The rules of replication between sites that meet only by a file, as pure functions, named as in the model
 * that they were checked with. Each has a truth table in its test; change the model first. Coverages and
 * floors are those of one zone ({@link Zone}).
 */
public final class BundleRules {

    /** The age that a version of a site must have until all of its members are taken to have it, ms. */
    public static final long SETTLED_MS = 60_000;
    /** The most that a file may be ahead of the wall, ms. */
    public static final long AHEAD_MS = VersionRules.ARRIVAL_AHEAD_MS;

    private BundleRules() { }

    /** The result for a zone of a bundle that arrives. */
    public enum Verdict {
        /** It brings what is not here, and nothing is missing between. */
        MERGEABLE,
        /** All of it is here. */
        NOTHING_NEW,
        /** It begins after what is here: an earlier bundle is missing. */
        MISSING
    }

    /**
     * The base from which a delta starts [floor]: what the partner said that it covers, as far as the maker
     * covers it too. Empty for a full bundle: the partner said nothing, or the maker purged something that
     * the partner may lack.
     *
     * @param said coverage in the partner's latest statement
     * @param covered coverage of the maker
     * @param floors the highest numbers that the maker purged
     */
    public static Optional<Coverage> base(Coverage said, Coverage covered, Coverage floors) {
        Coverage base = Coverage.NONE;
        for (var each : said.numbers().entrySet()) {
            long number = Math.min(each.getValue(), covered.of(each.getKey()));
            base = number > 0 ? base.with(each.getKey(), number) : base;
        }
        return base.numbers().isEmpty() || !base.covers(floors) ? Optional.empty() : Optional.of(base);
    }

    /**
     * Decides on a zone of a bundle [base].
     *
     * @param base base of a delta; nothing for a full one
     * @param coverage coverage of its maker
     * @param here coverage of the receiver
     */
    public static Verdict verdict(Coverage base, Coverage coverage, Coverage here) {
        if (here.covers(coverage)) {
            return Verdict.NOTHING_NEW;
        }
        return here.covers(base) ? Verdict.MERGEABLE : Verdict.MISSING;
    }

    /**
     * The time up to which every version of a zone that can come to the maker is covered there [until]: Unix
     * ms, 0 when it is not known.
     *
     * @param heardMs for each awaited member, and each other partner that sends the zone, the time up to
     *     which what it had is covered by the maker
     */
    public static long completeUntil(long wallMs, Collection<Long> heardMs) {
        long until = wallMs - SETTLED_MS;
        for (long heard : heardMs) {
            until = Math.min(until, heard);
        }
        return Math.max(0, until);
    }

    /** Whether a file is so far ahead of the wall that one of the two clocks is wrong. */
    public static boolean early(long madeMs, long highestTimestamp, long wallMs) {
        return Math.max(madeMs, highestTimestamp) - AHEAD_MS > wallMs;
    }
}
