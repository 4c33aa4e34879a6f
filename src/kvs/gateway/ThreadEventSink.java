package kvs.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import kvs.http.Response;
import kvs.streams.EventSink;
import kvs.world.Clock;

/**
 * The sink of an event stream with a thread of its own, which waits for events and for its reader: for the
 * engine on the server of the JDK, which has no other way. Its lane is that thread.
 */
final class ThreadEventSink implements EventSink {

    private static final byte[] NOTHING = {};

    private final OutputStream out;
    private final Clock clock;
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Executor lane = this::add;
    /** Sending thread only. */
    private Optional<IOException> broken = Optional.empty();
    private long sentAt;
    /** Written by the sending thread; others then add no task. */
    private volatile boolean over;

    ThreadEventSink(OutputStream out, Clock clock) {
        this.out = out;
        this.clock = clock;
        this.sentAt = clock.nanos();
    }

    /** Sends {@code events} until they end; an {@code IOException} when the client has gone before. */
    void run(Response.EventBody events) throws IOException {
        try {
            send(NOTHING);
            events.open(this);
            while (!over) {
                next().run();
            }
        } finally {
            over = true;
            runLeft();
        }
        if (broken.isPresent()) {
            throw broken.get();
        }
    }

    /** Runs each task that is left, also after a fault in one: others count on the end of theirs. */
    private void runLeft() {
        Runnable task = tasks.poll();
        if (task != null) {
            try {
                task.run();
            } finally {
                runLeft();
            }
        }
    }

    /** The next task; a comment when there is none for a while. */
    private Runnable next() {
        long leftNanos = TimeUnit.MILLISECONDS.toNanos(Response.EventBody.COMMENT_MS)
                - (clock.nanos() - sentAt);
        try {
            return Optional.ofNullable(tasks.poll(Math.max(0, leftNanos), TimeUnit.NANOSECONDS))
                    .orElse(() -> send(Response.EventBody.COMMENT));
        } catch (InterruptedException e) {
            throw new AssertionError("the thread was interrupted, which closes its files", e);
        }
    }

    @Override
    public Executor lane() {
        return lane;
    }

    /** Adds a task; one that the sending thread can no longer find is removed and rejected. */
    private void add(Runnable task) {
        tasks.add(task);
        if (over && tasks.remove(task)) {
            throw new RejectedExecutionException("the stream has ended");
        }
    }

    @Override
    public boolean isReady() {
        return !over;
    }

    @Override
    public boolean offer(byte[] bytes) {
        if (!over) {
            send(bytes);
        }
        return !over;
    }

    private void send(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
            sentAt = clock.nanos();
        } catch (IOException gone) {
            broken = Optional.of(gone);
            over = true;
        }
    }

    @Override
    public void whenReady(Runnable then) {
        if (!over) {
            tasks.add(then);
        }
    }

    @Override
    public void end(byte[] last) {
        if (offer(last)) {
            over = true;
        }
    }
}
