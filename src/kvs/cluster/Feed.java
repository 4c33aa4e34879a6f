package kvs.cluster;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import kvs.model.Key;
import kvs.store.RecentKeys;
import kvs.store.Store;
import kvs.store.Written;
import kvs.tree.Tree;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * This node's own writes, for those who follow them: who asks for what comes after a number gets it, or waits for it without holding a thread.
 * What was overwritten meanwhile is told as it is now. The last {@value #KEPT} writes, fewer with long keys, are known; who asks for older ones
 * is told that they are gone, and compares everything instead. Thread-safe.
 *
 * <pre>
 *   request  uuid origin(16), u64 after, u32 wait ms, u8 whole     answer  200 and a page ({@link Frames}), or 410
 * </pre>
 * The origin is that of the directory whose writes are asked for: it may have got another one. {@code whole} is 1 when
 * the follower has everything up to {@code after} in its log: so its polls are acknowledgements ({@link Acks}).
 */
public final class Feed implements AutoCloseable {

    static final int KEPT = 1 << 16;
    /** Writes that are looked at for one page. */
    private static final int EVENTS_MAX = 10_000;
    /** Polls that wait; one more is answered at once. */
    private static final int PARKED_MAX = 1_000;
    private static final long WAIT_MS_MAX = 30_000;
    private static final int GONE = 410;
    /** Stands for a version that cannot be read: who follows must not pass it. */
    private static final byte[] UNREADABLE = {};
    private static final int STOPPING = 503;

    private static final int REQUEST_BYTES = 3 * Long.BYTES + Integer.BYTES + 1;

    private final Store store;
    private final Scheduler scheduler;
    private final Acks acks;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean waking = new AtomicBoolean();
    /** Guarded by {@code lock}: the last own writes. */
    private final RecentKeys kept;
    /** Guarded by {@code lock}: the number of the last own write. */
    private long last;
    /** Guarded by {@code lock}. */
    private boolean closed;
    /** Guarded by {@code lock}. */
    private final List<Parked> parked = new ArrayList<>();

    /** A poll that waits for what comes after a number of an origin. */
    private record Parked(UUID origin, long after, CompletableFuture<PeerService.Answer> answer) { }

    /** A feed of what is written from now on. */
    public Feed(Store store, Scheduler scheduler) {
        this.store = store;
        this.scheduler = scheduler;
        this.acks = new Acks(scheduler);
        this.last = store.own();
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

    /** A request of a follower. */
    static byte[] request(UUID origin, long after, long waitMs, boolean whole) {
        ByteBuffer out = ByteBuffer.allocate(REQUEST_BYTES).putLong(origin.getMostSignificantBits()).putLong(origin.getLeastSignificantBits());
        return out.putLong(after).putInt((int) waitMs).put((byte) (whole ? 1 : 0)).array();
    }

    /** Waits until so many nodes, this one included, have all own writes up to now; see {@link Acks#await}. */
    public CompletionStage<Integer> copies(int wanted, long waitMs) {
        return acks.await(last(), wanted, waitMs);
    }

    /** Answers a poll, perhaps later. */
    CompletionStage<PeerService.Answer> poll(Stamp.Life from, byte[] body) {
        if (body.length != REQUEST_BYTES) {
            return CompletableFuture.completedFuture(PeerService.Answer.of(400));
        }
        ByteBuffer in = ByteBuffer.wrap(body);
        UUID origin = new UUID(in.getLong(), in.getLong());
        long after = in.getLong();
        long waitMs = Math.min(WAIT_MS_MAX, Math.max(0, in.getInt()));
        Parked waiting = new Parked(origin, after, new CompletableFuture<>());
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.completedFuture(PeerService.Answer.of(STOPPING));
            }
            boolean known = known(origin, after);
            if (known && in.get() == 1) {
                acks.held(from.origin(), after);
            }
            if (known && after >= last && waitMs > 0 && parked.size() < PARKED_MAX) {
                parked.add(waiting);
                scheduler.start("feed-wait", () -> answered(waiting), waitMs);
                return waiting.answer;
            }
        } finally {
            lock.unlock();
        }
        return CompletableFuture.completedFuture(page(waiting));
    }

    /** Sends those who wait away, so that the server need not wait for them; new ones do not wait at all. */
    @Override
    public void close() {
        List<Parked> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(parked);
            parked.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(one -> one.answer.complete(PeerService.Answer.of(STOPPING)));
        acks.close();
    }

    /** Nothing came, or it came in this moment. */
    private long answered(Parked waiting) {
        lock.lock();
        try {
            parked.remove(waiting);
        } finally {
            lock.unlock();
        }
        waiting.answer.complete(page(waiting));
        return Task.DONE;
    }

    /** On the writer's thread: those who wait are answered by others. */
    private void published(List<Written> entered) {
        List<Written> own = entered.stream().filter(Written::own).toList();
        if (own.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            for (Written written : own) {
                kept.add(written.seq(), written.key());
                last = written.seq();
            }
            if (parked.isEmpty() || !waking.compareAndSet(false, true)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        scheduler.start("feed-wake", this::wake, 0);
    }

    private long wake() {
        List<Parked> due = new ArrayList<>();
        lock.lock();
        try {
            waking.set(false);
            for (Iterator<Parked> each = parked.iterator(); each.hasNext(); ) {
                Parked one = each.next();
                if (one.after < last) {
                    due.add(one);
                    each.remove();
                }
            }
        } finally {
            lock.unlock();
        }
        Map<Long, PeerService.Answer> made = new LinkedHashMap<>();
        due.forEach(one -> one.answer.complete(one.origin.equals(store.origin()) ? made.computeIfAbsent(one.after, after -> page(one)) : page(one)));
        return Task.DONE;
    }

    /** Under the lock. A number that was never given here was given by another copy of this directory. */
    private boolean known(UUID origin, long after) {
        return origin.equals(store.origin()) && after >= kept.floor() && (after == 0 || store.gave(after));
    }

    private PeerService.Answer page(Parked poll) {
        long after = poll.after;
        List<RecentKeys.Item> since;
        long mark;
        lock.lock();
        try {
            if (!known(poll.origin, after)) {
                return PeerService.Answer.of(GONE);
            }
            since = kept.after(after, EVENTS_MAX);
            mark = since.size() < EVENTS_MAX ? Math.max(after, last) : since.get(EVENTS_MAX - 1).number();
        } finally {
            lock.unlock();
        }
        return PeerService.Answer.ok(filled(since, mark));
    }

    /** A key that was written several times is told once. */
    private byte[] filled(List<RecentKeys.Item> since, long mark) {
        Tree tree = store.root().tree();
        Frames.Filling page = new Frames.Filling();
        Map<Key, Boolean> told = new LinkedHashMap<>();
        for (int i = 0; i < since.size(); i++) {
            if (page.full()) {
                return page.encode(since.get(i - 1).number());
            }
            Key key = Key.ofBytes(since.get(i).key());
            if (told.putIfAbsent(key, true) == null) {
                tree.get(key.bytes()).ifPresent(entry -> page.add(store.held(entry).map(Store.Held::frame).orElse(UNREADABLE)));
            }
        }
        return page.encode(mark);
    }
}
