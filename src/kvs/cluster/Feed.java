package kvs.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import kvs.model.Coverage;
import kvs.peer.PeerRequestHandler;
import kvs.peer.PeerSignature;
import kvs.store.LoggedVersion;
import kvs.store.Store;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * The feed of this node's own writes to its followers: a poll returns the events after a number, or waits for
 * them without holding a thread. They are in the order of the log ({@link FeedPage}). Only the last ones are
 * kept ({@link FeedBuffer}); a follower that requests older ones receives 410, and compares everything
 * instead. Thread-safe.
 *
 * <pre>
 *   request    {@link FeedPoll}
 *   response   200, u64 held and a page ({@link SyncMessages}), or 410
 *              to a request without held: 200 and a page, or 410
 * </pre>
 */
public final class Feed implements AutoCloseable {

    /** Maximal number of waiting polls; one more is completed at once. */
    private static final int PARKED_MAX = 1_000;
    private static final int GONE = 410;
    private static final int STOPPING = 503;

    private final Store store;
    private final Scheduler scheduler;
    private final Acks acks;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicBoolean waking = new AtomicBoolean();
    /** Guarded by {@code lock}. */
    private final FeedBuffer events;
    /** The coverage of each run of a follower: that of an earlier run may be lost with its disk. */
    private volatile Function<PeerSignature.NodeRun, Coverage> covered = follower -> Coverage.NONE;
    /** Guarded by {@code lock}. */
    private boolean closed;
    /** Guarded by {@code lock}. */
    private final List<ParkedPoll> parked = new ArrayList<>();

    /** A poll that waits for its response. */
    private record ParkedPoll(PeerSignature.NodeRun follower, FeedPoll.Question question,
            CompletableFuture<PeerRequestHandler.Response> answer) { }

    /** A feed of the writes from now on. */
    public Feed(Store store, Scheduler scheduler) {
        this.store = store;
        this.scheduler = scheduler;
        this.acks = new Acks(scheduler);
        this.events = new FeedBuffer(store);
        store.onPublish(this::published);
    }

    /** The number of this node's last own write, 0 for none. */
    public long last() {
        lock.lock();
        try {
            return events.last();
        } finally {
            lock.unlock();
        }
    }

    /** Sets the source of the coverage of each follower. */
    void followers(Function<PeerSignature.NodeRun, Coverage> told) {
        covered = told;
    }

    /**
     * Waits until {@code wanted} nodes, this one included, have all present own writes; see
     * {@link Acks#await}.
     */
    public CompletionStage<Integer> copies(int wanted, long waitMs) {
        return acks.await(last(), wanted, waitMs);
    }

    /** Responds to a poll, perhaps later. */
    CompletionStage<PeerRequestHandler.Response> poll(PeerSignature.NodeRun from, byte[] body) {
        Optional<FeedPoll> decoded = FeedPoll.decode(body);
        if (decoded.isEmpty()) {
            return CompletableFuture.completedFuture(PeerRequestHandler.Response.of(400));
        }
        FeedPoll poll = decoded.get();
        FeedPoll.Question question = poll.question();
        ParkedPoll waiting = new ParkedPoll(from, question, new CompletableFuture<>());
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.completedFuture(PeerRequestHandler.Response.of(STOPPING));
            }
            boolean known = events.known(question);
            if (known && poll.whole()) {
                acks.held(from.origin(), question.held());
            }
            boolean waits = known && Math.min(question.after(), question.held()) >= events.last();
            if (waits && poll.waitMs() > 0 && parked.size() < PARKED_MAX) {
                parked.add(waiting);
                scheduler.start("feed-wait", () -> answered(waiting), poll.waitMs());
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
        all.forEach(one -> one.answer.complete(PeerRequestHandler.Response.of(STOPPING)));
        acks.close();
    }

    /** The wait ended: a response without an event, unless an event has completed the poll before. */
    private long answered(ParkedPoll waiting) {
        boolean unanswered;
        lock.lock();
        try {
            unanswered = parked.remove(waiting);
        } finally {
            lock.unlock();
        }
        if (unanswered) {
            waiting.answer.complete(page(waiting).answer);
        }
        return Task.DONE;
    }

    /** On the writer's thread: another thread completes the waiting polls. */
    private void published(List<LoggedVersion> entered) {
        lock.lock();
        try {
            long before = events.last();
            events.add(entered);
            if (events.last() == before || parked.isEmpty() || !waking.compareAndSet(false, true)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        scheduler.start("feed-wake", this::wake, 0);
    }

    private long wake() {
        List<ParkedPoll> due = new ArrayList<>();
        lock.lock();
        try {
            waking.set(false);
            for (Iterator<ParkedPoll> each = parked.iterator(); each.hasNext(); ) {
                ParkedPoll one = each.next();
                if (one.question.after() < events.last()) {
                    due.add(one);
                    each.remove();
                }
            }
        } finally {
            lock.unlock();
        }
        Map<FeedPoll.Question, PeerRequestHandler.Response> made = new HashMap<>();
        for (ParkedPoll one : due) {
            Optional<PeerRequestHandler.Response> same = Optional.ofNullable(made.get(one.question));
            PollResponse page = same.map(answer -> new PollResponse(answer, false))
                    .orElseGet(() -> page(one));
            if (!page.relays) {
                made.put(one.question, page.answer);
            }
            one.answer.complete(page.answer);
        }
        return Task.DONE;
    }

    /** A response, and whether it is for one follower alone. */
    private record PollResponse(PeerRequestHandler.Response answer, boolean relays) { }

    private PollResponse page(ParkedPoll poll) {
        FeedPoll.Question question = poll.question;
        Coverage theirs = covered.apply(poll.follower);
        FeedPage.Events selected;
        lock.lock();
        try {
            if (!events.known(question)) {
                return new PollResponse(PeerRequestHandler.Response.of(GONE), false);
            }
            selected = events.select(question, theirs);
        } finally {
            lock.unlock();
        }
        if (!question.ordered()) {
            return new PollResponse(PeerRequestHandler.Response.ok(FeedPage.first(store, selected)), false);
        }
        FeedPage page = new FeedPage(store, selected);
        return new PollResponse(page.encode(question.held()).map(PeerRequestHandler.Response::ok)
                .orElse(PeerRequestHandler.Response.of(GONE)), page.relays());
    }
}
