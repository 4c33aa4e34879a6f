package kvs.store;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;

/** The open segments by number. Thread-safe. */
final class Segments implements AutoCloseable {

    private final Map<Integer, Segment> byNumber = new ConcurrentSkipListMap<>();

    void add(Segment segment) {
        byNumber.put(segment.number(), segment);
    }

    /** A segment, empty when its file is missing. */
    Optional<Segment> get(int number) {
        return Optional.ofNullable(byNumber.get(number));
    }

    int count() {
        return byNumber.size();
    }

    @Override
    public void close() throws IOException {
        for (Segment segment : byNumber.values()) {
            segment.close();
        }
    }
}
