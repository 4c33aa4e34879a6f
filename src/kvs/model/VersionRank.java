package kvs.model;

/**
 * The rank of a version among those of one key. The larger timestamp wins, then the smaller {@code joined}
 * (the oldest node), then the smaller uuid as unsigned bytes. The order depends on the versions alone and is
 * the same on every node, whatever the node knows of the others; it is a strict total order, because versions
 * with equal ids are equal.
 *
 * @param timestamp Unix ms
 * @param joined first start of the directory that wrote the version, Unix ms
 * @param uuidHigh first eight bytes of the id
 * @param uuidLow last eight bytes of the id
 */
public record VersionRank(long timestamp, long joined, long uuidHigh, long uuidLow)
        implements Comparable<VersionRank> {

    /** Positive when this version wins. */
    @Override
    public int compareTo(VersionRank other) {
        int order = Long.compare(timestamp, other.timestamp);
        if (order == 0) {
            order = Long.compare(other.joined, joined);
        }
        if (order == 0) {
            order = Long.compareUnsigned(other.uuidHigh, uuidHigh);
        }
        return order != 0 ? order : Long.compareUnsigned(other.uuidLow, uuidLow);
    }
}
