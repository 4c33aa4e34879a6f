package kvs.cluster;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import kvs.documents.RecentKeys;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.peer.PeerService;
import kvs.peer.PeerSignature;
import kvs.store.LoggedVersion;
import kvs.store.Store;
import kvs.store.VersionReader;
import kvs.tree.Entry;
import kvs.tree.Tree;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * The feed of this node's own writes to its followers: a poll returns the events after a number, or waits for
 * them without holding a thread. They are in the order of the log ({@link FeedPage}); among them, at their
 * places, are the writes of others to reserved keys and over own writes. The last {@value #KEPT} of all these
 * events, fewer with long keys, are kept; a follower that requests older ones receives 410, and compares
 * everything instead. Thread-safe.
 *
 * <pre>
 *   request    uuid origin(16), u64 after, u32 wait ms, u8 whole, u64 held
 *              without held: from the first release
 *   response   200, u64 held and a page ({@link SyncMessages}), or 410
 *              to a request without held: 200 and a page, or 410
 * </pre>
 * The origin is that of the directory whose writes are requested: it may have a new one by now. {@code after}
 * is the mark of the last page, {@code held} the number up to which the follower has all own writes: a
 * version whose place was skipped comes later. {@code whole} is 1 if it has them in its log: so its polls are
 * acknowledgements ({@link Acks}). The first release uses one number for both; it receives each key once, at
 * its first place.
 */
public final class Feed implements AutoCloseable {

    static final int KEPT = 1 << 16;
    /** The mark of an event that is an own write. */
    static final long OWN = 1;
    /** Maximal number of reserved versions whose entries are kept. */
    private static final int LAWS_MAX = 4_096;
    /** Maximal number of events that are considered for one page. */
    private static final int EVENTS_MAX = 10_000;
    /** Maximal number of waiting polls; one more is completed at once. */
    private static final int PARKED_MAX = 1_000;
    private static final long WAIT_MS_MAX = 30_000;
    private static final int GONE = 410;
    /** Stands for a version that cannot be read: a follower must not advance beyond it. */
    private static final byte[] UNREADABLE = {};
    private static final int STOPPING = 503;

    private static final int REQUEST_BYTES = 3 * Long.BYTES + Integer.BYTES + 1;
    private static final int ORDERED_BYTES = REQUEST_BYTES + Long.BYTES;

    private final Store store;
    private final Scheduler scheduler;
    private final Acks acks;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean waking = new AtomicBoolean();
    /** Guarded by {@code lock}: the last events. */
    private final RecentKeys kept;
    /** Guarded by {@code lock}: the keys of the own writes among them. */
    private final RecentKeyFilter written = new RecentKeyFilter(KEPT + (KEPT >> 2));
    /** Guarded by {@code lock}: the entries of the reserved versions among them, by number, oldest first. */
    private final Map<Long, Entry> laws = new LinkedHashMap<>();
    /** Guarded by {@code lock}: the number of the last own write. */
    private long last;
    /** Guarded by {@code lock}: the number of the last record, and the index as it was then. */
    private long end;
    private Tree tree;
    /** The coverage of each run of a follower: that of an earlier run may be lost with its disk. */
    private volatile Function<PeerSignature.NodeRun, Coverage> covered = follower -> Coverage.NONE;
    /** Guarded by {@code lock}. */
    private boolean closed;
    /** Guarded by {@code lock}. */
    private final List<ParkedPoll> parked = new ArrayList<>();

    /**
     * The content of a poll.
     *
     * @param ordered whether the follower sends {@code held} in addition to {@code after}
     */
    private record Poll(UUID origin, long after, boolean ordered, long held) { }

    /** A poll that waits for its response. */
    private record ParkedPoll(PeerSignature.NodeRun follower, Poll question,
            CompletableFuture<PeerService.Response> answer) { }

    /** A feed of the writes from now on. */
    public Feed(Store store, Scheduler scheduler) {
        this.store = store;
        this.scheduler = scheduler;
        this.acks = new Acks(scheduler);
        this.last = store.own();
        this.end = store.head();
        this.tree = store.root().tree();
        this.kept = new RecentKeys(KEPT, last);
        store.onPublish(this::published);
    }

    /** The number of this node's last own write, 0 for none. */
    public long last() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** Sets the source of the coverage of each follower. */
    void followers(Function<PeerSignature.NodeRun, Coverage> told) {
        covered = told;
    }

    /** A request of a follower to a node of the first release. */
    static byte[] request(UUID origin, long after, long waitMs, boolean whole) {
        ByteBuffer out = ByteBuffer.allocate(REQUEST_BYTES).putLong(origin.getMostSignificantBits())
                .putLong(origin.getLeastSignificantBits());
        return out.putLong(after).putInt((int) waitMs).put((byte) (whole ? 1 : 0)).array();
    }

    /**
     * A request of a follower that has all own writes up to {@code held}, and later ones except the skipped
     * ones.
     */
    static byte[] request(UUID origin, long after, long waitMs, boolean whole, long held) {
        return ByteBuffer.allocate(ORDERED_BYTES).put(request(origin, after, waitMs, whole))
                .putLong(held).array();
    }

    /**
     * Waits until {@code wanted} nodes, this one included, have all present own writes; see
     * {@link Acks#await}.
     */
    public CompletionStage<Integer> copies(int wanted, long waitMs) {
        return acks.await(last(), wanted, waitMs);
    }

    /** Responds to a poll, perhaps later. */
    CompletionStage<PeerService.Response> poll(PeerSignature.NodeRun from, byte[] body) {
        if (body.length != REQUEST_BYTES && body.length != ORDERED_BYTES) {
            return CompletableFuture.completedFuture(PeerService.Response.of(400));
        }
        ByteBuffer in = ByteBuffer.wrap(body);
        UUID origin = new UUID(in.getLong(), in.getLong());
        long after = in.getLong();
        long waitMs = Math.min(WAIT_MS_MAX, Math.max(0, in.getInt()));
        boolean whole = in.get() == 1;
        boolean ordered = in.hasRemaining();
        Poll question = new Poll(origin, after, ordered, ordered ? Math.min(after, in.getLong()) : after);
        ParkedPoll waiting = new ParkedPoll(from, question, new CompletableFuture<>());
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.completedFuture(PeerService.Response.of(STOPPING));
            }
            boolean known = known(question);
            if (known && whole) {
                acks.held(from.origin(), question.held);
            }
            if (known && Math.min(after, question.held) >= last && waitMs > 0 && parked.size() < PARKED_MAX) {
                parked.add(waiting);
                scheduler.start("feed-wait", () -> answered(waiting), waitMs);
                return waiting.answer;
            }
        } finally {
            lock.unlock();
        }
        return CompletableFuture.completedFuture(page(waiting).answer);
    }

    /**
     * Completes all waiting polls, so that the server need not wait for them; new ones do not wait at all.
     */
    @Override
    public void close() {
        List<ParkedPoll> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(parked);
            parked.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(one -> one.answer.complete(PeerService.Response.of(STOPPING)));
        acks.close();
    }

    /** The wait ended without an event, or with one at the same moment. */
    private long answered(ParkedPoll waiting) {
        lock.lock();
        try {
            parked.remove(waiting);
        } finally {
            lock.unlock();
        }
        waiting.answer.complete(page(waiting).answer);
        return Task.DONE;
    }

    /** On the writer's thread: another thread completes the waiting polls. */
    private void published(List<LoggedVersion> entered) {
        lock.lock();
        try {
            long before = last;
            tree = store.root().tree();
            end = store.head();
            entered.forEach(this::keep);
            if (last == before || parked.isEmpty() || !waking.compareAndSet(false, true)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        scheduler.start("feed-wake", this::wake, 0);
    }

    /**
     * The writes of others matter to followers if they decide over rights, or have replaced a write that the
     * followers were to receive.
     */
    private void keep(LoggedVersion event) {
        boolean reserved = event.key()[0] == 0;
        if (event.own()) {
            written.add(event.key());
            last = event.seq();
        }
        if (event.own() || reserved || written.mayHold(event.key())) {
            kept.add(event.seq(), event.key(), event.own() ? OWN : 0);
        }
        if (reserved) {
            tree.get(event.key()).ifPresent(entry -> laws.put(event.seq(), entry));
            if (laws.size() > LAWS_MAX) {
                laws.remove(laws.keySet().iterator().next());
            }
        }
    }

    private long wake() {
        List<ParkedPoll> due = new ArrayList<>();
        lock.lock();
        try {
            waking.set(false);
            for (Iterator<ParkedPoll> each = parked.iterator(); each.hasNext(); ) {
                ParkedPoll one = each.next();
                if (one.question.after < last) {
                    due.add(one);
                    each.remove();
                }
            }
        } finally {
            lock.unlock();
        }
        Map<Poll, PeerService.Response> made = new HashMap<>();
        for (ParkedPoll one : due) {
            Optional<PeerService.Response> same = Optional.ofNullable(made.get(one.question));
            PollResponse page = same.map(answer -> new PollResponse(answer, false))
                    .orElseGet(() -> page(one));
            if (!page.relays) {
                made.put(one.question, page.answer);
            }
            one.answer.complete(page.answer);
        }
        return Task.DONE;
    }

    /**
     * Under the lock. A number that was never given here was given by another copy of this directory. The
     * writes of others before the start are not known any more.
     */
    private boolean known(Poll question) {
        long after = question.after;
        return question.origin.equals(store.origin()) && question.held >= kept.floor()
                && (after == 0 || store.gave(after)) && (!question.ordered || after >= store.recovered());
    }

    /** A response, and whether it is for one follower alone. */
    private record PollResponse(PeerService.Response answer, boolean relays) { }

    private PollResponse page(ParkedPoll poll) {
        Poll question = poll.question;
        List<RecentKeys.Item> before;
        List<RecentKeys.Item> since;
        Map<Long, Entry> reserved = new HashMap<>();
        Tree then;
        long mark;
        lock.lock();
        try {
            if (!known(question)) {
                return new PollResponse(PeerService.Response.of(GONE), false);
            }
            since = kept.after(question.after, EVENTS_MAX);
            before = question.held == question.after ? List.of() : kept.after(question.held, KEPT).stream()
                    .filter(item -> item.number() <= question.after).toList();
            mark = since.size() == EVENTS_MAX ? since.get(EVENTS_MAX - 1).number()
                    : Math.max(question.after, question.ordered ? end : last);
            since.stream().filter(item -> laws.containsKey(item.number()))
                    .forEach(item -> reserved.put(item.number(), laws.get(item.number())));
            then = tree;
        } finally {
            lock.unlock();
        }
        if (!question.ordered) {
            return new PollResponse(PeerService.Response.ok(early(since, mark)), false);
        }
        FeedPage page = new FeedPage(store,
                new FeedPage.Events(before, since, mark, then, reserved, covered.apply(poll.follower)));
        return new PollResponse(page.encode(question.held).map(PeerService.Response::ok)
                .orElse(PeerService.Response.of(GONE)), page.relays());
    }

    /** A page for the first release: a key with several writes appears once, at its first place. */
    private byte[] early(List<RecentKeys.Item> since, long mark) {
        Tree now = store.root().tree();
        SyncMessages.PageBuilder page = new SyncMessages.PageBuilder();
        Map<Key, Boolean> told = new LinkedHashMap<>();
        for (int i = 0; i < since.size(); i++) {
            if (page.full()) {
                return page.encode(since.get(i - 1).number());
            }
            Key key = Key.ofBytes(since.get(i).key());
            if (since.get(i).mark() == OWN && told.putIfAbsent(key, true) == null) {
                now.get(key.bytes()).ifPresent(entry ->
                        page.add(store.held(entry).map(VersionReader.StoredVersion::frame)
                                .orElse(UNREADABLE)));
            }
        }
        return page.encode(mark);
    }
}
