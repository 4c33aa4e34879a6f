package kvs.cluster;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.model.NodeMode;
import kvs.store.StoreView;
import kvs.tree.Entry;

/**
 * A lock that is changed again and again on any node, and secrets that are written after it, on nodes that
 * have it: with slow and cut links, pages that end anywhere, restarts, joiners and comparisons. Each lock and
 * each secret bear the number of the lock; a secret is readable by whom its lock forbids it when a node shows
 * it beside a lock of a lower number. This is looked at whenever a node publishes anything.
 */
public final class LockStorm {

    private static final String LOCK = "\0lock";
    private static final int SECRETS = 4;
    private static final int STEPS = 24;
    private static final int FILLER_BYTES = 300_000;
    private static final long EQUAL_MS_MAX = 90_000;
    private static final List<String> IDS = List.of("a", "b", "c", "d");

    private final long seed;
    private final boolean ordered;
    private final SimCluster cluster;
    private final List<String> trace = new ArrayList<>();
    private final Map<String, Integer> starts = new TreeMap<>();
    private int number;
    private long looks;

    /**
     * The storm of that seed; without {@code ordered} the feeds are those of the first release, which have a
     * key at its first place.
     */
    public LockStorm(long seed, boolean ordered) {
        this.seed = seed;
        this.ordered = ordered;
        this.cluster = new SimCluster(seed);
    }

    /**
     * Runs it; how often it was looked. What is wrong is an {@code AssertionError} that names the seed, with
     * what happened before.
     */
    public long run() {
        try {
            int count = 2 + cluster.dice.below(2);
            IDS.subList(0, count).forEach(this::start);
            cluster.run(5_000);
            cluster.network.faults(cluster.dice.below(10), 5 + cluster.dice.below(200));
            for (int step = 0; step < STEPS; step++) {
                step();
            }
            settle();
        } catch (AssertionError wrong) {
            throw new AssertionError(
                    "seed " + seed + ": " + wrong.getMessage() + "\n" + String.join("\n", trace), wrong);
        }
        return looks;
    }

    private void start(String id) {
        int run = starts.merge(id, 1, Integer::sum);
        Start first = id.equals("a") ? new Start(id) : new Start(id, "a", "b");
        Node node = run > 1 ? cluster.restart(id) : cluster.start(ordered ? first : first.first());
        trace.add(cluster.clock.wallMs() + " " + id + " starts");
        node.store.onPublish(entered -> {
            if (node.up) {
                look(node);
            }
        });
    }

    private void step() {
        Node node = node();
        String id = node.start.id();
        switch (cluster.dice.below(18)) {
            case 0, 1, 2 -> lock(node);
            case 3, 4, 5, 6 -> secret(node);
            case 7, 8, 9 -> filler(node);
            case 10, 11 -> cluster.cut(id, node().start.id());
            case 12 -> start(id);
            case 13 -> start(IDS.get(cluster.dice.below(IDS.size())));
            case 14 -> burst(node, 20);
            case 15 -> {
                start(IDS.get(cluster.dice.below(IDS.size())));
                cluster.run(cluster.dice.below(2_000));
                burst(node(), 300);
            }
            default -> mend();
        }
        cluster.run(2 + cluster.dice.below(cluster.dice.chance(20) ? 6_000 : 100));
    }

    /** Locks and secrets in turn, with so much between them that a page ends anywhere. */
    private void burst(Node node, int pauseMs) {
        for (int i = 0; i < 6; i++) {
            lock(node);
            cluster.run(2 + cluster.dice.below(pauseMs));
            Node writer = cluster.dice.chance(70) ? node : node();
            secret(writer);
            for (int fillers = cluster.dice.below(4); fillers > 0; fillers--) {
                filler(writer);
            }
        }
    }

    private void filler(Node node) {
        write(node, "filler" + cluster.dice.below(9),
                "\"" + Integer.toString(number % 10).repeat(FILLER_BYTES) + "\"");
    }

    private Node node() {
        List<Node> all = List.copyOf(cluster.nodes.values());
        return all.get(cluster.dice.below(all.size()));
    }

    private void lock(Node node) {
        number++;
        write(node, LOCK, Integer.toString(number));
    }

    /**
     * Written by somebody who sees the lock of this node; all four keys, so that older places of them are
     * superseded.
     */
    private void secret(Node node) {
        write(node, "secret" + cluster.dice.below(SECRETS),
                Integer.toString(number(node.store.root(), LOCK).orElse(0)));
    }

    private void write(Node node, String path, String json) {
        if (node.up && node.mode == NodeMode.NORMAL && node.coverageTracker.refusal().isEmpty()) {
            trace.add(cluster.clock.wallMs() + " " + node.start.id() + " writes " + path + " "
                    + json.substring(0, Math.min(9, json.length())));
            node.write(path, json, 0);
        }
    }

    private void mend() {
        IDS.forEach(one -> IDS.forEach(other -> cluster.mend(one, other)));
    }

    private void look(Node node) {
        looks++;
        StoreView root = node.store.root();
        int lock = number(root, LOCK).orElse(0);
        for (int i = 0; i < SECRETS; i++) {
            int secret = number(root, "secret" + i).orElse(0);
            if (secret > lock) {
                throw new AssertionError(cluster.clock.wallMs() + " " + node.start.id() + " shows secret" + i
                        + " of lock " + secret + " and has lock " + lock);
            }
        }
    }

    private static Optional<Integer> number(StoreView root, String path) {
        Optional<Entry> entry = root.tree().get(path.getBytes(StandardCharsets.UTF_8));
        return entry.map(
                found -> Integer.parseInt(new String(root.read(found).data(), StandardCharsets.UTF_8)));
    }

    private void settle() {
        mend();
        cluster.network.faults(0, 5);
        for (long ms = 0; ms < EQUAL_MS_MAX && !cluster.equal(); ms += 100) {
            cluster.run(100);
        }
        if (!cluster.equal()) {
            throw new AssertionError("the roots differ");
        }
    }
}
