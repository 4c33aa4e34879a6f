package kvs.cluster;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import kvs.model.Key;
import kvs.model.Member;

/**
 * The followers of the members, one for each that has not left, by the ids of their directories. A member at
 * another address gets a new follower. Thread-safe; {@link #tick} and {@link #mend} belong to the task of the
 * replication.
 */
final class Followers {

    /** Interval of requests for versions that are unreadable here. */
    private static final long MEND_MS = 5_000;

    private final Follower.Dependencies dependencies;
    private final Runnable accounts;
    private final Map<UUID, Follower> following = new ConcurrentHashMap<>();
    /** Belongs to the task of the replication. */
    private long mendedNanos;
    /** Belongs to the task of the replication. */
    private int mends;

    /** No followers at first; {@code accounts} runs when all reserved keys of a whole member are here. */
    Followers(Follower.Dependencies dependencies, Runnable accounts) {
        this.dependencies = dependencies;
        this.accounts = accounts;
        this.mendedNanos = dependencies.clock().nanos();
    }

    /** Starts the next step of a living member, if one is due; {@code mine} is the digest of this node. */
    void tick(MemberView view, byte[] mine) {
        Member member = view.member();
        following.compute(member.origin(), (id, old) -> old != null && old.address().equals(member.address())
                ? old : new Follower(dependencies, member, accounts)).tick(view.nodeStatus(), mine);
    }

    /** Ends the followers of all others. */
    void retain(Collection<UUID> origins) {
        following.keySet().retainAll(origins);
    }

    /** Ends all followers. */
    void clear() {
        following.clear();
    }

    /** Requests versions that were found unreadable again, from each member in turn. */
    void mend() {
        List<Key> damaged = dependencies.store().unreadableKeys();
        List<Follower> followers = List.copyOf(following.values());
        if (!damaged.isEmpty() && !followers.isEmpty()
                && TimeUnit.NANOSECONDS.toMillis(dependencies.clock().nanos() - mendedNanos) >= MEND_MS) {
            mendedNanos = dependencies.clock().nanos();
            followers.get(Math.floorMod(mends++, followers.size())).mend(damaged);
        }
    }

    /** Whether everything was compared once with each of these members. */
    boolean compared(List<MemberView> members) {
        return members.stream().allMatch(member -> following.containsKey(member.member().origin())
                && following.get(member.member().origin()).compared());
    }

    /** See {@link FollowerSchedule#lagMs}; empty for a member that is not followed. */
    Optional<Long> lagMs(UUID member) {
        return Optional.ofNullable(following.get(member)).map(Follower::lagMs);
    }

    /** The present followers. */
    Collection<Follower> all() {
        return following.values();
    }
}
