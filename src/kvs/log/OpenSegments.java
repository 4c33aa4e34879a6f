package kvs.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import kvs.tree.Entry;

/**
 * The open segments by number. A replaced segment stays open for a moment, and longer while a slow reader of
 * an old state pins it. Thread-safe.
 */
public final class OpenSegments implements AutoCloseable {

    /** Time in which readers of the superseded state may still read a retired segment. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Map<Integer, Segment> byNumber = new ConcurrentSkipListMap<>();
    private final Map<Integer, Long> retired = new ConcurrentSkipListMap<>();
    private final AtomicInteger pins = new AtomicInteger();

    /** Adds an open segment. */
    public void add(Segment segment) {
        byNumber.put(segment.number(), segment);
    }

    /** A segment, empty when its file is missing. */
    public Optional<Segment> get(int number) {
        return Optional.ofNullable(byNumber.get(number));
    }

    /** The record of an entry, in its stored form. */
    public Record.Put record(Entry entry) throws IOException {
        return present(entry.segment()).readRecord(entry);
    }

    /** The record of an older version of an entry's key. */
    public Record.Put record(Entry entry, int index) throws IOException {
        int[] past = entry.past();
        return present(VersionChain.segment(past, index)).readRecord(VersionChain.offset(past, index),
                VersionChain.bytes(past, index), entry.key());
    }

    private Segment present(int number) throws BadRecordException {
        return get(number).orElseThrow(() -> new BadRecordException("its segment is missing"));
    }

    /** The number of segments in use. */
    public int count() {
        return byNumber.size() - retired.size();
    }

    /** Retires a segment to which nothing that is published points any more. */
    void retire(int number, long nanos) {
        retired.put(number, nanos);
    }

    /** Removes a segment for good, and closes it. */
    public void remove(int number) throws IOException {
        retired.remove(number);
        Segment segment = byNumber.remove(number);
        if (segment != null) {
            segment.close();
        }
    }

    /** The retired segments whose files may be removed. */
    public List<Integer> due(long nanos) {
        List<Integer> due = new ArrayList<>();
        if (pins.get() == 0) {
            retired.forEach((number, since) -> {
                if (nanos - since >= GRACE_NANOS) {
                    due.add(number);
                }
            });
        }
        return due;
    }

    /** Keeps all retired segments, present and later ones, until the result is run. */
    public Runnable pin() {
        pins.incrementAndGet();
        return pins::decrementAndGet;
    }

    @Override
    public void close() throws IOException {
        for (Segment segment : byNumber.values()) {
            segment.close();
        }
    }
}
