package kvs.bundle;

import kvs.world.Clock;

/**
 * The last bundle of a partner that was merged here completely, for a zone. It is for people: order and gaps
 * of numbers decide nothing, and each node of a site gives its own.
 *
 * @param number its number, 0 for none
 * @param madeMs time at which it was made, Unix ms
 */
record MergedBundle(long number, long madeMs) {

    /** Stands for no bundle at all. */
    static final MergedBundle NONE = new MergedBundle(0, 0);

    /** The later one of two. */
    MergedBundle and(MergedBundle other) {
        return other.madeMs > madeMs ? other : this;
    }

    /** The bundles between this one and one that arrives, for people; empty when there is none. */
    String missingBefore(long next) {
        long first = number + 1;
        if (first >= next) {
            return "";
        }
        return (first == next - 1 ? "bundle " + first + " is" : "bundles " + first + " to " + (next - 1)
                + " are") + " missing here" + (number == 0 ? "" : ", the last one was bundle " + number
                        + " of " + Clock.utc(madeMs));
    }
}
