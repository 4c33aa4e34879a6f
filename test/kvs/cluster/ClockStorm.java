package kvs.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kvs.cluster.SimCluster.Node;
import kvs.cluster.SimCluster.Start;
import kvs.log.StorageEnvironment;
import kvs.log.UnusableDirectoryException;
import kvs.model.NodeMode;
import kvs.model.ReplicationRules;
import kvs.model.Version;
import kvs.recovery.DirectoryVerification;
import kvs.sim.SimClock;
import kvs.sim.SimDisk;
import kvs.store.Restamp;
import kvs.world.Logger;

/**
 * Random writes on one, two or five nodes whose clocks jump by minutes, hours, days and a year, forwards and
 * backwards, running and across restarts; then the clocks are right, and every node that wrote more than a
 * day ahead is stopped and stamped anew. One seed is one run, always the same. Five minutes later:
 * <ul>
 * <li>all nodes accept writes, stamped by the right time, and hold the same versions;
 * <li>no acknowledged write is lost: of each key the greatest version is there, and a version with an expiry
 * of a month lives;
 * <li>no version is stamped more than a day ahead, unless it is on every node, and every directory is sound.
 * </ul>
 * One clock at a time is wrong by more than a day, or all by the same: versions that a node wrote more than a
 * day ahead, and that a part of the others have, the rest accept when their time has come.
 */
public final class ClockStorm {

    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final long DAY_MS = 24 * HOUR_MS;
    private static final long[] NEAR_MS = {5 * MINUTE_MS, 2 * HOUR_MS, 20 * HOUR_MS, -5 * MINUTE_MS,
        -20 * HOUR_MS};
    private static final long[] FAR_MS = {2 * DAY_MS, 365 * DAY_MS, -3 * DAY_MS, -365 * DAY_MS};
    private static final List<Integer> SIZES = List.of(1, 2, 5);
    private static final int STEPS = 60;
    private static final int KEYS = 8;
    private static final int TRACE_MAX = 300;

    private final long seed;
    private final SimCluster cluster;
    private final List<String> ids = new ArrayList<>();
    private final List<Version> acknowledged = new ArrayList<>();
    /** The versions that were stamped anew, by the id of the version that each replaces. */
    private final Map<UUID, Version> anew = new HashMap<>();
    private final Deque<String> trace = new ArrayDeque<>();
    /** Whether all clocks are wrong by more than a day at once, or one at a time. */
    private final boolean together;
    private long jumps;
    private long stamped;

    /**
     * The totals of some runs.
     *
     * @param acknowledged writes, none of them lost
     * @param jumps of clocks
     * @param stamped versions that were stamped anew
     */
    public record Sum(long acknowledged, long jumps, long stamped) {

        /** The totals of no run. */
        public static final Sum NOTHING = new Sum(0, 0, 0);

        /** The totals with those of {@code other} added. */
        public Sum plus(Sum other) {
            return new Sum(acknowledged + other.acknowledged, jumps + other.jumps, stamped + other.stamped);
        }

        @Override
        public String toString() {
            return acknowledged + " writes acknowledged, 0 lost, " + jumps + " jumps of clocks, " + stamped
                    + " versions stamped anew";
        }
    }

    /** The storm of {@code seed}. */
    public ClockStorm(long seed) {
        this.seed = seed;
        this.together = seed % 4 == 3;
        this.cluster = new SimCluster(seed);
        cluster.restMs = 5_000;
        cluster.idleMs = 10;
    }

    /** Runs the storm; a failure is an {@code AssertionError} that names the seed and the last events. */
    public Sum run() {
        try {
            storm();
            return new Sum(acknowledged.size(), jumps, stamped);
        } catch (AssertionError | IOException | UnusableDirectoryException wrong) {
            throw new AssertionError("clock storm, seed " + seed + ": " + wrong.getMessage() + "\n"
                    + String.join("\n", trace), wrong);
        }
    }

    private void trace(String what) {
        trace.add(cluster.clock.wallMs() - SimClock.START_MS + " " + what);
        if (trace.size() > TRACE_MAX) {
            trace.remove();
        }
    }

    private static String text(Version version) {
        return version.key().text() + (version.deleted() ? " deleted" : "") + " at "
                + (version.timestamp() - SimClock.START_MS) + " by "
                + version.dot().origin().toString().substring(0, 4) + "." + version.dot().seq() % 1_000_000;
    }

    private Node node(String id) {
        return cluster.nodes.get(id);
    }

    private String any() {
        return ids.get(cluster.dice.below(ids.size()));
    }

    private void storm() throws IOException, UnusableDirectoryException {
        int size = SIZES.get((int) Math.floorMod(seed, (long) SIZES.size()));
        for (int i = 0; i < size; i++) {
            ids.add(Character.toString('a' + i));
            cluster.start(i == 0 ? new Start("a") : new Start(ids.get(i), "a"));
        }
        cluster.run(6_000);
        for (int step = 0; step < STEPS; step++) {
            if (cluster.dice.chance(20)) {
                jump();
            } else {
                write(node(any()));
            }
            if (cluster.dice.chance(5)) {
                rest(cluster.dice.below(4) * MINUTE_MS);
            }
            cluster.run(cluster.dice.below(800));
        }
        settle();
    }

    /** Lets time pass without writes. */
    private void rest(long ms) {
        cluster.idleMs = 250;
        cluster.run(ms);
        cluster.idleMs = 10;
    }

    /** A clock jumps, or is set right again; perhaps while its node is down. */
    private void jump() throws IOException, UnusableDirectoryException {
        List<String> far = ids.stream()
                .filter(id -> Math.abs(cluster.wrongMs.getOrDefault(id, 0L)) > DAY_MS).toList();
        boolean all = together && (far.size() == ids.size() || far.isEmpty() && cluster.dice.chance(30));
        List<String> which = all ? ids : far.isEmpty() ? List.of(any()) : far;
        boolean back = !far.isEmpty() || cluster.dice.chance(30);
        long[] by = all || !together && cluster.dice.chance(50) ? FAR_MS : NEAR_MS;
        long wrong = back ? 0 : by[cluster.dice.below(by.length)];
        if (all) {
            // A version that only some have when all clocks are set right, the others accept in a year.
            cluster.run(10_000);
        }
        boolean restarts = cluster.dice.chance(40);
        for (String id : which) {
            trace("the clock of " + id + " is wrong by " + wrong + " ms"
                    + (restarts ? ", across a restart" : ""));
            if (restarts) {
                cluster.kill(id);
            }
            cluster.wrongMs.put(id, wrong);
            if (restarts) {
                cluster.restart(id);
            }
        }
        jumps++;
        if (back && !far.isEmpty() && !all) {
            // Before another clock is as wrong, and its node accepts the versions of this one.
            cluster.run(3_000);
            restamp(which.get(0));
        }
    }

    private boolean takes(Node node) {
        return node.mode == NodeMode.NORMAL && node.coverageTracker.refusal().isEmpty()
                && node.membership.clockRefusal().isEmpty();
    }

    private void write(Node node) {
        if (takes(node)) {
            String json = cluster.dice.chance(15) ? ""
                    : "\"" + node.start.id() + cluster.dice.below(1_000_000) + "\"";
            boolean month = cluster.wrongMs.getOrDefault(node.start.id(), 0L) == 0 && cluster.dice.chance(20);
            node.write("k" + cluster.dice.below(KEYS), json, month ? 30 * DAY_MS : 0).thenAccept(version -> {
                acknowledged.add(version);
                trace(node.start.id() + " writes " + text(version));
            });
        }
    }

    private void settle() throws IOException, UnusableDirectoryException {
        cluster.run(10_000);
        ids.forEach(id -> cluster.wrongMs.put(id, 0L));
        trace("all clocks are right");
        cluster.run(3_000);
        for (String id : ids) {
            if (node(id).store.root().tree()
                    .ahead(cluster.clock.wallMs() + ReplicationRules.CLOCK_AHEAD_MS, 100).count() > 0) {
                restamp(id);
            }
        }
        rest(5 * MINUTE_MS);
        for (String id : ids) {
            assertTrue(takes(node(id)), id + " takes no writes");
            CompletableFuture<Version> done = node(id).write("last-" + id, "1", 0);
            cluster.run(1_000);
            assertTrue(done.isDone(), id + " does not answer a write");
            assertTrue(done.join().timestamp() - cluster.clock.wallMs() <= ReplicationRules.CLOCK_AHEAD_MS,
                    id + " stamps a write ahead: " + text(done.join()));
        }
        cluster.run(10_000);
        assertTrue(cluster.equal(), "the nodes differ: " + differences());
        acknowledged.forEach(this::kept);
        for (String id : ids) {
            node(id).replication.remember();
            cluster.run(100);
            cluster.kill(id);
            assertTrue(DirectoryVerification.run(cluster.disk(id), finding -> { }).sound(),
                    "the directory of " + id);
        }
    }

    private String differences() {
        return ids.stream().map(id -> "\n" + id + ": " + IntStream.range(0, KEYS).mapToObj(key -> node(id)
                .version("k" + key).map(ClockStorm::text).orElse("-")).collect(Collectors.joining(", ")))
                .collect(Collectors.joining());
    }

    private void restamp(String id) throws IOException, UnusableDirectoryException {
        node(id).replication.remember();
        cluster.run(100);
        cluster.kill(id);
        SimDisk disk = cluster.live(id).restart();
        var result = Restamp.run(new StorageEnvironment(disk, cluster.clock, cluster.dice, Logger.none()),
                RememberedPeers::new, false, (old, made) -> {
            anew.put(old.uuid(), made);
            stamped++;
            trace(id + " stamps " + text(old) + " anew: " + text(made));
        });
        trace(id + " was stamped anew: " + result.keys());
        cluster.replace(id, disk);
        cluster.run(3_000);
    }

    /** Each node has the version, or the one that it became, or a greater one. */
    private void kept(Version version) {
        Version now = anew.getOrDefault(version.uuid(), version);
        for (String id : ids) {
            Optional<Version> held = node(id).version(version.key().text());
            assertTrue(held.isPresent() && held.get().rank().compareTo(now.rank()) >= 0,
                    "lost " + text(version) + " on " + id + ", which has " + held.map(ClockStorm::text));
            assertEquals(held.get().deleted(), held.get().deadAt(cluster.clock.wallMs()),
                    "dead before its time: " + text(held.get()));
        }
    }
}
