package kvs.store;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import kvs.model.Zone;

/**
 * The zones in which nothing is purged for the time being, because a bundle is merged into them: what it
 * brings must meet the dead versions that were here when it was judged. A purge is judged in the writer's
 * step, so a write that is submitted after a rest began comes after the last purge. Thread-safe.
 */
public final class PurgeRest {

    private final List<Rest> rests = new CopyOnWriteArrayList<>();

    /** The rest of some zones until it is closed. */
    public final class Rest implements AutoCloseable {

        private final List<Zone> zones;

        private Rest(List<Zone> zones) {
            this.zones = zones;
        }

        @Override
        public void close() {
            rests.remove(this);
        }
    }

    /** Begins a rest of these zones. */
    public Rest begin(List<Zone> zones) {
        Rest rest = new Rest(List.copyOf(zones));
        rests.add(rest);
        return rest;
    }

    /** Whether nothing is purged under that key now. */
    boolean includes(byte[] key) {
        return !rests.isEmpty() && rests.stream()
                .anyMatch(rest -> rest.zones.stream().anyMatch(zone -> zone.contains(key)));
    }
}
