package kvs.streams;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import kvs.documents.Changes;
import kvs.documents.ClientPosition;
import kvs.model.Refusal;
import kvs.world.Clock;
import kvs.world.Scheduler;
import kvs.world.Task;

/**
 * The turns of streams that are behind: each reads one page, then the others have theirs. One thread serves
 * all, so thousands of streams that begin at an old position take one core at most from the documents.
 * Streams of one view that read the same page at about the same time read it once: after a restart all
 * clients come back with the same position. Thread-safe.
 */
final class StreamTurns {

    /** Pages that are remembered for others, of {@value #SHARED_BYTES} bytes at most. */
    private static final int SHARED_MAX = 64;
    private static final int SHARED_BYTES = 256 * 1_024;
    /** Maximum age of a remembered page, ns: what was written since comes with the next one. */
    private static final long SHARED_NANOS = 250_000_000;
    private static final long AGAIN_MS = 10;
    /** Pages on their way to one loop, which sends them between two turns of its other connections. */
    private static final int SENDING_MAX = 16;

    private final Changes changes;
    private final EventEncoder encoder;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}. */
    private final ArrayDeque<ChangeStream> waiting = new ArrayDeque<>();
    /** Guarded by {@code lock}: whether a thread serves them, or will soon. */
    private boolean running;
    /** Guarded by {@code lock}: the loops to which pages are on their way. */
    private final Map<StreamLane, BusyLane> busy = new HashMap<>();
    /** Both for the serving thread, and for whoever has the lock while none serves. */
    private PageEncoder pages;
    private final Map<SharedKey, SharedPage> shared = new LinkedHashMap<>() {

        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SharedKey, SharedPage> eldest) {
            return size() > SHARED_MAX;
        }
    };

    /** A loop with pages that were read and not yet sent, and the streams that wait for that. */
    private static final class BusyLane {

        private final ArrayDeque<ChangeStream> waiting = new ArrayDeque<>();
        private int sending;
    }

    /** A page of a view, with the rights of its reader. */
    private record SharedKey(StreamView view, ClientPosition position, String rights) { }

    private record SharedPage(StreamPage page, long atNanos) { }

    /** Turns that are served by a thread of {@code executor}, which may refuse. */
    StreamTurns(ChangeStreams.Dependencies dependencies) {
        this.changes = dependencies.changes();
        this.encoder = dependencies.encoder();
        this.clock = dependencies.clock();
        this.scheduler = dependencies.scheduler();
        this.executor = dependencies.executor();
        this.pages = new PageEncoder(encoder);
    }

    /** Gives a stream a turn after all that wait. */
    void add(ChangeStream stream) {
        lock.lock();
        try {
            waiting.add(stream);
        } finally {
            lock.unlock();
        }
        proceed();
    }

    /** Lets a thread serve, if streams wait and none serves them. */
    private void proceed() {
        lock.lock();
        try {
            if (running || waiting.isEmpty()) {
                return;
            }
            running = true;
        } finally {
            lock.unlock();
        }
        start();
    }

    private void start() {
        try {
            executor.execute(this::serve);
        } catch (RejectedExecutionException full) {
            scheduler.start("stream-turns", () -> {
                start();
                return Task.DONE;
            }, AGAIN_MS);
        }
    }

    private void serve() {
        boolean whole = false;
        try {
            for (Optional<ChangeStream> next = next(); next.isPresent(); next = next()) {
                serve(next.get());
            }
            whole = true;
        } finally {
            if (!whole) {
                // A bug in one turn must not keep the others from theirs.
                start();
            }
        }
    }

    /** The next stream whose loop has not enough to send; the thread ends when there is none. */
    private Optional<ChangeStream> next() {
        lock.lock();
        try {
            while (!waiting.isEmpty()) {
                ChangeStream stream = waiting.remove();
                BusyLane lane = busy.computeIfAbsent(stream.lane(), one -> new BusyLane());
                if (lane.sending < SENDING_MAX) {
                    lane.sending++;
                    return Optional.of(stream);
                }
                lane.waiting.add(stream);
            }
            running = false;
            forget();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets the pages when nobody wants them any more. */
    private void forget() {
        if (!running && busy.isEmpty()) {
            shared.clear();
            pages = new PageEncoder(encoder);
        }
    }

    private void serve(ChangeStream stream) {
        // A bug ends the stream: its client will come back.
        Runnable send = stream::end;
        try {
            if (stream.isOver()) {
                send = () -> { };
            } else {
                StreamPage page = page(stream);
                send = () -> stream.takeOwn(page);
            }
        } catch (Refusal refusal) {
            byte[] end = encoder.end(refusal);
            send = () -> stream.end(end);
        } finally {
            send(stream.lane(), send);
        }
    }

    private void send(StreamLane lane, Runnable send) {
        boolean runs = lane.run(() -> {
            try {
                send.run();
            } finally {
                sent(lane);
            }
        });
        if (!runs) {
            sent(lane);
        }
    }

    private void sent(StreamLane lane) {
        lock.lock();
        try {
            BusyLane sent = busy.get(lane);
            sent.sending--;
            Optional.ofNullable(sent.waiting.poll()).ifPresent(waiting::add);
            if (sent.sending == 0 && sent.waiting.isEmpty()) {
                busy.remove(lane);
                forget();
            }
        } finally {
            lock.unlock();
        }
        proceed();
    }

    private StreamPage page(ChangeStream stream) {
        SharedKey key = new SharedKey(stream.view(), stream.position(), changes.mark(stream.reader()));
        SharedPage known = shared.get(key);
        if (known != null && clock.nanos() - known.atNanos < SHARED_NANOS) {
            return known.page;
        }
        long now = clock.nanos();
        Changes.Page read = changes.page(stream.position(), stream.view().query(), stream.reader());
        StreamPage page = new StreamPage(pages.encode(read, stream.view().values()), read.next(),
                read.number(), read.more());
        if (page.text().length <= SHARED_BYTES) {
            shared.put(key, new SharedPage(page, now));
        }
        return page;
    }
}
