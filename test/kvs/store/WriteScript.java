package kvs.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kvs.log.UnusableDirectoryException;
import kvs.sim.SimDisk;

/**
 * A random script of writes, batches, checkpoints and restarts, and what the store must hold at each moment:
 * what was acknowledged, and perhaps all of the group that is under way.
 */
public final class WriteScript {

    final StoreHarness harness;
    public final Map<String, String> acknowledged = new TreeMap<>();
    /** Writes of the group under way, in order; all of them survive a crash or none. */
    List<StoreHarness.Batch> underWay = new ArrayList<>();
    int operations;
    Store store;
    /** Done so far. */
    long compactions;
    /** Groups that were done by the thread that had collected them. */
    long commits;
    private int number;

    public WriteScript(StoreHarness harness) {
        this.harness = harness;
    }

    /**
     * Opens the store and does groups of writes until there were that many operations; closes it at the end.
     */
    public void run(SimDisk disk, int operationsWanted) throws IOException, UnusableDirectoryException {
        store = harness.open(disk);
        while (operations < operationsWanted) {
            group();
            harness.clock.advance(harness.dice.below(3) * 500L);
            if (harness.dice.chance(8)) {
                checkpoint();
            } else if (harness.dice.chance(40)) {
                upkeep();
            } else if (harness.dice.chance(3)) {
                store.compact();
            } else if (harness.dice.chance(4)) {
                store.close();
                store = harness.open(disk);
            }
        }
        store.close();
    }

    private void group() {
        underWay = new ArrayList<>();
        for (int writes = 1 + harness.dice.below(6); writes > 0; writes--) {
            Map<String, Optional<String>> changes = new TreeMap<>();
            for (int keys = harness.dice.chance(25) ? 2 + harness.dice.below(5) : 1; keys > 0; keys--) {
                changes.put("k" + harness.dice.below(30),
                        harness.dice.chance(20) ? Optional.empty() : Optional.of(document()));
            }
            operations += changes.size();
            underWay.add(new StoreHarness.Batch(store, changes));
        }
        if (harness.dice.chance(50) && store.commit(List.copyOf(underWay), state -> true)) {
            commits++;
        } else {
            underWay.forEach(store::submit);
            store.step();
        }
        underWay.stream().filter(b -> b.written).forEach(b -> b.apply(acknowledged));
        underWay = new ArrayList<>();
    }

    private void checkpoint() {
        underWay = new ArrayList<>();
        Maintenance checkpoints = (Maintenance) store.maintenance();
        checkpoints.requestCheckpoint();
        store.step();
        checkpoints.step();
    }

    /** Some steps of compaction and checkpoints, as they come. */
    private void upkeep() {
        underWay = new ArrayList<>();
        long before = store.counts().usage().compactions();
        for (int steps = 1 + harness.dice.below(30); steps > 0; steps--) {
            store.maintenance().step();
            store.step();
        }
        compactions += store.counts().usage().compactions() - before;
    }

    /** Small and large documents, some of which deflate. */
    private String document() {
        String text = "{\"n\":" + number++ + ",\"text\":\"";
        return text + "x".repeat(harness.dice.chance(10) ? 600 + harness.dice.below(900)
                : harness.dice.below(60)) + "\"}";
    }

    /** What may be there if the power goes now. */
    List<Map<String, String>> allowed() {
        Map<String, String> after = new TreeMap<>(acknowledged);
        underWay.forEach(batch -> batch.apply(after));
        return List.of(new TreeMap<>(acknowledged), after);
    }
}
