package kvs.log;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import kvs.model.Coverage;
import kvs.model.Dot;

/**
 * The highest number of each origin that was ever in a log: a node that covers all of them has every version
 * of that log. A number may be too high by versions that were refused later. Written by the writer's thread,
 * read by any.
 */
public final class HighWatermarks {

    private final Map<UUID, Long> highest = new ConcurrentHashMap<>();

    public HighWatermarks(Coverage from) {
        highest.putAll(from.numbers());
    }

    /** Raises the watermark of an origin to a version of that dot. */
    public void raise(Dot dot) {
        highest.merge(dot.origin(), dot.seq(), Math::max);
    }

    /** The highest number of each origin. */
    public Coverage coverage() {
        return Coverage.of(highest);
    }
}
