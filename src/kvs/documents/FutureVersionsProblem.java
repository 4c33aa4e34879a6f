package kvs.documents;

import java.util.Optional;
import kvs.model.Durations;
import kvs.model.ReplicationRules;
import kvs.tree.FutureEntryCount;
import kvs.tree.Tree;
import kvs.world.Clock;

/**
 * The health problem of versions whose timestamps are ahead of the clock. Costs next to nothing when there is
 * none.
 */
public final class FutureVersionsProblem {

    /** Nodes of the index that are visited: some hundred thousand entries, about a millisecond. */
    private static final int NODES_MAX = 2_000;
    private static final long SECOND_MS = 1_000;

    private FutureVersionsProblem() { }

    /** The text of the problem; empty when no version is further ahead than clocks may differ. */
    public static Optional<String> problem(Tree tree, long wallMs) {
        FutureEntryCount ahead = tree.ahead(wallMs + ReplicationRules.CLOCK_AHEAD_MS, NODES_MAX);
        if (ahead.count() == 0) {
            return Optional.empty();
        }
        long roundedUp = (ahead.latest() - wallMs + SECOND_MS - 1) / SECOND_MS * SECOND_MS;
        return Optional.of((ahead.exact() ? "" : "at least ") + ahead.count()
                + (ahead.count() == 1 ? " version is" : " versions are") + " stamped ahead of this node's"
                + " clock, the furthest by " + Durations.text(roundedUp) + ", until "
                + Clock.utc(ahead.latest()) + ": a clock was wrong when they were written, or this"
                + " one is wrong now. Other nodes accept versions only up to 24 hours ahead. Set the clocks,"
                + " then run 'java -jar kvs.jar restamp DATA_DIR' on the stopped node that wrote them");
    }
}
