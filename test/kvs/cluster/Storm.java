package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.model.Mode;
import kvs.model.Rank;
import kvs.model.Version;
import kvs.store.StoreException;
import kvs.store.Verification;

/**
 * Random writes on three to five nodes under faults: power cuts, links cut both ways or one, loss and delay, frozen processes, skewed clocks;
 * then quiet. After each step no key of any node may have gone back; in the end all nodes are equal, nothing acknowledged is lost, nothing moves
 * any more, and every directory is sound. One seed is one run, always the same.
 */
public final class Storm {

    private static final long EQUAL_MS_MAX = 90_000;
    private static final int STEPS = 300;
    private static final int KEYS = 12;

    private final long seed;
    private final SimCluster cluster;
    private final List<String> ids = new ArrayList<>();
    private final List<Version> acknowledged = new ArrayList<>();
    /** The greatest version of each key that each node has shown. */
    private final Map<String, Rank> shown = new TreeMap<>();
    private long faults;

    /**
     * What runs came to.
     *
     * @param acknowledged writes that were acknowledged, none of them lost
     * @param faults that were made
     * @param quietMs until all were equal again, the longest of all
     */
    public record Sum(long acknowledged, long faults, long quietMs) {

        /** Of no run. */
        public static final Sum NOTHING = new Sum(0, 0, 0);

        /** Of one more. */
        public Sum plus(Sum other) {
            return new Sum(acknowledged + other.acknowledged, faults + other.faults, Math.max(quietMs, other.quietMs));
        }

        @Override
        public String toString() {
            return acknowledged + " writes acknowledged, 0 lost, " + faults + " faults, equal again after " + quietMs + " ms at the latest";
        }
    }

    /** The storm of that seed. */
    public Storm(long seed) {
        this.seed = seed;
        this.cluster = new SimCluster(seed);
    }

    /** Runs it; what is wrong is an {@code AssertionError} that names the seed. */
    public Sum run() {
        begin();
        cluster.network.faults(5, 40);
        for (int step = 0; step < STEPS; step++) {
            step();
            cluster.run(cluster.dice.below(200));
            check();
        }
        return settle();
    }

    private void begin() {
        int count = 3 + cluster.dice.below(3);
        for (int i = 0; i < count; i++) {
            String id = Character.toString('a' + i);
            ids.add(id);
            cluster.start(i == 0 ? new Start(id) : new Start(id, "a", ids.get(i - 1)).ahead(cluster.dice.below(4_000) - 2_000));
        }
        cluster.run(6_000);
    }

    private void step() {
        String id = any();
        int drawn = cluster.dice.below(24);
        switch (drawn) {
            case 0 -> cluster.restart(id);
            case 1 -> cluster.cut(id, any());
            case 2 -> cluster.network.cut(id + ":1", any() + ":1");
            case 3 -> cluster.nodes.get(id).frozen = true;
            case 4 -> cluster.nodes.values().forEach(node -> node.frozen = false);
            case 5, 6 -> mend();
            default -> write(cluster.nodes.get(id));
        }
        faults += drawn < 4 ? 1 : 0;
    }

    private String any() {
        return ids.get(cluster.dice.below(ids.size()));
    }

    private void write(Node node) {
        if (node.mode == Mode.NORMAL && !node.frozen) {
            String json = cluster.dice.chance(20) ? "" : "\"" + node.start.id() + cluster.dice.below(1_000_000) + "\"";
            node.write("k" + cluster.dice.below(KEYS), json, cluster.dice.chance(10) ? 2_000 : 0).thenAccept(acknowledged::add);
        }
    }

    private void mend() {
        ids.forEach(one -> ids.forEach(other -> cluster.mend(one, other)));
    }

    /** What a node has shown is durable: not even a power cut takes it back. */
    private void check() {
        for (Node node : cluster.nodes.values()) {
            for (int key = 0; key < KEYS; key++) {
                String path = "k" + key;
                String where = node.start.id() + " " + path;
                Rank before = shown.get(where);
                Rank now = node.version(path).map(Version::rank).orElse(before);
                assertTrue(before == null || now.compareTo(before) >= 0 && node.version(path).isPresent(), "seed " + seed + ": went back: " + where);
                if (now != null) {
                    shown.put(where, now);
                }
            }
        }
    }

    private Sum settle() {
        mend();
        cluster.nodes.values().forEach(node -> node.frozen = false);
        cluster.network.faults(0, 5);
        long quietMs = 0;
        while (!cluster.equal() && quietMs < EQUAL_MS_MAX) {
            cluster.run(100);
            quietMs += 100;
        }
        assertTrue(cluster.equal(), "seed " + seed + ": the roots differ");
        for (Version version : acknowledged) {
            for (Node node : cluster.nodes.values()) {
                String where = "seed " + seed + ": lost " + version.key().text() + " on " + node.start.id();
                Version now = node.version(version.key().text()).orElseThrow(() -> new AssertionError(where));
                assertTrue(now.rank().compareTo(version.rank()) >= 0, where);
            }
        }
        String before = cluster.nodes.get("a").root();
        cluster.run(130_000);
        for (String id : ids) {
            assertEquals(before, cluster.nodes.get(id).root(), "seed " + seed + ": something still moves on " + id);
            assertEquals(Mode.NORMAL, cluster.nodes.get(id).mode, "seed " + seed + " " + id);
            verify(id);
        }
        return new Sum(acknowledged.size(), faults, quietMs);
    }

    private void verify(String id) {
        cluster.kill(id);
        try {
            assertTrue(Verification.run(cluster.disk(id), finding -> { }).sound(), "seed " + seed + ": the directory of " + id);
        } catch (IOException | StoreException e) {
            throw new AssertionError("seed " + seed + " " + id, e);
        }
    }
}
