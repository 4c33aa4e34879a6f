package kvs.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
import kvs.documents.Purger;
import kvs.log.StorageEnvironment;
import kvs.model.BundleRules.Verdict;
import kvs.model.Coverage;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.Zone;
import kvs.recovery.ZoneNotes;
import kvs.sim.SimClock;
import kvs.sim.SimDice;
import kvs.sim.SimDisk;
import kvs.store.NoteWrites;
import kvs.store.Store;
import kvs.store.StoreHarness;
import kvs.store.StoreView;
import kvs.store.TransactionWrite;
import kvs.store.UnstampedVersion;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.TreeCursor;
import kvs.world.Clock;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.Logger;

/**
 * Two or three sites of one node each, and a person who carries files between them: late, twice, in any
 * order, or never. Nodes write, purge, lose power in the middle of a merge, and are put back to old copies;
 * sites are silent for longer than the window. What they promise is checked after every step. A run with the
 * same seed does the same.
 */
final class SiteStorm {

    static final long HOUR = 3_600_000;
    static final long WINDOW = 20 * HOUR;
    private static final long TICK = HOUR / 2;
    private static final long SILENT = WINDOW + WINDOW / 10;

    /** The links between sites. */
    enum Shape { TWO, ONE, CHAIN, CHAIN_ONE, TRIANGLE }

    final long seed;
    final Random random;
    final SimClock clock = new SimClock();
    final SimDice dice;
    final Shape shape;
    final List<Site> sites = new ArrayList<>();
    final List<Link> links = new ArrayList<>();
    final List<Zone> zones;
    final List<String> keys = new ArrayList<>();
    final Map<UUID, Version> versions = new HashMap<>();
    final Map<UUID, Long> writtenMs = new HashMap<>();
    /** All purged versions by key, on any site; sites that no zone joins purge a key each for itself. */
    final Map<String, List<Version>> purgedAnywhere = new HashMap<>();
    final Set<UUID> lost = new HashSet<>();
    final Set<UUID> returned = new HashSet<>();
    /** Versions that an interrupted merge left: here, not covered, passed on; the rules' open case. */
    final Set<UUID> unfinished = new HashSet<>();
    final Set<UUID> exempt = new HashSet<>();
    final Map<String, Integer> counts = new TreeMap<>();
    final List<String> failures = new ArrayList<>();
    private final PriorityQueue<Event> events = new PriorityQueue<>((x, y) -> x.at != y.at
            ? Long.compare(x.at, y.at) : Long.compare(x.number, y.number));
    private long number;
    private boolean faults = true;
    private boolean writing = true;
    private boolean putBack;
    private boolean reset;

    private record Event(long at, long number, Action action) { }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    /** A direction in which the zones travel. */
    final class Link {
        final Site from;
        final Site to;
        final boolean answered;
        boolean force;
        long muteUntil;

        Link(Site from, Site to, boolean answered) {
            this.from = from;
            this.to = to;
            this.answered = answered;
        }
    }

    /** A site of one node. */
    final class Site {
        final int index;
        final UUID id;
        final long skew;
        SimDisk disk;
        Store store;
        Purger purger;
        PurgeGuard guard;
        Optional<SimDisk> old = Optional.empty();
        long savedMs;
        boolean readOnly;
        final Map<String, Version> purged = new HashMap<>();
        /** What it had seen when the copy was made. */
        Set<UUID> seenByCopy = Set.of();
        final Map<UUID, Set<UUID>> seenBeforePurge = new HashMap<>();
        final Set<UUID> seen = new HashSet<>();
        final Clock wall = new Clock() {
            @Override
            public long wallMs() {
                return clock.wallMs() + skew;
            }

            @Override
            public long nanos() {
                return clock.nanos();
            }
        };

        Site(int index) {
            this.index = index;
            this.id = new UUID(index + 1, index + 1);
            this.skew = random.nextInt(60_000) - 30_000;
            this.disk = new SimDisk(dice);
        }

        void open() throws Exception {
            store = Store.open(new StorageEnvironment(disk, wall, dice, Logger.none()), StoreHarness.SMALL);
            StoreHarness.act(store, tx -> NoteWrites.beginLife(tx, new UUID(dice.bits(), dice.bits()),
                    store.recoveredOwn()));
            guard = new PurgeGuard(store, wall, () -> WINDOW);
            purger = new Purger(store, wall, Logger.none(), () -> WINDOW, new Purger.PurgeConstraints() {
                @Override
                public boolean ready() {
                    return guard.ready();
                }

                @Override
                public boolean have(Version version) {
                    return guard.allows(version);
                }
            });
        }

        Partner partner(Site other) {
            return new SiteRecords(store.root()).partner("s" + other.index).orElseThrow();
        }

        Map<String, Version> contents() {
            Map<String, Version> contents = new TreeMap<>();
            TreeCursor scan = store.root().tree().scan(KeyRange.from(new byte[] {1}));
            while (scan.next()) {
                Entry entry = scan.entry();
                contents.put(Key.ofBytes(entry.key()).text(), store.read(entry));
            }
            return contents;
        }

        /** The coverage of each zone, and under the root that of all keys. */
        Map<Zone, Coverage> covered() {
            Map<Zone, Coverage> covered = new HashMap<>();
            covered.put(Zone.of(List.of(Zone.ROOT)), store.durable());
            ZoneNotes notes = store.notes().zones();
            notes.all().forEach(zone -> covered.put(zone, notes.coverage(store.durable(), zone)));
            return covered;
        }
    }

    SiteStorm(long seed, Optional<Shape> only) throws Exception {
        this.seed = seed;
        this.random = new Random(seed);
        this.dice = new SimDice(seed);
        Shape[] shapes = {Shape.TWO, Shape.TWO, Shape.TWO, Shape.ONE, Shape.ONE, Shape.CHAIN, Shape.CHAIN_ONE,
            Shape.TRIANGLE};
        this.shape = only.orElse(shapes[random.nextInt(shapes.length)]);
        boolean twoZones = random.nextInt(3) == 0;
        Zone first = Zone.of(List.of("a"));
        zones = twoZones ? List.of(first, Zone.of(List.of("b"))) : List.of(first);
        int count = List.of(3, 6, 12).get(random.nextInt(3));
        for (int i = 0; i < count; i++) {
            keys.add((twoZones && i % 2 == 0 ? "b/" : "a/") + i);
        }
        keys.add("free/1");
        build();
    }

    private void build() throws Exception {
        for (int i = 0; i < (shape == Shape.TWO || shape == Shape.ONE ? 2 : 3); i++) {
            sites.add(new Site(i));
            sites.get(i).open();
        }
        int[][] pairs = switch (shape) {
            case TWO, ONE -> new int[][] {{0, 1}};
            case CHAIN, CHAIN_ONE -> new int[][] {{0, 1}, {1, 2}};
            case TRIANGLE -> new int[][] {{0, 1}, {1, 2}, {0, 2}};
        };
        boolean oneWay = isOneWay();
        for (int[] pair : pairs) {
            Site a = sites.get(pair[0]);
            Site b = sites.get(pair[1]);
            List<Zone> some = random.nextInt(10) < 7 ? zones : zones.subList(0, 1);
            byte[] secret = new byte[Partner.SECRET_BYTES];
            random.nextBytes(secret);
            UUID link = new UUID(random.nextLong(), random.nextLong());
            Partner atA = new Partner("s" + b.index, link, List.of(secret), b.id, some, true, !oneWay,
                    clock.wallMs());
            Partner atB = new Partner("s" + a.index, link, List.of(secret), a.id, some, !oneWay, true,
                    clock.wallMs());
            StoreHarness.act(a.store, tx -> SiteRecords.add(tx, atA, a.id));
            StoreHarness.act(b.store, tx -> SiteRecords.add(tx, atB, b.id));
            boolean answered = !oneWay || random.nextBoolean();
            links.add(new Link(a, b, answered));
            if (oneWay) {
                b.readOnly = b.readOnly || random.nextBoolean();
            } else {
                links.add(new Link(b, a, true));
            }
        }
    }

    boolean isOneWay() {
        return shape == Shape.ONE || shape == Shape.CHAIN_ONE;
    }

    private void say(String text) {
        if (Boolean.getBoolean("kvs.trace")) {
            System.out.printf("%8.2f %s%n", (clock.wallMs() - SimClock.START_MS) / (double) HOUR, text);
        }
    }

    private void fail(String text) {
        say("!! " + text);
        failures.add(text);
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    private void at(long delay, Action action) {
        events.add(new Event(clock.wallMs() + delay, number++, action));
    }

    private long hours(double least, double most) {
        return (long) ((least + random.nextDouble() * (most - least)) * HOUR);
    }

    private void until(long time) throws Exception {
        while (!events.isEmpty() && events.peek().at <= time) {
            Event next = events.poll();
            clock.advance(Math.max(0, next.at - clock.wallMs()));
            next.action.run();
        }
        clock.advance(Math.max(0, time - clock.wallMs()));
    }

    /** Runs all of it; the failures. */
    List<String> run() throws Exception {
        at(HOUR / 10, this::write);
        at(HOUR, this::fault);
        at(TICK, this::tick);
        links.forEach(link -> at(hours(0, 3), () -> make(link)));
        at(hours(2, 40), this::silence);
        until(clock.wallMs() + List.of(30L, 90L, 130L).get(random.nextInt(3)) * HOUR);
        faults = false;
        writing = false;
        for (Link link : links) {
            link.muteUntil = 0;
        }
        until(clock.wallMs() + 80 * HOUR);
        if (failures.isEmpty()) {
            end();
        }
        for (Site site : sites) {
            site.store.close();
        }
        return failures;
    }

    private void write() throws Exception {
        if (!writing) {
            return;
        }
        at(hours(0.05, random.nextBoolean() ? 0.6 : 3), this::write);
        Site site = sites.get(random.nextInt(sites.size()));
        if (!site.readOnly) {
            write(site, keys.get(random.nextInt(keys.size())), random.nextInt(10));
        }
    }

    private void write(Site site, String path, int kind) {
        Key key = Key.of(path);
        Optional<Entry> present = site.store.root().find(key).filter(e -> !e.deadAt(site.wall.wallMs()));
        boolean delete = kind < 4;
        if (delete && present.isEmpty()) {
            return;
        }
        long expires = kind > 6 ? site.wall.wallMs() + hours(0.5, 30) : Version.FOREVER;
        byte[] text = ("\"" + number++ + "\"").getBytes(StandardCharsets.US_ASCII);
        StoreHarness.act(site.store, tx -> tx.put(new UnstampedVersion(key,
                delete ? Optional.empty() : Optional.of(site.store.codec().pack(text)),
                delete ? Version.FOREVER : expires, Version.NOBODY)));
        Version made = site.store.read(site.store.root().find(key).orElseThrow());
        versions.put(made.uuid(), made);
        site.seen.add(made.uuid());
        writtenMs.put(made.uuid(), clock.wallMs());
        say("write " + site.index + " " + text(made));
    }

    private String text(Version version) {
        return version.key().text() + "@" + (version.timestamp() - SimClock.START_MS) / 1000
                + (version.deleted() ? "x" : version.expires() == Version.FOREVER ? "" : "<"
                        + (version.expires() - SimClock.START_MS) / 1000) + "#"
                + version.uuid().toString().substring(0, 4);
    }

    private void tick() throws Exception {
        at(TICK, this::tick);
        for (Site site : sites) {
            StoreView before = site.store.root();
            long head = site.store.head();
            long wait;
            int steps = 0;
            do {
                wait = site.purger.step();
                site.store.step();
                steps++;
            } while (wait <= 5 && steps < 100);
            if (site.store.head() != head) {
                gone(site, before);
            }
        }
        for (Site site : clock.wallMs() % (5 * TICK) < TICK ? sites : List.<Site>of()) {
            look(site);
        }
    }

    /** Counts what was purged since that state. */
    private void gone(Site site, StoreView before) {
        TreeCursor scan = before.tree().scan(KeyRange.from(new byte[] {1}));
        while (scan.next()) {
            if (site.store.root().tree().get(scan.entry().key()).isEmpty()) {
                purged(site, site.store.read(scan.entry()));
            }
        }
    }

    private void purged(Site site, Version version) {
        say("purge " + site.index + " " + text(version));
        count("purged");
        site.purged.merge(version.key().text(), version,
                (one, two) -> one.rank().compareTo(two.rank()) > 0 ? one : two);
        purgedAnywhere.computeIfAbsent(version.key().text(), key -> new ArrayList<>()).add(version);
        site.seenBeforePurge.put(version.uuid(), new HashSet<>(site.seen));
        SiteRecords records = new SiteRecords(site.store.root());
        for (Partner partner : records.partners()) {
            for (Zone zone : partner.zones()) {
                boolean silent = site.wall.wallMs() - records.statements(partner).of(zone).heardMs() > SILENT;
                if (zone.contains(version.key().bytes()) && silent) {
                    exempt.add(version.uuid());
                }
            }
        }
    }

    // Files.

    private void make(Link link) throws Exception {
        at(faults ? hours(1, random.nextBoolean() ? 3 : 9) : hours(1, 4), () -> make(link));
        if (clock.wallMs() < link.muteUntil) {
            return;
        }
        Site site = link.from;
        Partner partner = site.partner(link.to);
        byte[] file = file(site, partner, BundleHead.Kind.BUNDLE, link.force);
        link.force = false;
        carry(link, () -> arrive(link, file));
    }

    private byte[] file(Site site, Partner partner, BundleHead.Kind kind, boolean full) throws IOException {
        StoreHarness.act(site.store, tx -> SiteRecords.takeNumber(tx, partner));
        BundleMaker maker = new BundleMaker(site.store);
        long now = site.wall.wallMs();
        BundleHead head = maker.head(new BundleMaker.Request(kind, partner, site.id, 1, now,
                maker.completeUntil(partner, now, List.of())), full ? Optional.empty()
                        : Optional.of(new SiteRecords(site.store.root()).statements(partner)), dice);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BundleTrailer trailer = maker.write(head, partner, out, looked -> { });
        if (!partner.receives()) {
            StoreHarness.act(site.store, tx -> SiteRecords.delivered(tx, partner, head));
        }
        count(kind == BundleHead.Kind.RECEIPT ? "receipt" : head.zones().get(0).base().isPresent() ? "delta"
                : "full");
        say(kind + " " + site.index + " for " + partner.name() + ", " + trailer.entries() + " versions, full "
                + head.zones().stream().map(zone -> zone.base().isEmpty()).toList());
        return out.toByteArray();
    }

    private void carry(Link link, Action arrival) {
        if (clock.wallMs() < link.muteUntil) {
            return;
        }
        if (!faults) {
            at(hours(0.1, 0.3), arrival);
            return;
        }
        for (int i = List.of(0, 1, 1, 1, 1, 2).get(random.nextInt(6)); i > 0; i--) {
            int kind = random.nextInt(4);
            at(kind < 2 ? hours(0.1, 0.5) : kind == 2 ? hours(0.3, 5) : hours(5, 60), arrival);
        }
    }

    private DiskFile onStick(byte[] file) throws IOException {
        SimDisk stick = new SimDisk(dice);
        DiskFile disk = stick.open("file", Disk.Mode.CREATE);
        disk.write(ByteBuffer.wrap(file), 0);
        return disk;
    }

    private Optional<BundleVerification.Result> verified(Site site, byte[] file) throws Exception {
        DiskFile disk = onStick(file);
        try {
            return Optional.of(new BundleVerification(site.store, site.wall.wallMs()).run(disk, read -> { }));
        } catch (RejectedBundleException e) {
            count("rejected " + e.kind());
            fail("rejected: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void arrive(Link link, byte[] file) throws Exception {
        Site site = link.to;
        Optional<BundleVerification.Result> found = verified(site, file);
        if (found.isEmpty()) {
            return;
        }
        BundleVerification.Result result = found.get();
        Optional<Verdict> refused = result.refused().map(BundleVerification.ZoneResult::verdict);
        if (refused.isPresent()) {
            count("refused " + refused.get());
            say("refuse at " + site.index + " " + refused.get());
            BundleLab.run(site.store, BundleMerge.statement(result));
        } else {
            merge(site, result);
        }
        look(site);
        if (link.answered) {
            byte[] receipt = receipt(link);
            carry(link, () -> hear(link.from, receipt));
        } else if (refused.equals(Optional.of(Verdict.MISSING)) && (!faults || random.nextInt(3) == 0)) {
            link.force = true;
        }
        boolean told = !faults || random.nextInt(3) == 0;
        if (refused.equals(Optional.of(Verdict.PUT_BACK)) && isOneWay() && told) {
            StoreHarness.act(site.store, tx -> SiteRecords.reset(tx, result.partner().name()));
            reset = true;
            count("reset");
            byte[] receipt = receipt(link);
            at(HOUR / 10, () -> hear(link.from, receipt));
        }
    }

    /** A receipt, which on a one-way link is carried back by hand. */
    private byte[] receipt(Link link) throws IOException {
        return file(link.to, link.to.partner(link.from), BundleHead.Kind.RECEIPT, false);
    }

    private void hear(Site site, byte[] receipt) throws Exception {
        Optional<BundleVerification.Result> found = verified(site, receipt);
        if (found.isPresent()) {
            BundleLab.run(site.store, BundleMerge.statement(found.get()));
            say("statement at " + site.index);
        }
    }

    private void merge(Site site, BundleVerification.Result result) throws Exception {
        int writes = faults && random.nextInt(12) == 0 ? random.nextInt(4) : Integer.MAX_VALUE;
        int[] done = {0};
        BundleMerge merge = new BundleMerge(site.store, new BundleMerge.WriteRunner() {
            @Override
            public <T> T run(TransactionWrite<T> write) throws IOException {
                if (done[0]++ >= writes) {
                    throw new IOException("power cut");
                }
                return BundleLab.run(site.store, write);
            }
        }, result, site.wall.wallMs());
        try {
            BundleMerge.Summary summary = merge.run(read -> { });
            count("merged");
            counts.merge("buried", (int) summary.buried(), Integer::sum);
            say("merge at " + site.index + " " + summary);
        } catch (IOException cut) {
            count("interrupted");
            say("power cut at " + site.index);
            crash(site);
            Map<Zone, Coverage> covered = site.covered();
            site.contents().values().stream().filter(version -> !covers(covered, version))
                    .forEach(version -> unfinished.add(version.uuid()));
        }
    }

    // Faults.

    private void crash(Site site) throws Exception {
        site.disk = site.disk.restart();
        site.open();
        look(site);
    }

    private void fault() throws Exception {
        if (!faults) {
            return;
        }
        at(hours(1, 8), this::fault);
        Site site = sites.get(random.nextInt(sites.size()));
        int kind = random.nextInt(10);
        if (kind < 4) {
            say("crash " + site.index);
            crash(site);
        } else if (kind < 6 && sites.stream().allMatch(each -> each.old.isEmpty()) && !putBack) {
            site.store.close();
            site.old = Optional.of(site.disk.copy());
            site.savedMs = clock.wallMs();
            site.seenByCopy = Set.copyOf(site.seen);
            site.disk = site.disk.restart();
            site.open();
            say("copy of " + site.index);
        } else if (kind < 8 && site.old.isPresent() && shape != Shape.TRIANGLE) {
            putBack(site);
        }
    }

    private void putBack(Site site) throws Exception {
        count("put back");
        say("put back " + site.index);
        putBack = true;
        UUID origin = site.store.origin();
        versions.values().stream().filter(version -> version.dot().origin().equals(origin)
                && writtenMs.getOrDefault(version.uuid(), 0L) >= site.savedMs)
                .forEach(version -> lost.add(version.uuid()));
        site.disk = site.old.get().restart();
        site.old = Optional.empty();
        // What it saw after the copy it has never seen.
        site.seen.retainAll(site.seenByCopy);
        site.purged.clear();
        site.open();
        look(site);
    }

    private void silence() {
        if (!faults) {
            return;
        }
        at(hours(40, 90), this::silence);
        Link link = links.get(random.nextInt(links.size()));
        long end = clock.wallMs() + List.of(10L, 35L, 50L, 66L).get(random.nextInt(4)) * HOUR;
        for (Link each : links) {
            boolean other = each.from == link.to && each.to == link.from && random.nextInt(4) > 0;
            if (each == link || other) {
                each.muteUntil = end;
            }
        }
        say("silent " + link.from.index + " " + link.to.index);
    }

    // What must hold.

    private void look(Site site) {
        Map<String, Version> contents = site.contents();
        long now = site.wall.wallMs();
        for (Version present : contents.values()) {
            site.seen.add(present.uuid());
            versions.putIfAbsent(present.uuid(), present);
            Version gone = site.purged.get(present.key().text());
            if (gone != null && gone.rank().compareTo(present.rank()) > 0 && !present.deadAt(now)) {
                if (isUnseen(site, present, gone)) {
                    returned.add(present.uuid());
                } else if (!returned.contains(present.uuid())) {
                    fail("resurrect: " + site.index + " shows " + text(present) + " after the purge of "
                            + text(gone));
                }
            }
        }
        Map<Zone, Coverage> covered = site.covered();
        for (Version version : versions.values()) {
            if (covers(covered, version) && !lost.contains(version.uuid())) {
                check(site, version, Optional.ofNullable(contents.get(version.key().text())), now);
            }
        }
    }

    private static boolean covers(Map<Zone, Coverage> covered, Version version) {
        return covered.entrySet().stream().anyMatch(each -> each.getValue().covers(version.dot())
                && each.getKey().contains(version.key().bytes()));
    }

    /**
     * Invariant 3: the purging site had never seen it, and had waited long enough, or could not hear. What a
     * site forgot with its directory no site can tell it from which nothing comes.
     */
    private boolean isUnseen(Site site, Version present, Version gone) {
        boolean seen = sites.stream().filter(each -> !putBack || each == site || tells(each, site))
                .anyMatch(each -> each.seenBeforePurge.getOrDefault(gone.uuid(), Set.of())
                        .contains(present.uuid()));
        boolean excused = exempt.contains(gone.uuid()) || putBack || reset || isOneWay();
        return unfinished.contains(present.uuid()) || !seen && excused;
    }

    /** Whether files of a site come to another one, directly or through a third. */
    private boolean tells(Site from, Site to) {
        return links.stream().filter(link -> link.from == from)
                .anyMatch(link -> link.to == to || !isOneWay() || tells(link.to, to));
    }

    private void check(Site site, Version version, Optional<Version> present, long now) {
        boolean here = present.filter(one -> one.rank().compareTo(version.rank()) >= 0).isPresent();
        boolean allowed = present.isEmpty() || present.get().deadAt(now)
                || returned.contains(present.get().uuid()) || putBack;
        if (here || isPurged(version) && (allowed
                || purges(version).anyMatch(gone -> isUnseen(site, present.get(), gone)))) {
            return;
        }
        boolean exists = sites.stream().anyMatch(each -> each.contents().values().stream()
                .anyMatch(one -> one.uuid().equals(version.uuid())));
        if (isPurged(version)) {
            fail("false: " + site.index + " covers " + text(version) + " and shows " + text(present.get()));
        } else if (exists) {
            fail("coverage: " + site.index + " covers " + text(version) + " and has "
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
        long now = clock.wallMs() + 60_000;
        for (Link link : links) {
            Map<String, Version> from = link.from.contents();
            Map<String, Version> to = link.to.contents();
            for (String key : keys) {
                boolean travels = link.from.partner(link.to).zones().stream()
                        .anyMatch(zone -> zone.contains(Key.of(key).bytes()));
                if (travels) {
                    equal(link, Optional.ofNullable(from.get(key)), Optional.ofNullable(to.get(key)), now);
                }
            }
        }
        for (Map.Entry<UUID, Long> written : writtenMs.entrySet()) {
            Version version = versions.get(written.getKey());
            boolean there = isPurged(version) || sites.stream().anyMatch(site -> Optional.ofNullable(
                    site.contents().get(version.key().text()))
                    .filter(one -> one.rank().compareTo(version.rank()) >= 0).isPresent());
            if (!there && !lost.contains(version.uuid()) && !putBack) {
                fail("lost: " + text(version));
            }
        }
        for (Site site : sites) {
            Map<Zone, Coverage> covered = site.covered();
            site.contents().values().stream().filter(version -> version.deadAt(now)
                    && covers(covered, version)
                    && now - Math.max(version.timestamp(), version.deleted() ? 0 : version.expires())
                            > 5 * WINDOW / 2).findFirst()
                    .ifPresent(version -> fail("kept: " + site.index + " " + text(version)));
        }
    }

    private void equal(Link link, Optional<Version> from, Optional<Version> to, long now) {
        Optional<Version> there = from.filter(version -> !version.deadAt(now));
        Optional<Version> here = to.filter(version -> !version.deadAt(now));
        if (!isOneWay()) {
            if (!there.map(Version::uuid).equals(here.map(Version::uuid))) {
                fail("apart: " + link.from.index + " has " + from.map(this::text) + ", " + link.to.index
                        + " has " + to.map(this::text));
            }
        } else if (there.isPresent() && !isPurged(there.get())
                && to.filter(one -> one.rank().compareTo(there.get().rank()) >= 0).isEmpty()) {
            fail("apart: " + link.from.index + " publishes " + text(there.get()) + ", " + link.to.index
                    + " has " + to.map(this::text));
        }
    }
}
