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
import kvs.store.Store;
import kvs.store.StoreNotes;
import kvs.world.Clock;

/**
 * The lives of data directories that have ended, with the number up to which anybody has their writes: what lies beyond is lost for good, as are
 * writes of a life that nobody knows. A write is lost when all members who may come back are there, each was heard a while after the question and
 * lacks nothing of its own, and none covers it. An ended life is noted and told to others, so that the answer stays when a member goes away again.
 * Who is heard alive is struck off. Thread-safe.
 *
 * <pre>
 *   note ended, field 1   coverage ({@link Coverage}): of each ended life the number up to which it was seen, 1 when nobody has any of it;
 *                         at most {@value #MAX}, those that started last
 * </pre>
 */
final class EndedOrigins {

    /** Its tag among the fields of a {@link GossipMessage}. */
    static final int TAG = 1;
    static final String NOTE = "ended";
    private static final int MAX = 500;
    /** Questions that are remembered until they can be answered. */
    private static final int ASKED_MAX = 1_000;
    /** What a member says so long after a question was not under way before it. */
    private static final long LATER_MS = 4_000;
    private static final long LOOK_MS = 1_000;
    /** Nobody has any of it; no record has this number. */
    private static final long NOTHING = 1;

    private final Store store;
    private final CoverageTracker knowledge;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}: when it was asked for each first, oldest first. */
    private final Map<Dot, Long> asked = new LinkedHashMap<>();
    /** Guarded by {@code lock}: lives that were there at the last look. */
    private Set<UUID> present = new TreeSet<>();
    /** Guarded by {@code lock}: lives that went since, until it is known how far they were seen. */
    private final Set<UUID> going = new TreeSet<>();
    /** Guarded by {@code lock}. */
    private ClusterView scene = new ClusterView(List.of(), Set.of());
    private long lookedNanos;
    private volatile Coverage ended;

    /**
     * Who is there.
     *
     * @param members that are on the list and have not left
     * @param awaited lives that may come back
     */
    record ClusterView(List<MemberView> members, Set<UUID> awaited) {

        boolean alive(UUID origin) {
            return members.stream().anyMatch(seen -> seen.member().origin().equals(origin) && seen.status() == Member.Status.ALIVE);
        }
    }

    EndedOrigins(Store store, CoverageTracker knowledge, Clock clock) {
        this.store = store;
        this.knowledge = knowledge;
        this.clock = clock;
        this.lookedNanos = clock.nanos();
        this.ended = store.notes().find(NOTE).flatMap(Coverage::decode).orElse(Coverage.NONE);
    }

    /** The field of a heartbeat. */
    byte[] field() {
        return ended.encode();
    }

    /**
     * Whether something that is covered there can come from nobody any more; when nobody knows yet, the question is remembered. A number that this
     * directory never gave was given by a later state of it, before an older one was put back.
     */
    boolean lost(Coverage wanted) {
        if (!knowledge.whole() || !knowledge.settled()) {
            return false;
        }
        long own = wanted.of(store.origin());
        if (own > 0 && !store.gave(own)) {
            return true;
        }
        Coverage mine = store.covered();
        if (mine.covers(wanted)) {
            return false;
        }
        lock.lock();
        try {
            return wanted.numbers().entrySet().stream().filter(each -> mine.of(each.getKey()) < each.getValue())
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
        if (asked.size() >= ASKED_MAX && !asked.containsKey(dot)) {
            asked.remove(asked.keySet().iterator().next());
        }
        boolean lost = nobody(dot, asked.computeIfAbsent(dot, first -> clock.wallMs()));
        if (lost && end(life)) {
            asked.remove(dot);
        }
        return lost;
    }

    /** Whether all who may come back have said since that they lack it. */
    private boolean nobody(Dot dot, long sinceMs) {
        boolean told = scene.members.stream().allMatch(seen -> seen.status() == Member.Status.ALIVE && seen.nodeStatus().whole()
                && seen.heardMs() > sinceMs + LATER_MS && !seen.nodeStatus().covered().covers(dot));
        Set<UUID> there = new TreeSet<>();
        scene.members.forEach(seen -> there.add(seen.member().origin()));
        return told && there.containsAll(scene.awaited);
    }

    /**
     * Remembers up to where a life was seen that is not there any more and was somebody's; whether it was. Of any other the question stays,
     * so that the answer does too.
     */
    private boolean end(UUID life) {
        long seen = scene.members.stream().mapToLong(one -> one.nodeStatus().covered().of(life)).reduce(store.covered().of(life), Math::max);
        boolean over = going.remove(life) || seen > 0 && !life.equals(store.origin()) && !scene.alive(life);
        if (over) {
            keep(ended.with(life, Math.max(NOTHING, seen)));
        }
        return over;
    }

    private void keep(Coverage next) {
        Coverage kept = next.latest(MAX);
        if (!kept.equals(ended)) {
            ended = kept;
            knowledge.note(NOTE, kept.encode(), () -> { });
        }
    }

    /** Looks who is there, once a second: who is gone, who is back, and what others say of it. */
    void look(ClusterView now) {
        lock.lock();
        try {
            scene = now;
            if (clock.nanos() - lookedNanos < LOOK_MS * 1_000_000) {
                return;
            }
            lookedNanos = clock.nanos();
            Set<UUID> lives = new TreeSet<>(now.awaited);
            now.members.forEach(seen -> lives.add(seen.member().origin()));
            lives.add(store.origin());
            present.stream().filter(life -> !lives.contains(life) && going.size() < MAX).forEach(going::add);
            going.removeAll(lives);
            present = lives;
            Coverage told = ended;
            for (MemberView seen : now.members) {
                Coverage theirs = seen.nodeStatus().field(TAG).flatMap(Coverage::decode).orElse(Coverage.NONE);
                told = told.and(theirs.latest(MAX));
            }
            for (UUID life : lives) {
                told = told.set(life, 0);
            }
            keep(told);
            List.copyOf(going).forEach(life -> lost(new Dot(life, Long.MAX_VALUE)));
        } finally {
            lock.unlock();
        }
    }
}
