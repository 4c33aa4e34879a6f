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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * One thread that serves many connections (a reactor; Schmidt, 1995): it waits until one of them is ready,
 * advances it, and runs the tasks of other threads. Only this thread touches the state of its connections. A
 * loop that is awake is not woken: any number of responses that the store's writer completes at once costs
 * one system call.
 *
 * <p>{@link #execute} and {@link #stop} are thread-safe, the rest is for the loop's own thread.
 */
final class Loop implements FastLoop {

    /** A handler of a channel that a loop watches. Its methods are called on the loop, and must not block. */
    interface ChannelHandler {

        /**
         * Called when its channel is ready for an operation of its interest; after an {@code IOException} it
         * is closed.
         */
        void ready(SelectionKey key) throws IOException;

        /** Called a few times a second. */
        void tick(long nanos);

        /**
         * Called after a fault in it, and when the loop ends; perhaps twice. A connection is closed,
         * accepting only pauses.
         */
        void close();

        /** Ends it as soon as its work in progress is done. */
        void finish();
    }

    private static final int BUFFER_BYTES = 64 * 1_024;
    private static final long TICK_MS = 100;
    /** Tasks before connections have their turn. */
    private static final int TASKS_MAX = 256;

    /** Buffers for all input and output, one connection after the other. */
    final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER_BYTES);
    final byte[] read = new byte[BUFFER_BYTES];
    /** Runs tasks of other threads in its next turn: connections have theirs between two of them. */
    final Executor lane = task -> execute(() -> later(task));
    final OffHeapBlocks offHeapBlocks = new OffHeapBlocks();
    final ResponseHeadWriter heads;

    /** Made for the first connection with TLS. */
    private Optional<TlsBuffers> tls = Optional.empty();
    private final NioProvider.Dependencies dependencies;
    private final boolean only;
    private final Selector selector;
    private final Thread thread;
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    /** Whether it must be woken to see a task. */
    private final AtomicBoolean asleep = new AtomicBoolean();
    /** Its own tasks of its next turn. */
    private final ArrayDeque<Runnable> laters = new ArrayDeque<>();
    /** The last fault in logging a fault: for readers of a heap dump. */
    private Throwable unreported = new IllegalStateException("none");
    private final Set<ChannelHandler> watched = new LinkedHashSet<>();
    private final Consumer<SelectionKey> ready = this::ready;
    /** Bytes that it holds for clients; other threads may read it. */
    private final AtomicLong held = new AtomicLong();
    private long now;
    private long ticked;
    private long requestNanos;
    private volatile boolean stopped;

    /** A loop, which may be the {@code only} one of its server. */
    Loop(String name, boolean only, NioProvider.Dependencies dependencies) throws IOException {
        this.only = only;
        this.dependencies = dependencies;
        this.selector = Selector.open();
        this.heads = new ResponseHeadWriter(dependencies.clock());
        this.now = dependencies.clock().nanos();
        this.ticked = now;
        this.requestNanos = now;
        this.thread = dependencies.threads().thread(name, true, this::run);
    }

    /** Its buffers for TLS. */
    TlsBuffers tls() {
        tls = tls.or(() -> Optional.of(new TlsBuffers(read)));
        return tls.get();
    }

    /** Begins. */
    void start() {
        thread.start();
    }

    /** Whether the caller is this loop. */
    boolean here() {
        return Thread.currentThread() == thread;
    }

    /** The time at which it woke last. */
    long now() {
        return now;
    }

    /** The same time, {@code ms} later. */
    long in(long ms) {
        return now + TimeUnit.MILLISECONDS.toNanos(ms);
    }

    @Override
    public boolean isOnly() {
        return only;
    }

    @Override
    public long nanosSinceRequest() {
        return now - requestNanos;
    }

    /** Takes note of a request that is not a write of the fast path. */
    void requestBegan() {
        requestNanos = now;
    }

    /** Adds {@code change} to the bytes held for clients; it may be negative. */
    void hold(long change) {
        if (change != 0) {
            held.addAndGet(change);
        }
    }

    /**
     * Bytes that it holds for clients: unsent responses, incomplete heads, requests that arrived too early.
     */
    long held() {
        return held.get();
    }

    /** Runs a task on the loop soon; {@code RejectedExecutionException} after it was stopped. */
    @Override
    public void execute(Runnable task) {
        if (!add(task)) {
            throw new RejectedExecutionException("the server is stopped");
        }
    }

    /**
     * Runs a task on the loop: at once when the caller is the loop. Not after it was stopped: then all its
     * connections are closed.
     */
    boolean run(Runnable task) {
        if (here()) {
            task.run();
            return true;
        }
        return add(task);
    }

    /** Runs a task of its own when it has looked at its connections once more. */
    void later(Runnable task) {
        laters.add(task);
    }

    /**
     * Adds a task. A loop that ends runs the tasks that it finds; one that it can no longer find is removed.
     */
    private boolean add(Runnable task) {
        boolean added = addQuietly(task);
        if (added) {
            wake();
        }
        return added;
    }

    /** The same without waking it: the caller wakes it afterwards, once for many tasks. */
    boolean addQuietly(Runnable task) {
        tasks.add(task);
        return !stopped || !tasks.remove(task);
    }

    /** Wakes it if it is asleep and has tasks. */
    void wake() {
        if (asleep.get() && !tasks.isEmpty() && asleep.compareAndSet(true, false)) {
            selector.wakeup();
        }
    }

    /** Watches a channel from now on. */
    SelectionKey watch(SelectableChannel channel, int interest, ChannelHandler handler) throws IOException {
        SelectionKey key = channel.register(selector, interest, handler);
        watched.add(handler);
        return key;
    }

    /** Stops watching a channel. */
    void forget(ChannelHandler handler) {
        watched.remove(handler);
    }

    /** A copy of its handlers, for a loop in which they may be removed. */
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

    /** Runs until it is stopped, despite any fault: no other loop would serve its connections. */
    private void run() {
        while (!stopped) {
            try {
                turn();
            } catch (IOException | RuntimeException | Error e) {
                tell("a loop of the server failed and continues", e);
                dependencies.threads().pause(TICK_MS);
            }
        }
        end();
    }

    /**
     * Runs one turn. Tasks that make tasks, as streams do, must not keep it from its connections and its
     * clock.
     */
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
            offHeapBlocks.tick();
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
        now = dependencies.clock().nanos();
    }

    private void ready(SelectionKey key) {
        if (asleep.get()) {
            asleep.set(false);
            now = dependencies.clock().nanos();
        }
        ChannelHandler handler = (ChannelHandler) key.attachment();
        try {
            if (key.isValid()) {
                handler.ready(key);
            }
        } catch (IOException closed) {
            handler.close();
        } catch (RuntimeException | Error bug) {
            handler.close();
            tell("a connection failed", bug);
        }
    }

    private void drain() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            attempt(task);
        }
    }

    /** Runs a task, and logs a fault in it, which must not stop the others. */
    void attempt(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error bug) {
            tell("a task of a loop failed", bug);
        }
    }

    /**
     * Logs a fault. Without memory there may be none for the log either, and that must stop no connection.
     */
    private void tell(String what, Throwable failure) {
        try {
            dependencies.log().error(what, failure);
        } catch (RuntimeException | Error second) {
            unreported = second;
        }
    }

    /** Ends: runs the tasks from before the last look; the callers remove later ones. */
    private void end() {
        drain();
        watched().forEach(one -> attempt(one::close));
        drain();
        try {
            selector.close();
        } catch (IOException e) {
            dependencies.log().error("a selector failed to close", e);
        }
    }
}
