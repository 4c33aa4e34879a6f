package kvs.health;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import kvs.model.HealthProblem;

/**
 * The one list of the problems of a node: {@code /health} shows it, the metric {@code kvs_problems} counts
 * it. Each part that has problems is added once, where the node is wired:
 * {@code health.add(backups::problems)}. Thread-safe; a query takes no lock of its own and must not wait for
 * a disk or a peer, so neither may the parts.
 */
public final class HealthRegistry {

    private final List<Supplier<List<HealthProblem>>> parts = new CopyOnWriteArrayList<>();

    /** Adds the problems of a part, after those of earlier parts. */
    public void add(Supplier<List<HealthProblem>> part) {
        parts.add(part);
    }

    /** All current problems. */
    public List<HealthProblem> problems() {
        List<HealthProblem> all = new ArrayList<>();
        parts.forEach(part -> all.addAll(part.get()));
        return all;
    }
}
