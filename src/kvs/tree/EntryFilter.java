package kvs.tree;

import java.util.function.Predicate;

/**
 * The condition on the entries that a cursor returns: the totals of a node decide whether the cursor descends
 * into it.
 *
 * @param below whether a matching entry may be below a node with these totals
 * @param takes whether an entry matches
 */
record EntryFilter(Predicate<NodeTotals> below, Predicate<Entry> takes) {

    static final EntryFilter EVERYTHING = new EntryFilter(totals -> true, entry -> true);

    /** The entries with a timestamp from {@code fromMs} (inclusive) to {@code toMs} (exclusive). */
    static EntryFilter changed(long fromMs, long toMs) {
        return new EntryFilter(totals -> totals.timestampMax >= fromMs && totals.timestampMin < toMs,
                entry -> entry.timestamp() >= fromMs && entry.timestamp() < toMs);
    }

    /** The entries that are dead at {@code now}. */
    static EntryFilter dead(long now) {
        return new EntryFilter(totals -> totals.deathMin <= now, entry -> entry.death() <= now);
    }

    /** The entries whose expiry has passed at {@code now}, without tombstones. */
    static EntryFilter expired(long now) {
        return new EntryFilter(totals -> totals.expiresMin <= now,
                entry -> !entry.deleted() && now >= entry.expires());
    }
}
