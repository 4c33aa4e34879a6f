package kvs.cluster;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import kvs.model.Coverage;
import kvs.model.Dot;
import kvs.model.Member;
import kvs.recovery.StoreNotes;
import kvs.store.Store;
import kvs.world.Clock;

/**
 * The lives of data directories that have ended, each with the number up to which any node has its writes:
 * later writes are lost for good, as are the writes of a life that nobody knows. A write is lost when all
 * members that may return are present, each was heard a while after the question and is whole, and none
 * covers it. An ended life is noted and reported to others, so that the result stays the same when a member
 * leaves again. A life that is heard alive is removed. Thread-safe.
 *
 * <pre>
 *   note ended, field 1   coverage ({@link Coverage}): for each ended life the number up to which it was
 *                         seen, 1 when nobody has any of it; at most {@value #MAX}, those that started last
 * </pre>
 */
final class EndedOrigins {

    /** The tag among the fields of a {@link GossipMessage}. */
    static final int TAG = 1;
    static final String NOTE = "ended";
    private static final int MAX = 500;
    /** Maximal number of questions that are kept until they can be answered. */
    private static final int ASKED_MAX = 1_000;
    /** Age after a question from which a report was not under way before it. */
    private static final long LATER_MS = 4_000;
    private static final long LOOK_MS = 1_000;
    /** Stands for a life of which nobody has anything; no record has this number. */
    private static final long NOTHING = 1;

    private final Store store;
    private final CoverageTracker coverageTracker;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}: the time of the first question for each, oldest first. */
    private final Map<Dot, Long> requested = new LinkedHashMap<>();
    /** Guarded by {@code lock}: lives that were present at the last look. */
    private Set<UUID> present = new TreeSet<>();
    /** Guarded by {@code lock}: lives that left since, until it is known how far they were seen. */
    private final Set<UUID> leaving = new TreeSet<>();
    /** Guarded by {@code lock}. */
    private ClusterView scene = new ClusterView(List.of(), Set.of());
    private long lookedNanos;
    private volatile Coverage ended;

    /**
     * The members at one moment.
     *
     * @param members members on the list that have not left
     * @param awaited lives that may return
     */
    record ClusterView(List<MemberView> members, Set<UUID> awaited) {

        boolean alive(UUID origin) {
            return members.stream().anyMatch(member -> member.member().origin().equals(origin)
                    && member.status() == Member.Status.ALIVE);
        }
    }

    EndedOrigins(Store store, CoverageTracker coverageTracker, Clock clock) {
        this.store = store;
        this.coverageTracker = coverageTracker;
        this.clock = clock;
        this.lookedNanos = clock.nanos();
        this.ended = store.notes().find(NOTE).flatMap(Coverage::decode).orElse(Coverage.NONE);
    }

    /** The field of a heartbeat. */
    byte[] field() {
        return ended.encode();
    }

    /**
     * Whether a part of {@code wanted} can come from no node any more; while that is unknown, the question is
     * kept. A number that this directory never gave was given by a later state of it, before an older one was
     * put back.
     */
    boolean lost(Coverage wanted) {
        if (!coverageTracker.whole() || !coverageTracker.settled()) {
            return false;
        }
        long own = wanted.of(store.origin());
        if (own > 0 && !store.hasAssigned(own)) {
            return true;
        }
        Coverage mine = store.covered();
        if (mine.covers(wanted)) {
            return false;
        }
        lock.lock();
        try {
            return wanted.numbers().entrySet().stream()
                    .filter(each -> mine.of(each.getKey()) < each.getValue())
                    .anyMatch(each -> lost(new Dot(each.getKey(), each.getValue())));
        } finally {
            lock.unlock();
        }
    }

    private boolean lost(Dot dot) {
        UUID life = dot.origin();
        if (ended.of(life) > 0 && ended.of(life) < dot.seq() && !scene.alive(life)) {
            return true;
        }
        if (requested.size() >= ASKED_MAX && !requested.containsKey(dot)) {
            requested.remove(requested.keySet().iterator().next());
        }
        boolean lost = isLackedByAll(dot, requested.computeIfAbsent(dot, first -> clock.wallMs()));
        if (lost && end(life)) {
            requested.remove(dot);
        }
        return lost;
    }

    /** Whether all members that may return have reported since that they lack it. */
    private boolean isLackedByAll(Dot dot, long sinceMs) {
        boolean told = scene.members.stream().allMatch(member -> member.status() == Member.Status.ALIVE
                && member.nodeStatus().tellsCoverage()
                && member.heardMs() > sinceMs + LATER_MS && !member.nodeStatus().covered().covers(dot));
        Set<UUID> there = new TreeSet<>();
        scene.members.forEach(member -> there.add(member.member().origin()));
        return told && there.containsAll(scene.awaited);
    }

    /**
     * Records how far a life was seen that was a member's and is not present any more; false for any other
     * life, whose question is kept, so that the result stays the same.
     */
    private boolean end(UUID life) {
        long seen = scene.members.stream().mapToLong(one -> one.nodeStatus().covered().of(life))
                .reduce(store.covered().of(life), Math::max);
        boolean over = leaving.remove(life) || seen > 0 && !life.equals(store.origin()) && !scene.alive(life);
        if (over) {
            keep(ended.with(life, Math.max(NOTHING, seen)));
        }
        return over;
    }

    private void keep(Coverage next) {
        Coverage kept = next.latest(MAX);
        if (!kept.equals(ended)) {
            ended = kept;
            coverageTracker.note(NOTE, kept.encode(), () -> { });
        }
    }

    /**
     * Compares the present lives with the earlier ones, once a second, and takes over what others report of
     * ended ones.
     */
    void look(ClusterView now) {
        lock.lock();
        try {
            scene = now;
            if (clock.nanos() - lookedNanos < LOOK_MS * 1_000_000) {
                return;
            }
            lookedNanos = clock.nanos();
            Set<UUID> lives = new TreeSet<>(now.awaited);
            now.members.forEach(member -> lives.add(member.member().origin()));
            lives.add(store.origin());
            present.stream().filter(life -> !lives.contains(life) && leaving.size() < MAX)
                    .forEach(leaving::add);
            leaving.removeAll(lives);
            present = lives;
            Coverage reported = ended;
            for (MemberView member : now.members) {
                Coverage theirs = member.nodeStatus().field(TAG).flatMap(Coverage::decode)
                        .orElse(Coverage.NONE);
                reported = reported.and(theirs.latest(MAX));
            }
            for (UUID life : lives) {
                reported = reported.set(life, 0);
            }
            keep(reported);
            List.copyOf(leaving).forEach(life -> lost(new Dot(life, Long.MAX_VALUE)));
        } finally {
            lock.unlock();
        }
    }
}
