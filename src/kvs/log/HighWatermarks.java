package kvs.log;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import kvs.model.Coverage;
import kvs.model.Dot;

/**
 * Of each origin the highest number that was ever in a log: whoever covers all of them has missed nothing that stands there. It may be too high by
 * what was refused later. Written by the writer's thread, read by any.
 */
public final class HighWatermarks {

    private final Map<UUID, Long> highest = new ConcurrentHashMap<>();

    public HighWatermarks(Coverage from) {
        highest.putAll(from.numbers());
    }

    /** A version of that dot entered. */
    public void raise(Dot dot) {
        highest.merge(dot.origin(), dot.seq(), Math::max);
    }

    /** The highest number of each origin. */
    public Coverage coverage() {
        Coverage reach = Coverage.NONE;
        for (Map.Entry<UUID, Long> each : highest.entrySet()) {
            reach = reach.with(each.getKey(), each.getValue());
        }
        return reach;
    }
}
