package kvs.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open segments by number. One that was replaced stays open for a moment, and as long as somebody reads an old state at leisure. Thread-safe.
 */
public final class SegmentTable implements AutoCloseable {

    /** So long readers of the state before may still come. */
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

    /** Segments that are in use. */
    public int count() {
        return byNumber.size() - retired.size();
    }

    /** Nothing that is published points there any more. */
    void retire(int number, long nanos) {
        retired.put(number, nanos);
    }

    /** Takes one out for good, and closes it. */
    public void remove(int number) throws IOException {
        retired.remove(number);
        Segment segment = byNumber.remove(number);
        if (segment != null) {
            segment.close();
        }
    }

    /** Those whose files may go. */
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

    /** Keeps what is retired now and later, until it is let go. */
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
