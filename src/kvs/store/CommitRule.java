package kvs.store;

/**
 * The rule by which a thread that has collected writes commits them itself, rather than passing them to the
 * writer's thread. That saves two wake-ups, but the thread does nothing else until the fsync is done.
 */
@FunctionalInterface
public interface CommitRule {

    /**
     * The state of the store before a commit.
     *
     * @param lastFsyncNanos time of the last fsync, 0 for none yet
     * @param hasRoom whether the commit takes one write to the disk and one fsync: no new segment, and no
     *     more space for the present one
     */
    record StoreState(long lastFsyncNanos, boolean hasRoom) { }

    /** Whether the caller commits. */
    boolean commitsHere(StoreState state);
}
