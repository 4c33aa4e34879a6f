package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.log.UnusableDirectoryException;
import kvs.model.NodeMode;
import kvs.model.ReplicationRules;
import kvs.model.Version;
import kvs.recovery.DirectoryVerification;
import kvs.sim.SimClock;
import kvs.sim.SimDisk;

/**
 * Random writes on three to five nodes under faults: power cuts, links cut both ways or one, loss and delay,
 * frozen processes, skewed clocks, full disks, one disk lost or put back to an old copy; then quiet. One seed
 * is one run, always the same. After each step:
 * <ul>
 * <li>no key of any directory has gone back to a smaller version, and each key that was purged was dead;
 * <li>each node that covers a write has it, or a greater version, or has purged that.
 * </ul>
 * A client follows the changes, each page from another node, and in the end knows the present documents. In
 * the end all nodes are equal, no acknowledged write is lost except on the lost disk alone, nothing moves any
 * more, and every directory is sound. In one seed of eight hours pass between the writes, so that dead keys
 * are purged meanwhile.
 */
public final class Storm {

    /** The time within which the cluster knows that the coverage of a position is lost. */
    private static final long LOST_MS_MAX = 10_000;
    private static final long EQUAL_MS_MAX = 90_000;
    private static final long HOUR_MS = 3_600_000;
    private static final int TRACE_MAX = 300;
    /**
     * Number of the last writes whose coverage is checked after each step; every {@link #ALL_EACH} steps all
     * are checked.
     */
    private static final int RECENT = 30;
    private static final int ALL_EACH = 7;
    private static final List<String> FAULTS = List.of("restarts", "is cut from another",
            "is cut from another one way", "is frozen", "has a full disk", "has its disk copied,"
                    + " emptied, or put back", "all thaw", "all thaw", "all is mended", "all is mended");
    private static final int STEPS = 300;
    private static final int KEYS = 12;
    private static final int AGES = 8;
    private static final long AGES_WINDOW_MS = 3 * HOUR_MS;

    private final long seed;
    private final boolean ages;
    private final SimCluster cluster;
    private final List<String> ids = new ArrayList<>();
    private final List<Acked> acknowledged = new ArrayList<>();
    /** The greatest version of each key that each directory has shown. */
    private final Map<String, Version> shown = new TreeMap<>();
    /** The greatest version of each key that any node has purged. */
    private final Map<String, Version> purged = new TreeMap<>();
    /** The same of nodes that had heard all others within a window: no version that it superseded returns. */
    private final Map<String, Version> ended = new TreeMap<>();
    private final Set<String> full = new HashSet<>();
    private final Deque<String> trace = new ArrayDeque<>();
    private final ChangesReader reader = new ChangesReader();
    private Optional<SimDisk> copy = Optional.empty();
    private int copied;
    private String copyOf = "";
    private String lostAt = "";
    private int lostBefore;
    private long faults;
    private long purges;
    private long looks;
    /** Until then a disk that was put back may show the versions of the copy. */
    private boolean settled;

    /** A write that a node acknowledged, and whether another node had it too. */
    private static final class Acked {

        private final Version version;
        private final String at;
        private boolean twice;

        Acked(Version version, String at) {
            this.version = version;
            this.at = at;
        }
    }

    /**
     * The totals of some runs.
     *
     * @param acknowledged writes that were acknowledged, none of them lost
     * @param faults that were made
     * @param purges of versions, on each node
     * @param told changes that a reader received
     * @param quietMs time until all nodes were equal again, the longest of all runs
     */
    public record Sum(long acknowledged, long faults, long purges, long told, long quietMs) {

        /** The totals of no run. */
        public static final Sum NOTHING = new Sum(0, 0, 0, 0, 0);

        /** The totals with those of one more. */
        public Sum plus(Sum other) {
            return new Sum(acknowledged + other.acknowledged, faults + other.faults, purges + other.purges,
                    told + other.told, Math.max(quietMs, other.quietMs));
        }

        @Override
        public String toString() {
            return acknowledged + " writes acknowledged, 0 lost, "
                    + faults + " faults, " + purges + " purges, " + told
                    + " changes told, equal again after " + quietMs + " ms at the latest";
        }
    }

    /** The storm of {@code seed}. */
    public Storm(long seed) {
        this.seed = seed;
        this.ages = ages(seed);
        this.cluster = seed % 2 == 0 ? new SimCluster(seed).smallSegments() : new SimCluster(seed);
        cluster.restMs = 5_000;
    }

    /** Whether hours pass in the storm of {@code seed}. */
    public static boolean ages(long seed) {
        return seed % AGES == AGES - 1;
    }

    /** Runs the storm; a failure is an {@code AssertionError} that names the seed and the last events. */
    public Sum run() {
        try {
            return storm();
        } catch (AssertionError wrong) {
            throw new AssertionError(wrong.getMessage() + "\n" + String.join("\n", trace), wrong);
        }
    }

    private void trace(String what) {
        trace.add(cluster.clock.wallMs() - SimClock.START_MS + " " + what);
        if (trace.size() > TRACE_MAX) {
            trace.remove();
        }
    }

    private static String text(Version version) {
        String until = version.expires() == Version.FOREVER ? ""
                : " until " + (version.expires() - SimClock.START_MS);
        String life = version.deleted() ? " deleted" : until;
        return version.key().text() + life + " at " + (version.timestamp() - SimClock.START_MS) + " by "
                + version.dot().origin().toString().substring(0, 4) + "." + version.dot().seq() % 1_000_000;
    }

    private Sum storm() {
        cluster.idleMs = 2;
        if (ages) {
            cluster.windowMs = AGES_WINDOW_MS;
            cluster.heartbeatMs = 5_000;
            cluster.idleMs = 50;
        }
        begin();
        cluster.network.faults(5, 40);
        int steps = ages ? STEPS / 2 : STEPS;
        for (int step = 0; step < steps; step++) {
            step();
            cluster.run(cluster.dice.below(200));
            read();
            if (ages && step % 25 == 24) {
                cluster.pass(cluster.dice.below(90) * 60_000L);
            }
            check();
        }
        return settle();
    }

    private void begin() {
        int count = 3 + cluster.dice.below(ages ? 1 : 3);
        for (int i = 0; i < count; i++) {
            String id = Character.toString('a' + i);
            ids.add(id);
            cluster.start(i == 0 ? new Start(id)
                    : new Start(id, "a", ids.get(i - 1)).ahead(cluster.dice.below(4_000) - 2_000));
        }
        cluster.run(ages ? 30_000 : 6_000);
    }

    private void step() {
        String id = any();
        int drawn = cluster.dice.below(32);
        if (drawn < 10) {
            trace(id + " " + FAULTS.get(drawn));
        }
        switch (drawn) {
            case 0 -> cluster.restart(id);
            case 1 -> cluster.cut(id, any());
            case 2 -> cluster.network.cut(id + ":1", any() + ":1");
            case 3 -> cluster.nodes.get(id).frozen = true;
            case 4 -> fill(id);
            case 5 -> lose(id);
            case 6, 7 -> cluster.nodes.values().forEach(node -> node.frozen = false);
            case 8, 9 -> mend();
            default -> write(cluster.nodes.get(id));
        }
        faults += drawn < 6 ? 1 : 0;
    }

    /** The client reads the next changes, each time from another node. */
    private void read() {
        Node node = cluster.nodes.get(any());
        if (node.up && !node.frozen) {
            reader.read(node);
        }
    }

    private String any() {
        return ids.get(cluster.dice.below(ids.size()));
    }

    private void fill(String id) {
        cluster.live(id).capacity(0);
        full.add(id);
    }

    /**
     * Copies the disk of a node, and later replaces it by that copy, or any disk by an empty one. Once in a
     * run, so that a write on two nodes survives.
     */
    private void lose(String id) {
        if (!lostAt.isEmpty() || cluster.nodes.get(id).mode != NodeMode.NORMAL || full.contains(id)) {
            return;
        }
        if (copy.isEmpty()) {
            copy = Optional.of(cluster.live(id).copy());
            copied = acknowledged.size();
            copyOf = id;
            return;
        }
        boolean anew = cluster.dice.chance(50);
        lostAt = anew ? id : copyOf;
        lostBefore = anew ? 0 : copied;
        trace(lostAt + (anew ? " has an empty disk" : " is put back"));
        cluster.replace(lostAt, anew ? new SimDisk(cluster.dice) : copy.get());
        shown.keySet().removeIf(where -> where.startsWith(lostAt + " "));
    }

    private void write(Node node) {
        if (node.mode == NodeMode.NORMAL && !node.frozen && node.up
                && node.coverageTracker.refusal().isEmpty()) {
            String json = cluster.dice.chance(20) ? ""
                    : "\"" + node.start.id() + cluster.dice.below(1_000_000) + "\"";
            long ttlMs = cluster.dice.chance(ages ? 40 : 10)
                    ? ages ? 1 + cluster.dice.below(3_600_000) : 2_000 : 0;
            node.write("k" + cluster.dice.below(KEYS), json, ttlMs).thenAccept(version -> {
                Acked acked = new Acked(version, node.start.id());
                acknowledged.add(acked);
                trace(node.start.id() + " writes " + text(version));
                node.feed.copies(2, 60_000).thenAccept(copies -> acked.twice = copies >= 2);
            });
        }
    }

    private void mend() {
        ids.forEach(one -> ids.forEach(other -> cluster.mend(one, other)));
        full.forEach(id -> cluster.live(id).capacity(Long.MAX_VALUE));
        full.clear();
    }

    /** A version that a node has shown is durable: not even a power cut takes it back. */
    private void check() {
        for (Node node : cluster.nodes.values()) {
            for (int key = 0; key < KEYS; key++) {
                check(node, "k" + key);
            }
            covered(node);
        }
    }

    private void check(Node node, String path) {
        String where = node.start.id() + " " + path;
        Optional<Version> before = Optional.ofNullable(shown.get(where));
        Optional<Version> now = node.version(path);
        String what = "seed " + seed + " " + where + " had " + before.map(Storm::text) + " and has "
                + now.map(Storm::text);
        if (now.isPresent()) {
            assertTrue(before.isEmpty() || now.get().rank().compareTo(before.get().rank()) >= 0,
                    "went back: " + what);
            Version gone = ended.get(path);
            boolean alive = !now.get().deadAt(cluster.clock.wallMs() + 2_000)
                    && (settled || !node.start.id().equals(lostAt));
            assertTrue(gone == null || !alive || now.get().rank().compareTo(gone.rank()) > 0,
                    "came to life after " + Optional.ofNullable(gone).map(Storm::text) + ": " + what);
            if (before.filter(known -> known.uuid().equals(now.get().uuid())).isEmpty()) {
                trace(node.start.id() + " shows " + text(now.get()));
            }
            shown.put(where, now.get());
        } else if (before.isPresent()) {
            assertTrue(before.get().deadAt(cluster.clock.wallMs() + 2_000) || beatenByTheDead(before.get()),
                    "vanished: " + what);
            purged.merge(path, before.get(), Storm::greater);
            if (heardAll(node)) {
                ended.merge(path, before.get(), Storm::greater);
            }
            purges++;
            trace(node.start.id() + " purged " + text(before.get()));
            shown.remove(where);
        }
    }

    private static Version greater(Version one, Version other) {
        return one.rank().compareTo(other.rank()) > 0 ? one : other;
    }

    /**
     * Whether the node has heard all others within a window; otherwise it may purge a version that an unseen
     * write brings back to life.
     */
    private boolean heardAll(Node node) {
        Map<UUID, NodeStatus.PeerReport> known = node.replication.known();
        return cluster.nodes.values().stream().filter(other -> other != node)
                .allMatch(other -> known.containsKey(other.store.origin())
                        && known.get(other.store.origin()).silentMs() < cluster.windowMs);
    }

    /** A node that was away for very long drops the keys that the others deleted and purged meanwhile. */
    private boolean beatenByTheDead(Version version) {
        return acknowledged.stream().map(acked -> acked.version).anyMatch(other ->
                other.key().equals(version.key()) && other.rank().compareTo(version.rank()) > 0
                && other.deadAt(cluster.clock.wallMs() + 2_000));
    }

    /** The version, or the one that superseded it, may have come and been purged since the last look. */
    private boolean beatenByTheDue(Version version) {
        return acknowledged.stream().map(acked -> acked.version).anyMatch(other ->
                other.key().equals(version.key()) && other.rank().compareTo(version.rank()) >= 0
                && ReplicationRules.due(other.timestamp(), ReplicationRules.death(other.deleted(),
                        other.expires(), other.timestamp()), other.lineage().shadowsUntil(), cluster.windowMs)
                        <= cluster.clock.wallMs() + 2_000);
    }

    /** Whether a write may have been on the lost disk alone. */
    private boolean lost(Acked acked) {
        return acked.at.equals(lostAt) && !acked.twice && acknowledged.indexOf(acked) >= lostBefore;
    }

    /** Each write that a node claims to cover is here, or superseded, or was purged. */
    private void covered(Node node) {
        boolean all = settled || ++looks % ALL_EACH == 0;
        for (Acked acked : acknowledged.subList(all ? 0 : Math.max(0, acknowledged.size() - RECENT),
                acknowledged.size())) {
            Version version = acked.version;
            if (node.up && !lost(acked) && node.coverageTracker.reported().covers(version.dot())) {
                String path = version.key().text();
                Optional<Version> now = node.version(path).or(() -> Optional.ofNullable(purged.get(path)));
                assertTrue(now.filter(held -> held.rank().compareTo(version.rank()) >= 0).isPresent()
                        || beatenByTheDue(version), "seed " + seed + ": " + node.start.id() + " claims "
                                + text(version) + " and has " + now.map(Storm::text));
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
        settled = true;
        check();
        acknowledged.forEach(this::kept);
        told();
        ids.forEach(id ->
                assertEquals(NodeMode.NORMAL, cluster.nodes.get(id).mode, "seed " + seed + " " + id));
        quiet();
        ids.forEach(this::verify);
        return new Sum(acknowledged.size(), faults, purges, reader.told, quietMs);
    }

    /**
     * The client that followed the changes knows the present documents. Changes that it received from the
     * lost disk alone may be nowhere any more.
     */
    private void told() {
        cluster.run(5_000);
        Node node = cluster.nodes.get(any());
        long waitMs = Math.max(LOST_MS_MAX, 3 * cluster.heartbeatMs);
        for (long ms = 0; ms < waitMs && reader.waits(node); ms += 100) {
            cluster.run(100);
        }
        assertFalse(reader.waits(node),
                "seed " + seed + ": " + node.start.id() + " is behind a position for ever");
        reader.drain(node);
        Map<String, UUID> there = ChangesReader.living(node);
        Set<UUID> lost = new HashSet<>();
        acknowledged.stream().filter(this::lost).forEach(acked -> lost.add(acked.version.uuid()));
        for (int key = 0; key < KEYS; key++) {
            String path = "k" + key;
            UUID told = reader.known.get(path);
            assertTrue(Objects.equals(there.get(path), told) || lost.contains(told),
                    "seed " + seed + ": a reader was told " + told + " of " + path
                            + ", on " + node.start.id() + " it is " + node.version(path).map(Storm::text));
        }
    }

    private void kept(Acked acked) {
        Version version = acked.version;
        if (lost(acked)) {
            return;
        }
        for (Node node : cluster.nodes.values()) {
            Optional<Version> now = node.version(version.key().text())
                    .or(() -> Optional.ofNullable(purged.get(version.key().text())));
            assertTrue(now.filter(held -> held.rank().compareTo(version.rank()) >= 0).isPresent()
                    || beatenByTheDue(version), "seed " + seed + ": lost " + text(version) + " on "
                            + node.start.id() + ", which has " + now.map(Storm::text));
        }
    }

    /** Nothing moves any more, except purges while hours pass. */
    private void quiet() {
        cluster.idleMs = 50;
        String before = cluster.nodes.get("a").root();
        cluster.run(ages ? 10_000 : 130_000);
        for (String id : ids) {
            assertTrue(ages ? cluster.equal() : before.equals(cluster.nodes.get(id).root()),
                    "seed " + seed + ": something still moves on " + id);
        }
    }

    private void verify(String id) {
        cluster.kill(id);
        try {
            assertTrue(DirectoryVerification.run(cluster.disk(id), finding -> { }).sound(),
                    "seed " + seed + ": the directory of " + id);
        } catch (IOException | UnusableDirectoryException e) {
            throw new AssertionError("seed " + seed + " " + id, e);
        }
    }
}
