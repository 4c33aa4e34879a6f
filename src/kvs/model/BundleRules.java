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
    public static final long AHEAD_MS = ReplicationRules.ARRIVAL_AHEAD_MS;

    private BundleRules() { }

    /**
     * A partner as this site knows it, for one zone.
     *
     * @param sends whether the zone goes out to it
     * @param receives whether the zone comes in from it
     * @param known its coverage by its latest statement; for a partner that never answers, what the last
     *     bundle for it covered
     * @param high the most that it ever covered
     * @param saidMs time of that statement by the partner's clock, 0 for none
     * @param heardMs time at which a new statement came last, or the partner was added, or a bundle was made
     *     for one that never answers
     * @param untilMs the latest {@code complete_until} of a bundle that was merged
     * @param until coverage of that bundle
     */
    public record PartnerZone(boolean sends, boolean receives, Coverage known, Coverage high, long saidMs,
            long heardMs, long untilMs, Coverage until) {

        /** A partner that was added at that time, and has said nothing. */
        public static PartnerZone added(boolean sends, boolean receives, long addedMs) {
            return new PartnerZone(sends, receives, Coverage.NONE, Coverage.NONE, 0, addedMs, 0,
                    Coverage.NONE);
        }

        /**
         * The partner after a statement, new or late, also one of a file whose data is refused [latest]: what
         * it covers is its newest statement, also when that is less than before.
         */
        public PartnerZone said(Coverage coverage, long madeMs, long nowMs) {
            boolean newer = madeMs > saidMs;
            return new PartnerZone(sends, receives, newer ? coverage : known, high.and(coverage),
                    newer ? madeMs : saidMs, newer ? nowMs : heardMs, untilMs, until);
        }

        /** The partner after a bundle of it was merged completely. */
        public PartnerZone merged(Coverage coverage, long completeUntilMs) {
            return completeUntilMs <= untilMs ? this : new PartnerZone(sends, receives, known, high, saidMs,
                    heardMs, completeUntilMs, coverage);
        }

        /** A partner that never answers, after a bundle was made for it. */
        public PartnerZone delivered(Coverage coverage, long nowMs) {
            return new PartnerZone(sends, receives, coverage, high, saidMs, nowMs, untilMs, until);
        }

        /**
         * The partner as two nodes of this site know it, each of which may have taken files that the other
         * has not heard of yet.
         */
        public PartnerZone and(PartnerZone other) {
            boolean newer = other.saidMs > saidMs || other.saidMs == saidMs && other.heardMs > heardMs;
            boolean later = other.untilMs > untilMs;
            return new PartnerZone(sends, receives, newer ? other.known : known, high.and(other.high),
                    Math.max(saidMs, other.saidMs), Math.max(heardMs, other.heardMs),
                    later ? other.untilMs : untilMs, later ? other.until : until);
        }

        /** The partner as a stranger: its site has lost what it was known to have. */
        public PartnerZone reset() {
            return new PartnerZone(sends, receives, Coverage.NONE, Coverage.NONE, 0, heardMs, untilMs, until);
        }
    }

    /**
     * Whether a dead version of a zone must be kept for a partner [wait] [until]: the partner may not have
     * it, or an older version may still come from there. The waiting ends 1.1 windows after the partner was
     * last heard of.
     *
     * @param dot dot of the version
     * @param timestamp its timestamp
     * @param here coverage of the zone here
     */
    public static boolean waits(PartnerZone partner, Dot dot, long timestamp, Coverage here, TimeFrame time) {
        boolean brought = !partner.sends && partner.untilMs - ReplicationRules.CLOCK_AHEAD_MS > timestamp
                && here.covers(partner.until);
        boolean silent = time.nowMs - partner.heardMs > time.windowMs + time.windowMs / 10;
        return !partner.known.covers(dot) && !brought && !silent;
    }

    /**
     * The present time, and the window.
     *
     * @param nowMs Unix ms
     * @param windowMs window in ms
     */
    public record TimeFrame(long nowMs, long windowMs) { }

    /** The result for a zone of a bundle that arrives. */
    public enum Verdict {
        /** It brings what is not here, and nothing is missing between. */
        MERGEABLE,
        /** All of it is here. */
        NOTHING_NEW,
        /** It begins after what is here: an earlier bundle is missing. */
        MISSING,
        /** Its maker did not know of something that was purged here, and a newer statement of it is here. */
        LATE,
        /** Its maker knows less than its site once said, of something that was purged here. */
        PUT_BACK
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
     * A zone at the receiver of a bundle.
     *
     * @param covered its coverage
     * @param floors the highest numbers that it purged
     * @param partner the maker's site
     */
    public record Receiver(Coverage covered, Coverage floors, PartnerZone partner) { }

    /**
     * Decides on a zone of a bundle [base] [stale]: nothing is merged in part on purpose. There is no test of
     * age.
     *
     * @param base base of a delta; nothing for a full one
     * @param coverage coverage of its maker
     * @param madeMs time at which it was made
     */
    public static Verdict verdict(Coverage base, Coverage coverage, long madeMs, Receiver here) {
        for (var purged : here.floors.numbers().entrySet()) {
            long had = Math.min(purged.getValue(), here.partner.high.of(purged.getKey()));
            if (coverage.of(purged.getKey()) < had) {
                return madeMs < here.partner.saidMs ? Verdict.LATE : Verdict.PUT_BACK;
            }
        }
        if (here.covered.covers(coverage)) {
            return Verdict.NOTHING_NEW;
        }
        return here.covered.covers(base) ? Verdict.MERGEABLE : Verdict.MISSING;
    }

    /**
     * Whether a living version here, whose key a full bundle lacks, gets a tombstone [bury]: the maker had
     * it, and what superseded it there is purged.
     */
    public static boolean buries(Coverage bundle, Dot dot, boolean dead) {
        return !dead && bundle.covers(dot);
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
