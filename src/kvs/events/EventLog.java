package kvs.events;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import kvs.world.Disk;
import kvs.world.FailureText;
import kvs.world.Logger;
import kvs.world.Task;

/**
 * The newest events, in memory and in the data directory: at most {@value #EVENTS_MAX}, and
 * {@value #BYTES_MAX} bytes; the oldest give way. An event is recorded without waiting for the disk; a task
 * writes the new ones once a second. Thread-safe.
 */
public final class EventLog implements Logger.EventRecorder, Task, AutoCloseable {

    /** The largest number of events. */
    public static final int EVENTS_MAX = 1_000;
    private static final int BYTES_MAX = 1 << 20;
    private static final long WRITE_MS = 1_000;

    private final Logger log;
    private final ReentrantLock lock = new ReentrantLock();
    /** Held while the file is read or written; never together with {@code lock} over the disk. */
    private final ReentrantLock writing = new ReentrantLock();

    // Guarded by lock.
    private final Deque<RecordedEvent> events = new ArrayDeque<>();
    private long bytes;
    private long last;

    // Guarded by writing.
    private Optional<EventFile> file = Optional.empty();
    private long written;
    private boolean failing;
    /** Whether the events of earlier runs are here. */
    private boolean loaded;

    /**
     * A part of the events.
     *
     * @param events JSON objects, the oldest first
     * @param next the position behind them
     * @param more whether there are others behind them now
     */
    public record Page(List<String> events, long next, boolean more) { }

    /** A log in memory; its own failures go to {@code log}, and are no events. */
    public EventLog(Logger log) {
        this.log = log;
    }

    /**
     * Takes the events of earlier runs from the directory of a node, which must be open: those recorded so
     * far come behind them. A file that cannot be read is tried again
     * later; until then nothing is written, and the start goes on.
     */
    public void open(Disk disk) {
        writing.lock();
        try {
            EventFile opened = new EventFile(disk);
            file = Optional.of(opened);
            load(opened);
        } catch (IOException e) {
            log.warn("the events of earlier runs cannot be read", "why", FailureText.text(e));
        } finally {
            writing.unlock();
        }
    }

    /** Nothing is written before the earlier events are known: they would be lost. */
    private void load(EventFile from) throws IOException {
        List<RecordedEvent> earlier = from.read();
        prepend(earlier);
        written = earlier.isEmpty() ? 0 : earlier.get(earlier.size() - 1).id();
        loaded = true;
    }

    private void prepend(List<RecordedEvent> earlier) {
        lock.lock();
        try {
            List<RecordedEvent> present = List.copyOf(events);
            events.clear();
            bytes = 0;
            last = 0;
            earlier.forEach(this::add);
            present.forEach(event -> add(event.at(), event.fields()));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void record(long at, String fields) {
        lock.lock();
        try {
            add(at, fields);
        } finally {
            lock.unlock();
        }
    }

    private void add(long at, String fields) {
        add(new RecordedEvent(Math.max(at, last + 1), at, fields));
    }

    private void add(RecordedEvent event) {
        last = event.id();
        events.addLast(event);
        bytes += event.length();
        while (events.size() > EVENTS_MAX || bytes > BYTES_MAX && events.size() > 1) {
            bytes -= events.removeFirst().length();
        }
    }

    /**
     * The events behind a position, at most {@code limit}. A position is the {@code next} of a page, or a
     * time in Unix ms: then no event after that time is missing, but after a clock that was set back earlier
     * ones may come too.
     */
    public Page page(long since, int limit) {
        List<RecordedEvent> behind = behind(since);
        List<RecordedEvent> page = behind.subList(0, Math.min(limit, behind.size()));
        return new Page(page.stream().map(RecordedEvent::json).toList(),
                page.isEmpty() ? since : page.get(page.size() - 1).id(), page.size() < behind.size());
    }

    private List<RecordedEvent> behind(long since) {
        lock.lock();
        try {
            return events.stream().filter(event -> event.id() > since).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Writes what is new; a disk that refuses it is tried again. */
    @Override
    public long step() {
        writing.lock();
        try {
            if (file.isPresent()) {
                write(file.get());
            }
        } finally {
            writing.unlock();
        }
        return WRITE_MS;
    }

    private void write(EventFile to) {
        try {
            if (!loaded) {
                load(to);
            }
            List<RecordedEvent> all = behind(0);
            List<RecordedEvent> fresh = all.stream().filter(event -> event.id() > written).toList();
            if (fresh.isEmpty()) {
                return;
            }
            to.append(fresh, all);
            written = fresh.get(fresh.size() - 1).id();
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                log.warn("events are kept in memory only until the disk takes them", "why",
                        FailureText.text(e));
            }
            failing = true;
        }
    }

    /** Writes what is new, and nothing later. */
    @Override
    public void close() {
        step();
        writing.lock();
        try {
            file = Optional.empty();
        } finally {
            writing.unlock();
        }
    }
}
