package kvs.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import kvs.model.Problem;

/**
 * The one list of the problems of a node: {@code /health} shows it, the metric {@code kvs_problems} counts it. Each part that has problems is
 * added once, where the node is put together: {@code health.add(backups::problems)}. Thread-safe; asking takes no lock of its own and must not
 * wait for a disk or a peer, so neither do the parts.
 */
public final class Health {

    private final List<Supplier<List<Problem>>> parts = new CopyOnWriteArrayList<>();

    /** Lists the problems of a part too, behind those of the parts before. */
    public void add(Supplier<List<Problem>> part) {
        parts.add(part);
    }

    /** All problems of now. */
    public List<Problem> problems() {
        List<Problem> all = new ArrayList<>();
        parts.forEach(part -> all.addAll(part.get()));
        return all;
    }
}
