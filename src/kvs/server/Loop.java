package kvs.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One thread that serves many connections (a reactor; Schmidt, 1995): it waits until one of them can move, moves it, and does what other threads
 * have asked it to do. Everything that belongs to a connection is touched by this thread only. A loop that is awake is not woken: however many
 * answers the store's writer completes at once, that costs one call of the system.
 *
 * <p>{@link #execute} and {@link #stop} are thread-safe, the rest is for the loop's own thread.
 */
final class Loop implements Executor {

    /** Something that a loop watches. Its methods are called on the loop, and must not block. */
    interface ChannelHandler {

        /** Its channel can do something of what it is interested in; after an {@code IOException} it is closed. */
        void ready(SelectionKey key) throws IOException;

        /** Called a few times a second. */
        void tick(long nanos);

        /** Called after a fault in it, and when the loop ends; perhaps twice. A connection is closed, the taking of connections only pauses. */
        void close();

        /** Ends it as soon as what is under way is done. */
        void finish();
    }

    private static final int BUFFER_BYTES = 64 * 1_024;
    private static final long TICK_MS = 100;
    /** Tasks before connections have their turn. */
    private static final int TASKS_MAX = 256;

    /** Buffers for everything that is read and sent, one connection after the other. */
    final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    final byte[] read = new byte[BUFFER_BYTES];
    final OffHeapBlocks slabs = new OffHeapBlocks();
    final ResponseHeadWriter heads;

    private final NioProvider.Dependencies doors;
    private final Selector selector;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** Whether it must be woken to see a task. */
    private final AtomicBoolean asleep = new AtomicBoolean();
    /** What it does itself in its next turn. */
    private final ArrayDeque<Runnable> laters = new ArrayDeque<>();
    /** The last fault in logging a fault: for those who read a dump of the heap. */
    private Throwable untold = new IllegalStateException("none");
    private final Set<ChannelHandler> watched = new LinkedHashSet<>();
    private final Consumer<SelectionKey> ready = this::ready;
    /** Bytes that it holds for clients; others may read it. */
    private final AtomicLong held = new AtomicLong();
    private long now;
    private long ticked;
    private volatile boolean stopped;

    Loop(String name, NioProvider.Dependencies doors) throws IOException {
        this.doors = doors;
        this.selector = Selector.open();
        this.heads = new ResponseHeadWriter(doors.clock());
        this.now = doors.clock().nanos();
        this.ticked = now;
        this.thread = doors.threads().thread(name, true, this::run);
    }

    /** Begins. */
    void start() {
        thread.start();
    }

    /** Whether the caller is this loop. */
    boolean here() {
        return Thread.currentThread() == thread;
    }

    /** The moment at which it woke last. */
    long now() {
        return now;
    }

    /** The same moment, {@code ms} later. */
    long in(long ms) {
        return now + TimeUnit.MILLISECONDS.toNanos(ms);
    }

    /** It holds so many more bytes for a client, or fewer. */
    void hold(long change) {
        if (change != 0) {
            held.addAndGet(change);
        }
    }

    /** Bytes that it holds for clients: answers that they have not taken, heads that are not whole, requests that came too early. */
    long held() {
        return held.get();
    }

    /** Has the loop do something soon; {@code RejectedExecutionException} after it was stopped. */
    @Override
    public void execute(Runnable task) {
        if (!add(task)) {
            throw new RejectedExecutionException("the server is stopped");
        }
    }

    /** Does something on the loop: at once when the caller is the loop. Not after it was stopped: then all its connections are closed. */
    boolean run(Runnable task) {
        if (here()) {
            task.run();
            return true;
        }
        return add(task);
    }

    /** Does something of its own when it has looked at its connections once more. */
    void later(Runnable task) {
        laters.add(task);
    }

    /** A loop that ends does what it finds; what it can no longer find is taken back. */
    private boolean add(Runnable task) {
        tasks.add(task);
        if (stopped && tasks.remove(task)) {
            return false;
        }
        if (asleep.get() && asleep.compareAndSet(true, false)) {
            selector.wakeup();
        }
        return true;
    }

    /** Watches a channel from now on. */
    SelectionKey watch(SelectableChannel channel, int interest, ChannelHandler whose) throws IOException {
        SelectionKey key = channel.register(selector, interest, whose);
        watched.add(whose);
        return key;
    }

    /** Watches it no longer. */
    void forget(ChannelHandler whose) {
        watched.remove(whose);
    }

    /** All that it watches, to be looked at while they may go. */
    List<ChannelHandler> watched() {
        return new ArrayList<>(watched);
    }

    /** Ends the loop and closes all that it watches; waits until that is done. */
    void stop() {
        run(() -> stopped = true);
        if (!here()) {
            kvs.world.Threads.join(thread);
        }
    }

    /** Whatever fails: who lives here would be served by nobody else. */
    private void run() {
        while (!stopped) {
            try {
                turn();
            } catch (IOException | RuntimeException | Error e) {
                tell("a loop of the server failed, and goes on", e);
                doors.threads().pause(TICK_MS);
            }
        }
        end();
    }

    /** Tasks that make tasks, as streams do, must not keep it from looking at its connections and its clock. */
    private void turn() throws IOException {
        select();
        for (int i = laters.size(); i > 0; i--) {
            attempt(laters.remove());
        }
        int done = 0;
        for (Runnable task = tasks.poll(); task != null; task = ++done < TASKS_MAX ? tasks.poll() : null) {
            attempt(task);
        }
        if (now - ticked >= TimeUnit.MILLISECONDS.toNanos(TICK_MS)) {
            ticked = now;
            slabs.tick();
            watched().forEach(one -> attempt(() -> one.tick(now)));
        }
    }

    private void select() throws IOException {
        asleep.set(true);
        if (tasks.isEmpty() && laters.isEmpty()) {
            selector.select(ready, watched.isEmpty() ? 0 : TICK_MS);
        } else {
            selector.selectNow(ready);
        }
        asleep.set(false);
        now = doors.clock().nanos();
    }

    private void ready(SelectionKey key) {
        if (asleep.get()) {
            asleep.set(false);
            now = doors.clock().nanos();
        }
        ChannelHandler whose = (ChannelHandler) key.attachment();
        try {
            if (key.isValid()) {
                whose.ready(key);
            }
        } catch (IOException gone) {
            whose.close();
        } catch (RuntimeException | Error bug) {
            whose.close();
            tell("a connection failed", bug);
        }
    }

    private void drain() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            attempt(task);
        }
    }

    /** A fault in one task must not stop the others. */
    private void attempt(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error bug) {
            tell("a task of a loop failed", bug);
        }
    }

    /** Without memory there may be none for the log either, and that must stop nobody. */
    private void tell(String what, Throwable fault) {
        try {
            doors.log().error(what, fault);
        } catch (RuntimeException | Error second) {
            untold = second;
        }
    }

    /** Tasks that come before the last look are done, those that come later are taken back by who brings them. */
    private void end() {
        drain();
        watched().forEach(one -> attempt(one::close));
        drain();
        try {
            selector.close();
        } catch (IOException e) {
            doors.log().error("a selector does not close", e);
        }
    }
}
