package kvs.model;

/**
 * What decides between two versions of one key: the larger timestamp, then the smaller {@code joined} (the oldest node), then the smaller
 * uuid as unsigned bytes. A function of the versions alone, the same on every node whatever it knows of the others; a strict total order,
 * because versions with equal ids are equal.
 *
 * @param timestamp Unix ms
 * @param joined first start of the directory that wrote the version, Unix ms
 * @param uuidHigh first eight bytes of the id
 * @param uuidLow last eight bytes of the id
 */
public record VersionRank(long timestamp, long joined, long uuidHigh, long uuidLow) implements Comparable<VersionRank> {

    /** Positive when this one wins. */
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
