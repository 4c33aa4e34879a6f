package kvs.model;

/**
 * The time up to which a node has all that another one had: that of the newest heartbeat whose coverage it
 * covers itself. One more heartbeat waits to be covered; the next ones are looked at after it, unless they
 * tell less. Immutable.
 *
 * @param untilMs that time, Unix ms, 0 while it is not known
 * @param waitingMs time of the heartbeat that waits, 0 for none
 * @param waiting its coverage
 */
public record CoveredTime(long untilMs, long waitingMs, Coverage waiting) {

    /** The time of a node that was not heard. */
    public static final CoveredTime UNKNOWN = new CoveredTime(0, 0, Coverage.NONE);

    /** The time after a heartbeat, at a node that covers {@code mine}. */
    public CoveredTime heard(long atMs, Coverage theirs, Coverage mine) {
        CoveredTime now = look(mine);
        boolean waits = now.waitingMs > 0 && theirs.covers(now.waiting);
        return waits ? now : new CoveredTime(now.untilMs, atMs, theirs).look(mine);
    }

    private CoveredTime look(Coverage mine) {
        return waitingMs > 0 && mine.covers(waiting)
                ? new CoveredTime(Math.max(untilMs, waitingMs), 0, Coverage.NONE) : this;
    }
}
