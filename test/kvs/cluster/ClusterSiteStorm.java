package kvs.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import kvs.bundle.BundleHead;
import kvs.bundle.BundleMerge;
import kvs.bundle.BundleVerification;
import kvs.bundle.Partner;
import kvs.bundle.RejectedBundleException;
import kvs.bundle.SiteRecords;
import kvs.cluster.SimCluster.Node;
import kvs.model.BundleRules.Verdict;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Refusal;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.recovery.ZoneNotes;
import kvs.sim.SimClock;
import kvs.sim.SimDisk;
import kvs.store.TransactionWrite;

/**
 * Two or three sites of one to three whole nodes each, and a person who carries files between them: late,
 * twice, in any order, or never, to any node. Within a site messages are lost and late, links are cut, nodes
 * lose power, also in the middle of a merge, stay away, are put back to old copies, and have clocks that
 * jump; sites are silent for longer than the window. What they promise is checked after every event: on
 * every node, no covered write is missing, and nothing that was purged is alive again beyond invariant 3. In
 * the end all nodes of all sites are equal. A run with the same seed does the same.
 */
final class ClusterSiteStorm {

    private static final long HOUR = 3_600_000;
    static final long WINDOW = 3 * HOUR;
    private static final long SILENT = WINDOW + WINDOW / 10;
    /** Of each stretch of time the processes stand still but for its last part. */
    private static final long STRETCH_MS = 300_000;
    private static final long AWAKE_MS = 12_000;

    /** The links between sites. */
    enum Shape { TWO, ONE, CHAIN, CHAIN_ONE, TRIANGLE }

    private static final int READY_TRIES = 20;
    /** The time in which what a member took reaches the others. */
    private static final long SETTLE_MS = 15_000;
    final long seed;
    final Shape shape;
    final Map<String, Integer> counts = new TreeMap<>();
    private final Random random;
    private final List<SimSite> sites = new ArrayList<>();
    private final Map<SimSite, Memory> memories = new HashMap<>();
    private final Set<SimSite> readOnly = new HashSet<>();
    private final List<Link> links = new ArrayList<>();
    private final List<Zone> zones;
    private final List<String> keys = new ArrayList<>();
    private final Map<UUID, Version> versions = new HashMap<>();
    private final Map<UUID, Long> writtenMs = new HashMap<>();
    private final Map<String, List<Version>> purgedAnywhere = new HashMap<>();
    private final Set<UUID> lost = new HashSet<>();
    private final Set<UUID> returned = new HashSet<>();
    /** Versions that an interrupted merge left: here, not covered, passed on; the rules' open case. */
    private final Set<UUID> unfinished = new HashSet<>();
    private final Set<UUID> exempt = new HashSet<>();
    private final List<String> failures = new ArrayList<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>((x, y) -> x.at != y.at
            ? Long.compare(x.at, y.at) : Long.compare(x.number, y.number));
    private Optional<OldCopy> copy = Optional.empty();
    private long number;
    private long stoodMs;
    private boolean faults = true;
    /** Whether files arrive when they are made. */
    private boolean direct;
    private boolean putBack;
    private boolean reset;

    private record Event(long at, long number, Action action) { }

    /** Two nodes that are compared. */
    private record NodePair(SimSite site, Node node, SimSite otherSite, Node other) { }

    private record OldCopy(SimSite site, String node, SimDisk disk, long savedMs, Set<UUID> seen) { }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    /** A direction in which the zones travel. */
    private static final class Link {
        private final SimSite from;
        private final SimSite to;
        private final boolean answered;
        private boolean force;
        private long muteUntil;

        private Link(SimSite from, SimSite to, boolean answered) {
            this.from = from;
            this.to = to;
            this.answered = answered;
        }
    }

    /** The observations at a site. */
    private static final class Memory {
        private final Map<String, Version> shown = new HashMap<>();
        private final Map<String, Version> purged = new HashMap<>();
        private final Map<UUID, Set<UUID>> seenBeforePurge = new HashMap<>();
        private final Set<UUID> seen = new HashSet<>();
    }

    ClusterSiteStorm(long seed) throws Exception {
        this.seed = seed;
        this.random = new Random(seed);
        Shape[] shapes = {Shape.TWO, Shape.TWO, Shape.TWO, Shape.ONE, Shape.CHAIN, Shape.CHAIN_ONE,
            Shape.TRIANGLE};
        this.shape = shapes[random.nextInt(shapes.length)];
        boolean twoZones = random.nextInt(3) == 0;
        Zone first = Zone.of(List.of("a"));
        zones = twoZones ? List.of(first, Zone.of(List.of("b"))) : List.of(first);
        int count = List.of(3, 6, 10).get(random.nextInt(3));
        for (int i = 0; i < count; i++) {
            keys.add((twoZones && i % 2 == 0 ? "b/" : "a/") + i);
        }
        keys.add("free/1");
        build();
    }

    private void build() throws Exception {
        for (int i = 0; i < (shape == Shape.TWO || shape == Shape.ONE ? 2 : 3); i++) {
            SimCluster cluster = new SimCluster(seed * 4 + i);
            cluster.heartbeatMs = 1_000;
            cluster.idleMs = 50;
            cluster.restMs = 5_000;
            cluster.windowMs = WINDOW;
            sites.add(new SimSite(i, cluster).begin(List.of(1, 2, 2, 3).get(random.nextInt(4))));
            sites.get(i).ids.forEach(id -> cluster.wrongMs.put(id, random.nextInt(40_000) - 20_000L));
            memories.put(sites.get(i), new Memory());
        }
        run(20_000);
        int[][] pairs = switch (shape) {
            case TWO, ONE -> new int[][] {{0, 1}};
            case CHAIN, CHAIN_ONE -> new int[][] {{0, 1}, {1, 2}};
            case TRIANGLE -> new int[][] {{0, 1}, {1, 2}, {0, 2}};
        };
        for (int[] pair : pairs) {
            SimSite a = sites.get(pair[0]);
            SimSite b = sites.get(pair[1]);
            List<Zone> some = random.nextInt(10) < 7 ? zones : zones.subList(0, 1);
            SimSite.link(a, b, some, !isOneWay());
            links.add(new Link(a, b, !isOneWay() || random.nextBoolean()));
            if (!isOneWay()) {
                links.add(new Link(b, a, true));
            } else if (random.nextBoolean()) {
                readOnly.add(b);
            }
        }
        run(20_000);
        sites.forEach(site -> site.cluster.network.faults(3, 40));
    }

    private boolean isOneWay() {
        return shape == Shape.ONE || shape == Shape.CHAIN_ONE;
    }

    private void say(String text) {
        if (Boolean.getBoolean("kvs.trace")) {
            System.out.printf("%8.3f %s%n", (now() - SimClock.START_MS) / (double) HOUR, text);
        }
    }

    private void fail(String text) {
        say("!! " + text);
        failures.add(text);
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    private long now() {
        return sites.get(0).cluster.clock.wallMs();
    }

    private void at(long delay, Action action) {
        events.add(new Event(now() + delay, number++, action));
    }

    private long hours(double least, double most) {
        return (long) ((least + random.nextDouble() * (most - least)) * HOUR);
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private void run(long ms) {
        sites.forEach(site -> site.cluster.run(ms));
    }

    private void pass(long ms) {
        long left = ms;
        while (left > 0) {
            long part = Math.min(left, Math.max(0, STRETCH_MS - AWAKE_MS - stoodMs));
            sites.forEach(site -> site.cluster.freeze(part));
            left -= part;
            stoodMs += part;
            if (stoodMs >= STRETCH_MS - AWAKE_MS) {
                sites.forEach(site -> site.cluster.pass(AWAKE_MS));
                left -= AWAKE_MS;
                stoodMs = 0;
            }
        }
    }

    private void until(long time) throws Exception {
        while (!events.isEmpty() && events.peek().at <= time && failures.isEmpty()) {
            Event next = events.poll();
            pass(Math.max(0, next.at - now()));
            next.action.run();
            sites.forEach(this::look);
        }
        pass(Math.max(0, time - now()));
    }

    /** Runs all of it; the failures. */
    List<String> run() throws Exception {
        at(HOUR / 20, this::write);
        at(HOUR / 2, this::fault);
        links.forEach(link -> at(hours(0, 1), () -> make(link)));
        at(hours(1, 8), this::silence);
        until(now() + any(List.of(4L, 8L, 14L)) * HOUR);
        faults = false;
        for (Link link : links) {
            link.muteUntil = 0;
        }
        for (SimSite site : sites) {
            calm(site);
        }
        exchange();
        until(now() + 11 * HOUR);
        run(60_000);
        sites.forEach(this::look);
        if (failures.isEmpty()) {
            end();
        }
        return failures;
    }

    /**
     * Carries the files of all links in turn, at once and without a loss, until all sites are equal: after
     * two exchanges at most. Where a directory was put back to an older state, the first file that its site
     * takes only says so.
     */
    private void exchange() throws Exception {
        direct = true;
        for (int i = 0; i < READY_TRIES && sites.stream().anyMatch(site -> site.ready().size()
                < site.ids.size()); i++) {
            run(SETTLE_MS);
        }
        int bound = putBack ? 3 : 2;
        int done = 0;
        while (done < bound && failures.isEmpty() && !apart().isEmpty()) {
            for (Link link : links) {
                for (int i = 0; i < READY_TRIES && !exchange(link); i++) {
                    run(SETTLE_MS);
                }
                run(SETTLE_MS);
                sites.forEach(this::look);
            }
            done++;
        }
        direct = false;
        count("exchanges " + shape + " " + done);
        apart().stream().findFirst().ifPresent(text -> fail("after " + bound + " exchanges: " + text));
    }

    /** Carries a file; whether one could be made, which a member that is behind refuses. */
    private boolean exchange(Link link) throws Exception {
        Optional<byte[]> file = file(link.from, link.to, BundleHead.Kind.BUNDLE, link.force);
        if (file.isPresent()) {
            link.force = false;
            arrive(link, file.get(), READY_TRIES);
        }
        return file.isPresent();
    }

    private void calm(SimSite site) {
        mend(site);
        site.cluster.network.faults(0, 5);
        site.ids.stream().filter(id -> !site.node(id).up).forEach(site.cluster::restart);
    }

    private void write() throws Exception {
        if (!faults) {
            return;
        }
        at(hours(0.02, random.nextBoolean() ? 0.15 : 0.6), this::write);
        SimSite site = any(sites);
        List<Node> ready = site.ready();
        if (readOnly.contains(site) || ready.isEmpty()) {
            return;
        }
        Node node = any(ready);
        String path = any(keys);
        boolean delete = random.nextInt(10) < 4;
        if (delete && node.version(path).filter(v -> !v.deadAt(node.clock.wallMs())).isEmpty()) {
            return;
        }
        double most = random.nextBoolean() ? 0.5 : 5;
        long ttlMs = !delete && random.nextInt(2) == 0 ? hours(0.05, most) : 0;
        Version made = site.write(node, path, delete ? "" : "\"" + number++ + "\"", ttlMs);
        versions.put(made.uuid(), made);
        writtenMs.put(made.uuid(), now());
        say("write " + name(site, node) + " " + text(made));
    }

    private static String name(SimSite site, Node node) {
        return site.index + node.start.id();
    }

    private String text(Version version) {
        return version.key().text() + "@" + (version.timestamp() - SimClock.START_MS) / 1000
                + (version.deleted() ? "x" : version.expires() == Version.FOREVER ? "" : "<"
                        + (version.expires() - SimClock.START_MS) / 1000) + "#"
                + version.uuid().toString().substring(0, 4);
    }

    // Files.

    private void make(Link link) throws Exception {
        at(faults ? hours(0.2, random.nextBoolean() ? 0.6 : 2) : hours(0.5, 1), () -> make(link));
        if (now() < link.muteUntil) {
            return;
        }
        Optional<byte[]> file = file(link.from, link.to, BundleHead.Kind.BUNDLE, link.force);
        link.force &= file.isEmpty();
        if (file.isPresent()) {
            carry(link, () -> arrive(link, file.get(), 0));
        }
    }

    /** A file by any node of a site. */
    private Optional<byte[]> file(SimSite from, SimSite to, BundleHead.Kind kind, boolean full)
            throws IOException {
        List<Node> ready = from.ready();
        if (ready.isEmpty()) {
            count("nobody");
            return Optional.empty();
        }
        Node node = any(ready);
        try {
            byte[] made = from.make(node, kind, to, full);
            count(kind == BundleHead.Kind.BUNDLE ? "bundle" : "receipt");
            say(kind + " by " + name(from, node) + " for " + to.name());
            return Optional.of(made);
        } catch (Refusal behind) {
            count("behind");
            return Optional.empty();
        }
    }

    private void carry(Link link, Action arrival) throws Exception {
        if (now() < link.muteUntil) {
            return;
        }
        if (direct) {
            arrival.run();
            return;
        }
        if (!faults) {
            at(hours(0.02, 0.06), arrival);
            return;
        }
        for (int i = any(List.of(0, 1, 1, 1, 1, 2)); i > 0; i--) {
            int kind = random.nextInt(4);
            at(kind < 2 ? hours(0.02, 0.1) : kind == 2 ? hours(0.1, 1) : hours(1, 10), arrival);
        }
    }

    private void arrive(Link link, byte[] file, int tries) throws Exception {
        List<Node> ready = link.to.ready();
        if (ready.isEmpty()) {
            if (tries < 20) {
                at(HOUR / 10, () -> arrive(link, file, tries + 1));
            }
            return;
        }
        Node node = any(ready);
        // What was purged until now was purged by what was known until now.
        look(link.to);
        Optional<BundleVerification.Result> found = verified(link.to, node, file);
        if (found.isEmpty()) {
            return;
        }
        BundleVerification.Result result = found.get();
        Optional<Verdict> refused = result.refused().map(BundleVerification.ZoneResult::verdict);
        if (refused.isPresent()) {
            count("refused " + refused.get());
            say("refuse at " + name(link.to, node) + " " + refused.get());
            SimSite.run(node, BundleMerge.statement(result));
        } else {
            merge(link.to, node, result);
        }
        if (link.answered) {
            Optional<byte[]> receipt = file(link.to, link.from, BundleHead.Kind.RECEIPT, false);
            if (receipt.isPresent()) {
                carry(link, () -> hear(link.from, receipt.get()));
            }
        } else if (refused.equals(Optional.of(Verdict.MISSING)) && (!faults || random.nextInt(3) == 0)) {
            link.force = true;
        }
        boolean told = !faults || random.nextInt(3) == 0;
        if (refused.equals(Optional.of(Verdict.PUT_BACK)) && isOneWay() && told) {
            SimSite.run(node, new TransactionWrite<>(SiteRecords.BYTES,
                    tx -> SiteRecords.reset(tx, result.partner().name())));
            reset = true;
            count("reset");
        }
    }

    private Optional<BundleVerification.Result> verified(SimSite site, Node node, byte[] file)
            throws IOException {
        try {
            return Optional.of(site.verify(node, file));
        } catch (RejectedBundleException e) {
            count("rejected " + e.kind());
            if (putBack && e.kind() == RejectedBundleException.Cause.COPY && site.ids.size() > 1) {
                startAnew(site, node);
                return Optional.empty();
            }
            fail("rejected at " + name(site, node) + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private void hear(SimSite site, byte[] receipt) throws IOException {
        if (!site.ready().isEmpty()) {
            Node node = any(site.ready());
            look(site);
            Optional<BundleVerification.Result> found = verified(site, node, receipt);
            if (found.isPresent()) {
                SimSite.run(node, BundleMerge.statement(found.get()));
                say("statement at " + name(site, node));
            }
        }
    }

    /** A merge, during which time may pass, and the power may go. */
    private void merge(SimSite site, Node node, BundleVerification.Result result) throws Exception {
        int writes = faults && random.nextInt(10) == 0 ? random.nextInt(4) : Integer.MAX_VALUE;
        long pauseMs = faults && random.nextInt(4) == 0 ? hours(0.01, 0.3) : 0;
        int[] done = {0};
        BundleMerge merge = new BundleMerge(node.store, new BundleMerge.WriteRunner() {
            @Override
            public <T> T run(TransactionWrite<T> write) throws IOException {
                if (done[0]++ >= writes) {
                    throw new IOException("power cut");
                }
                pass(pauseMs);
                look(site);
                return SimSite.run(node, write);
            }
        }, result, node.clock.wallMs());
        try {
            BundleMerge.Summary summary = merge.run(read -> { });
            count(summary.changed() ? "changed" : summary.complete() ? "merged" : "incomplete");
            counts.merge("buried", (int) summary.buried(), Integer::sum);
            say("merge at " + name(site, node) + " " + summary);
        } catch (IOException cut) {
            count("interrupted");
            say("power cut at " + name(site, node));
            Node again = site.cluster.restart(node.start.id());
            Map<Zone, Coverage> covered = covered(again);
            contents(again).values().stream().filter(version -> !covers(covered, version))
                    .forEach(version -> unfinished.add(version.uuid()));
        }
    }

    // Faults.

    private void mend(SimSite site) {
        site.ids.forEach(one -> site.ids.forEach(other -> site.cluster.mend(one, other)));
    }

    private void fault() {
        if (!faults) {
            return;
        }
        at(hours(0.2, 1.5), this::fault);
        SimSite site = any(sites);
        String id = any(site.ids);
        int kind = random.nextInt(12);
        say("fault " + kind + " at " + site.index + id);
        if (kind < 3) {
            site.cluster.restart(id);
        } else if (kind < 5) {
            site.cluster.cut(id, any(site.ids));
            at(hours(0.05, 1), () -> mend(site));
        } else if (kind < 7) {
            site.cluster.kill(id);
            at(hours(0.05, 1.5), () -> {
                if (!site.node(id).up) {
                    site.cluster.restart(id);
                }
            });
        } else if (kind < 9) {
            site.cluster.wrongMs.put(id, random.nextInt(50_000) - 25_000L);
        } else if (copy.isEmpty() && !putBack && seed % 3 == 0) {
            copy = Optional.of(new OldCopy(site, id, site.cluster.disk(id), now(),
                    Set.copyOf(memories.get(site).seen)));
        } else if (copy.isPresent() && shape != Shape.TRIANGLE) {
            putBack(copy.get());
        }
    }

    private void putBack(OldCopy old) {
        count("put back");
        say("put back " + old.site.index + old.node);
        putBack = true;
        copy = Optional.empty();
        UUID origin = old.site.node(old.node).store.origin();
        versions.values().stream().filter(version -> version.dot().origin().equals(origin)
                && writtenMs.getOrDefault(version.uuid(), 0L) >= old.savedMs)
                .forEach(version -> lost.add(version.uuid()));
        old.site.cluster.replace(old.node, old.disk);
        // A node without members begins its new life in its first moments.
        run(2_000);
        Memory memory = memories.get(old.site);
        memory.shown.keySet().removeIf(where -> where.startsWith(old.node + " "));
        memory.purged.clear();
        if (old.site.ids.size() == 1) {
            // What it saw after the copy it has never seen.
            memory.seen.retainAll(old.seen);
        }
    }

    /**
     * The operator's answer when a file shows that a node is an old copy, whose last writes no other member
     * had received: it starts with an empty directory.
     */
    private void startAnew(SimSite site, Node node) {
        say("start anew " + name(site, node));
        UUID origin = node.store.origin();
        versions.values().stream().filter(version -> version.dot().origin().equals(origin))
                .forEach(version -> lost.add(version.uuid()));
        site.cluster.replace(node.start.id(), new SimDisk(site.cluster.dice));
        memories.get(site).shown.keySet().removeIf(where -> where.startsWith(node.start.id() + " "));
    }

    private void silence() {
        if (!faults) {
            return;
        }
        at(hours(2, 7), this::silence);
        Link link = any(links);
        long end = now() + any(List.of(1L, 2L, 3L, 4L, 8L)) * HOUR;
        for (Link each : links) {
            boolean other = each.from == link.to && each.to == link.from && random.nextInt(4) > 0;
            if (each == link || other) {
                each.muteUntil = end;
            }
        }
        say("silent " + link.from.index + " " + link.to.index);
    }

    // What must hold.

    private Map<String, Version> contents(Node node) {
        Map<String, Version> contents = new TreeMap<>();
        keys.forEach(key -> node.version(key).ifPresent(version -> contents.put(key, version)));
        return contents;
    }

    /** The coverage of each zone, and under the root that of all keys; none of a node that claims nothing. */
    private static Map<Zone, Coverage> covered(Node node) {
        Map<Zone, Coverage> covered = new HashMap<>();
        node.coverageTracker.shown().ifPresent(shown -> {
            covered.put(Zone.of(List.of(Zone.ROOT)), shown);
            ZoneNotes notes = node.store.notes().zones();
            notes.all().forEach(zone -> covered.put(zone, notes.coverage(shown, zone)));
        });
        return covered;
    }

    private static boolean covers(Map<Zone, Coverage> covered, Version version) {
        return covered.entrySet().stream().anyMatch(each -> each.getValue().covers(version.dot())
                && each.getKey().contains(version.key().bytes()));
    }

    private void look(SimSite site) {
        Memory memory = memories.get(site);
        List<Node> up = site.cluster.nodes.values().stream().filter(node -> node.up).toList();
        up.forEach(node -> contents(node).values().forEach(version -> {
            memory.seen.add(version.uuid());
            versions.putIfAbsent(version.uuid(), version);
        }));
        // First the purges of all nodes: one takes over the coverage of another, which has purged already.
        for (Node node : up) {
            Map<String, Version> contents = contents(node);
            for (String key : keys) {
                look(site, node, key, Optional.ofNullable(contents.get(key)));
            }
        }
        for (Node node : up) {
            Map<String, Version> contents = contents(node);
            Map<Zone, Coverage> covered = covered(node);
            for (Version version : versions.values()) {
                if (covers(covered, version) && !lost.contains(version.uuid())) {
                    check(site, node, version, Optional.ofNullable(contents.get(version.key().text())));
                }
            }
        }
    }

    private void look(SimSite site, Node node, String key, Optional<Version> present) {
        Memory memory = memories.get(site);
        String where = node.start.id() + " " + key;
        Version before = memory.shown.remove(where);
        long now = node.clock.wallMs();
        if (present.isEmpty()) {
            if (before != null) {
                purged(site, node, before);
            }
            return;
        }
        Version version = present.get();
        memory.shown.put(where, version);
        if (before != null && before.rank().compareTo(version.rank()) > 0 && !isPurged(before)) {
            fail("went back: " + name(site, node) + " from " + text(before) + " to " + text(version));
        }
        Version gone = memory.purged.get(key);
        if (gone != null && gone.rank().compareTo(version.rank()) > 0 && !version.deadAt(now + 60_000)) {
            if (isUnseen(site, version, gone)) {
                returned.add(version.uuid());
            } else if (!returned.contains(version.uuid())) {
                fail("resurrect: " + name(site, node) + " shows " + text(version) + " after the purge of "
                        + text(gone));
            }
        }
    }

    /** A version is gone that was shown: it was purged, or a dead one that superseded it in between. */
    private void purged(SimSite site, Node node, Version shown) {
        long now = node.clock.wallMs() + 60_000;
        Version version = shown.deadAt(now) ? shown : versions.values().stream()
                .filter(one -> one.key().equals(shown.key()) && one.deadAt(now)
                        && one.rank().compareTo(shown.rank()) > 0)
                .min((one, two) -> one.rank().compareTo(two.rank())).orElse(shown);
        say("purge " + name(site, node) + " " + text(version));
        count("purged");
        Memory memory = memories.get(site);
        if (!version.deadAt(now) && !putBack) {
            fail("vanished: " + name(site, node) + " " + text(version));
        }
        memory.purged.merge(version.key().text(), version,
                (one, two) -> one.rank().compareTo(two.rank()) > 0 ? one : two);
        purgedAnywhere.computeIfAbsent(version.key().text(), key -> new ArrayList<>()).add(version);
        memory.seenBeforePurge.putIfAbsent(version.uuid(), new HashSet<>(memory.seen));
        SiteRecords records = new SiteRecords(node.store.root());
        for (Partner partner : records.partners()) {
            for (Zone zone : partner.zones()) {
                long heardMs = records.statements(partner).of(zone).heardMs();
                boolean silent = node.clock.wallMs() - heardMs > SILENT;
                if (zone.contains(version.key().bytes()) && silent) {
                    exempt.add(version.uuid());
                }
            }
        }
    }

    /**
     * Invariant 3: the purging site had never seen it, and had waited long enough, or could not hear. What a
     * site forgot with its directory no site can tell it from which nothing comes.
     */
    private boolean isUnseen(SimSite site, Version present, Version gone) {
        boolean seen = sites.stream().filter(each -> !putBack || each == site || tells(each, site))
                .anyMatch(each -> memories.get(each).seenBeforePurge
                        .getOrDefault(gone.uuid(), Set.of()).contains(present.uuid()));
        boolean excused = exempt.contains(gone.uuid()) || putBack || reset || isOneWay();
        return unfinished.contains(present.uuid()) || !seen && excused;
    }

    /** Whether files of a site come to another one, directly or through a third. */
    private boolean tells(SimSite from, SimSite to) {
        return links.stream().filter(link -> link.from == from)
                .anyMatch(link -> link.to == to || !isOneWay() || tells(link.to, to));
    }

    private void check(SimSite site, Node node, Version version, Optional<Version> present) {
        if (present.isEmpty() && !isPurged(version) && version.deadAt(node.clock.wallMs() + 60_000)) {
            // It came dead, and was purged before anybody looked.
            purged(site, node, version);
        }
        boolean here = present.filter(one -> one.rank().compareTo(version.rank()) >= 0).isPresent();
        boolean allowed = present.isEmpty() || present.get().deadAt(node.clock.wallMs() + 60_000)
                || returned.contains(present.get().uuid()) || putBack;
        if (here || isPurged(version) && (allowed
                || purges(version).anyMatch(gone -> isUnseen(site, present.get(), gone)))) {
            return;
        }
        boolean exists = sites.stream().flatMap(each -> each.cluster.nodes.values().stream())
                .anyMatch(each -> contents(each).values().stream()
                        .anyMatch(one -> one.uuid().equals(version.uuid())));
        if (isPurged(version)) {
            fail("false: " + name(site, node) + " covers " + text(version) + " and shows "
                    + text(present.get()));
        } else if (exists) {
            fail("coverage: " + name(site, node) + " covers " + text(version) + " and has "
                    + present.map(this::text));
        }
    }

    private boolean isPurged(Version version) {
        return purges(version).findAny().isPresent();
    }

    /** The purges of a version, or of one that is greater. */
    private Stream<Version> purges(Version version) {
        return purgedAnywhere.getOrDefault(version.key().text(), List.of()).stream()
                .filter(gone -> gone.rank().compareTo(version.rank()) >= 0);
    }

    private void end() {
        for (SimSite site : sites) {
            if (site.ready().size() < site.ids.size()) {
                fail("not ready: " + site.index + " " + site.ready().size());
            }
            site.cluster.nodes.values().forEach(node -> kept(site, node));
        }
        apart().forEach(this::fail);
        for (UUID written : writtenMs.keySet()) {
            Version version = versions.get(written);
            boolean there = isPurged(version) || sites.stream()
                    .flatMap(site -> site.cluster.nodes.values().stream())
                    .anyMatch(node -> node.version(version.key().text())
                            .filter(one -> one.rank().compareTo(version.rank()) >= 0).isPresent());
            if (!there && !lost.contains(written) && !putBack) {
                fail("lost: " + text(version));
            }
        }
    }

    private void kept(SimSite site, Node node) {
        Map<Zone, Coverage> covered = covered(node);
        long now = node.clock.wallMs();
        contents(node).values().stream().filter(version -> version.deadAt(now) && covers(covered, version)
                && now - Math.max(version.timestamp(), version.deleted() ? 0 : version.expires())
                        > 3 * WINDOW).findFirst()
                .ifPresent(version -> fail("kept: " + name(site, node) + " " + text(version)));
    }

    /** The keys of which two nodes that should be equal have different versions. */
    private List<String> apart() {
        List<String> apart = new ArrayList<>();
        for (SimSite site : sites) {
            for (Node node : site.cluster.nodes.values()) {
                for (Node other : site.cluster.nodes.values()) {
                    keys.forEach(key -> apart(false, new NodePair(site, node, site, other), key)
                            .ifPresent(apart::add));
                }
            }
        }
        for (Link link : links) {
            for (Node from : link.from.cluster.nodes.values()) {
                List<Zone> travel = link.from.partner(from, link.to).orElseThrow().zones();
                keys.stream().filter(key -> travel.stream()
                        .anyMatch(zone -> zone.contains(Key.of(key).bytes()))).forEach(key ->
                        link.to.cluster.nodes.values().forEach(to -> apart(isOneWay(),
                                new NodePair(link.from, from, link.to, to), key).ifPresent(apart::add)));
            }
        }
        return apart;
    }

    private Optional<String> apart(boolean oneWay, NodePair pair, String key) {
        long now = now() + 60_000;
        Optional<Version> there = pair.node.version(key).filter(version -> !version.deadAt(now));
        Optional<Version> here = pair.other.version(key).filter(version -> !version.deadAt(now));
        boolean missing = there.isPresent() && !isPurged(there.get()) && pair.other.version(key)
                .filter(one -> one.rank().compareTo(there.get().rank()) >= 0).isEmpty();
        return (oneWay ? missing : !there.map(Version::uuid).equals(here.map(Version::uuid)))
                ? Optional.of("apart: " + name(pair.site, pair.node) + " has "
                        + pair.node.version(key).map(this::text) + ", " + name(pair.otherSite, pair.other)
                        + " has " + pair.other.version(key).map(this::text)) : Optional.empty();
    }
}
