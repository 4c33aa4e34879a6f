package kvs.streams;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The pages that wait for the streams of one loop. They are sent in their order, some streams at a time, so
 * that other connections have their turn. Thread-safe.
 */
final class StreamLane {

    /** Streams before others have their turn, and bytes: about a millisecond. */
    private static final int SLICE = 128;
    private static final int SLICE_BYTES = 1 << 20;
    /**
     * Pages that may wait for a stream, on the average, and their bytes; streams that would get more have to
     * read that themselves, later. So a loop that stands still collects no pages. Only what comes when none
     * waits may be more: else no stream could share a page that is longer.
     */
    private static final int PAGES_MAX = 8;
    private static final int BYTES_MAX = 8 << 20;

    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@code lock}: the first one is sent now. */
    private final ArrayDeque<Delivery> deliveries = new ArrayDeque<>();
    /** Guarded by {@code lock}: streams that missed a page; they read when all pages before are sent. */
    private final List<ChangeStream> missed = new ArrayList<>();
    /** Guarded by {@code lock}. */
    private boolean running;
    /** Guarded by {@code lock}: streams that wait for a page, each as often as it waits. */
    private long recipients;
    /** Guarded by {@code lock}: of all deliveries until they are sent. */
    private long bytes;
    /** Guarded by {@code lock}: its open streams. */
    private int streams;
    /** Lane only: the members of the first delivery that have it. */
    private int done;

    /** A page for some streams of one lane. */
    record Delivery(StreamPage page, ChangeStream[] members) {

        private int bytes() {
            return page.text().length;
        }
    }

    StreamLane(Executor executor) {
        this.executor = executor;
    }

    /** Counts a stream more, or one less ({@code change} -1); the number of streams. */
    int count(int change) {
        lock.lock();
        try {
            streams += change;
            return streams;
        } finally {
            lock.unlock();
        }
    }

    Executor executor() {
        return executor;
    }

    /** Runs a task in its order; {@code false} when the server was stopped. */
    boolean run(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException stopped) {
            return false;
        }
    }

    /** Adds pages; {@code false}: too many wait, nothing is added, and {@link #miss} has to follow. */
    boolean deliver(List<Delivery> pages) {
        long moreRecipients = pages.stream().mapToLong(delivery -> delivery.members.length).sum();
        long moreBytes = pages.stream().mapToLong(Delivery::bytes).sum();
        lock.lock();
        try {
            boolean full = recipients + moreRecipients > (long) PAGES_MAX * streams
                    || bytes + moreBytes > BYTES_MAX;
            if (full && !deliveries.isEmpty()) {
                return false;
            }
            deliveries.addAll(pages);
            recipients += moreRecipients;
            bytes += moreBytes;
        } finally {
            lock.unlock();
        }
        start();
        return true;
    }

    /** Lets streams that left their group read by themselves, after the pages that wait for them. */
    void miss(List<ChangeStream> streams) {
        lock.lock();
        try {
            missed.addAll(streams);
        } finally {
            lock.unlock();
        }
        start();
    }

    private void start() {
        lock.lock();
        try {
            if (running) {
                return;
            }
            running = true;
        } finally {
            lock.unlock();
        }
        if (!run(this::slice)) {
            stop();
        }
    }

    private void slice() {
        int sent = 0;
        int sentBytes = 0;
        Optional<Delivery> first = first();
        while (sent < SLICE && sentBytes < SLICE_BYTES && first.isPresent()) {
            Delivery present = first.get();
            if (done < present.members.length) {
                present.members[done++].take(present.page);
                sentBytes += present.bytes();
                sent++;
            } else {
                done = 0;
                first = next(present);
            }
        }
        takeMissed().forEach(ChangeStream::miss);
        if (goesOn() && !run(this::slice)) {
            stop();
        }
    }

    private Optional<Delivery> first() {
        lock.lock();
        try {
            return Optional.ofNullable(deliveries.peek());
        } finally {
            lock.unlock();
        }
    }

    /** Removes the first delivery, which all of its members have; the next one. */
    private Optional<Delivery> next(Delivery sent) {
        lock.lock();
        try {
            deliveries.remove();
            recipients -= sent.members.length;
            bytes -= sent.bytes();
            return first();
        } finally {
            lock.unlock();
        }
    }

    /** The streams that missed a page, once all pages before are sent. */
    private List<ChangeStream> takeMissed() {
        lock.lock();
        try {
            if (!deliveries.isEmpty()) {
                return List.of();
            }
            List<ChangeStream> all = List.copyOf(missed);
            missed.clear();
            return all;
        } finally {
            lock.unlock();
        }
    }

    private boolean goesOn() {
        lock.lock();
        try {
            running = !deliveries.isEmpty() || !missed.isEmpty();
            return running;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets all: the server was stopped. */
    private void stop() {
        lock.lock();
        try {
            deliveries.clear();
            missed.clear();
            recipients = 0;
            bytes = 0;
            running = false;
        } finally {
            lock.unlock();
        }
    }
}
