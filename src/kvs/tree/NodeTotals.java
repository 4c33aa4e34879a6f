package kvs.tree;

/**
 * The totals of the entries below a node: counts and sums, which are kept by adding and subtracting, and
 * bounds, which are recomputed when the entry that set them is removed. Mutable while its node is; belongs to
 * one editor.
 */
final class NodeTotals {

    long count;
    long live;
    long bytes;
    HashSum sum = HashSum.ZERO;
    long timestampMin = Long.MAX_VALUE;
    long timestampMax;
    /** Over entries that are not tombstones. */
    long expiresMin = Entry.FOREVER;
    /** Over all entries, see {@link Entry#death}. */
    long deathMin = Entry.FOREVER;

    NodeTotals copy() {
        NodeTotals copy = new NodeTotals();
        copy.add(this);
        return copy;
    }

    void add(Entry entry, HashSum hash) {
        count++;
        sum = sum.plus(hash);
        if (!entry.deleted()) {
            live++;
            bytes += bytes(entry);
        }
        widen(entry);
    }

    void add(NodeTotals other) {
        count += other.count;
        live += other.live;
        bytes += other.bytes;
        sum = sum.plus(other.sum);
        widen(other);
    }

    /** Subtracts an entry from counts and sums; the bounds stay. */
    void subtract(Entry entry, HashSum hash) {
        count--;
        sum = sum.minus(hash);
        if (!entry.deleted()) {
            live--;
            bytes -= bytes(entry);
        }
    }

    /** Subtracts the entries of a node from counts and sums; the bounds stay. */
    void subtract(NodeTotals other) {
        count -= other.count;
        live -= other.live;
        bytes -= other.bytes;
        sum = sum.minus(other.sum);
    }

    /** Whether the bounds may be wrong without {@code entry}. */
    boolean boundedBy(Entry entry) {
        return entry.timestamp() == timestampMin || entry.timestamp() == timestampMax
                || deathMin != Entry.FOREVER && entry.death() == deathMin
                || expiresMin != Entry.FOREVER && entry.expires() == expiresMin;
    }

    /** The bounds at one moment. */
    record Bounds(long timestampMin, long timestampMax, long expiresMin, long deathMin) { }

    Bounds bounds() {
        return new Bounds(timestampMin, timestampMax, expiresMin, deathMin);
    }

    /** Whether a bound is tighter than before. */
    boolean tighterThan(Bounds before) {
        return timestampMin > before.timestampMin || timestampMax < before.timestampMax
                || expiresMin > before.expiresMin || deathMin > before.deathMin;
    }

    /** Resets the bounds. */
    void unbound() {
        timestampMin = Long.MAX_VALUE;
        timestampMax = 0;
        expiresMin = Entry.FOREVER;
        deathMin = Entry.FOREVER;
    }

    void widen(Entry entry) {
        timestampMin = Math.min(timestampMin, entry.timestamp());
        timestampMax = Math.max(timestampMax, entry.timestamp());
        deathMin = Math.min(deathMin, entry.death());
        if (!entry.deleted()) {
            expiresMin = Math.min(expiresMin, entry.expires());
        }
    }

    void widen(NodeTotals other) {
        timestampMin = Math.min(timestampMin, other.timestampMin);
        timestampMax = Math.max(timestampMax, other.timestampMax);
        deathMin = Math.min(deathMin, other.deathMin);
        expiresMin = Math.min(expiresMin, other.expiresMin);
    }

    RangeTotals summary() {
        return new RangeTotals(count, live, bytes, sum);
    }

    boolean same(NodeTotals o) {
        return summary().equals(o.summary()) && timestampMin == o.timestampMin
                && timestampMax == o.timestampMax && expiresMin == o.expiresMin && deathMin == o.deathMin;
    }

    @Override
    public String toString() {
        return summary() + " timestamps " + timestampMin + "-" + timestampMax + " expires " + expiresMin
                + " death " + deathMin;
    }

    private static long bytes(Entry entry) {
        return entry.key().length + (long) entry.dataBytes();
    }
}
