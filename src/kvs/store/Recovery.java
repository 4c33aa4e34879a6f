package kvs.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.model.Coverage;
import kvs.tree.Tree;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.Failures;

/**
 * Opens a directory: reads MANIFEST, takes the newest good checkpoint, replays what came after it, cuts off a torn tail, and removes what an
 * interrupted step left behind. It changes nothing before it has decided that the directory can be opened.
 */
final class Recovery {

    private final Doors doors;
    private final StoreSettings settings;
    private final Segments segments = new Segments();
    private final List<String> problems = new ArrayList<>();

    /** What was found. */
    record Found(Journal journal, Owners owners, Snapshot snapshot, Reach reach, List<String> problems) { }

    Recovery(Doors doors, StoreSettings settings) {
        this.doors = doors;
        this.settings = settings;
    }

    /** The state of the directory, ready for the next boot. */
    Found run() throws IOException, StoreException {
        try {
            List<String> names = doors.disk().list();
            Manifest manifest = manifest(names);
            List<String> leftovers = leftovers(names, manifest);
            openSegments(manifest, names);
            Checkpoint from = checkpoint(names, manifest, leftovers);
            Replay replay = new Replay(from, segments, manifest.origin(), doors.clock().wallMs(), settings.keep().history());
            int end = replay(manifest, from, replay);
            for (String name : leftovers) {
                doors.disk().delete(name);
            }
            Manifest cleared = manifest.with(manifest.origin(), List.of());
            Journal journal = new Journal(doors, settings, cleared, new Journal.Opened(segments, replay.filters()), end);
            Root root = new Root(replay.tree(), replay.damage());
            Snapshot found = new Snapshot(root, journal.segment(), journal.end(), replay.head(), replay.notes(), journal.layout());
            return new Found(journal, replay.owners(), found, replay.reach(), problems);
        } catch (IOException | StoreException | RuntimeException e) {
            segments.close();
            throw e;
        }
    }

    private Manifest manifest(List<String> names) throws IOException, StoreException {
        if (names.contains(Manifest.NAME)) {
            try {
                return Manifest.load(doors.disk());
            } catch (Manifest.Newer e) {
                throw DataDirectory.newer(doors.disk());
            } catch (BadRecord e) {
                throw new StoreException(where(Manifest.NAME) + " is unreadable: " + Failures.text(e) + ". Restore the directory from a backup");
            }
        }
        if (names.contains(Veil.NAME)) {
            throw new StoreException("a restore into " + doors.disk().where() + " was not finished: do it again, or remove the directory");
        }
        Optional<String> log = names.stream().filter(name -> Names.segmentNumber(name).isPresent()).findFirst();
        if (log.isPresent()) {
            throw new StoreException(where(log.get()) + " is there but " + Manifest.NAME + " is not. Restore the directory from a backup, or"
                    + " move these files away to start empty");
        }
        UUID origin = new UUID(doors.dice().bits(), doors.dice().bits());
        return new Manifest(origin, doors.clock().wallMs(), List.of(), List.of(), List.of());
    }

    /** Files of steps that a crash interrupted. A segment that MANIFEST does not name never held an acknowledged write. */
    private List<String> leftovers(List<String> names, Manifest manifest) throws IOException, StoreException {
        List<String> leftovers = new ArrayList<>();
        for (String name : names) {
            Optional<Integer> number = Names.segmentNumber(name);
            if (name.endsWith(".tmp") && (name.startsWith(Manifest.NAME) || name.contains(".checkpoint"))) {
                leftovers.add(name);
            } else if (number.isPresent() && manifest.segments().stream().noneMatch(s -> s.number() == number.get())) {
                leftovers.add(manifest.retired().contains(number.get()) ? name : empty(name));
            }
        }
        return leftovers;
    }

    private String empty(String name) throws IOException, StoreException {
        try (DiskFile file = doors.disk().open(name, Disk.Mode.READ)) {
            if (!Segment.copied(file) && new LogWindow(file).dirtyEnd(Math.min(file.size(), Segment.HEAD_BYTES)) > Segment.HEAD_BYTES) {
                throw new StoreException(where(name) + " holds data but " + Manifest.NAME + " does not name it: the files of two directories or of"
                        + " two times are mixed here. Restore the directory from a backup");
            }
            return name;
        }
    }

    private void openSegments(Manifest manifest, List<String> names) throws IOException, StoreException {
        for (Manifest.Live live : manifest.segments()) {
            String name = Names.segment(live.number());
            if (names.contains(name)) {
                segments.add(Segment.open(doors.disk(), live, live == manifest.segments().get(manifest.segments().size() - 1)));
            } else {
                degraded("segment " + where(name) + " is missing");
            }
        }
    }

    /**
     * The newest good checkpoint. All others are leftovers: one may point to a copy that MANIFEST never learnt of, and the next copy may have the
     * same number.
     */
    private Checkpoint checkpoint(List<String> names, Manifest manifest, List<String> leftovers) throws IOException {
        List<Integer> numbers = names.stream().map(Names::checkpointNumber).flatMap(Optional::stream).sorted((a, b) -> b - a).toList();
        Optional<Checkpoint> good = Optional.empty();
        for (int number : numbers) {
            Optional<Checkpoint> next = good.isPresent() ? Optional.empty() : good(Names.checkpoint(number), manifest);
            if (next.isEmpty()) {
                leftovers.add(Names.checkpoint(number));
            }
            good = good.or(() -> next);
        }
        Root empty = new Root(Tree.empty(Tree.WIDTH), Damage.NONE);
        return good.orElse(new Checkpoint(new Snapshot(empty, 0, Segment.HEAD_BYTES, Head.START, Notes.NONE, Layout.NONE), List.of(), Coverage.NONE,
                Map.of()));
    }

    private Optional<Checkpoint> good(String name, Manifest manifest) throws IOException {
        try (DiskFile file = doors.disk().open(name, Disk.Mode.READ)) {
            Checkpoint checkpoint = Checkpoint.load(file, Tree.WIDTH);
            if (of(checkpoint.snapshot(), manifest)) {
                return Optional.of(checkpoint);
            }
            doors.log().warn("checkpoint of another log ignored", "file", name);
        } catch (BadRecord e) {
            doors.log().warn("unreadable checkpoint ignored: the log is read instead", "file", name, "why", Failures.text(e));
        }
        return Optional.empty();
    }

    /** Whether a state is one of this log: compaction may have replaced what it points to. */
    static boolean of(Snapshot state, Manifest manifest) {
        return state.layout().numbers().equals(manifest.segments().stream().map(Manifest.Live::number).filter(n -> n <= state.segment()).toList());
    }

    /** Replays what came after the checkpoint; where the next group goes in the last segment, 0 for a new one. */
    private int replay(Manifest manifest, Checkpoint from, Replay replay) throws IOException, StoreException {
        int end = 0;
        for (Manifest.Live live : manifest.segments()) {
            Optional<Segment> segment = segments.get(live.number());
            end = 0;
            if (live.number() < from.snapshot().segment() || segment.isEmpty()) {
                continue;
            }
            boolean first = live.number() == from.snapshot().segment();
            int start = first ? from.snapshot().end() : Segment.HEAD_BYTES;
            replay.begin(live.number());
            SegmentScan.End found = new SegmentScan(segment.get(), Math.max(start, live.durable()), replay).run(start);
            for (String what : replay.takeLost()) {
                degraded(where(Names.segment(live.number())) + ": " + what + ", and nobody can tell which keys that were");
            }
            end = last(manifest, live) ? cutTail(segment.get(), found) : 0;
        }
        return end;
    }

    private static boolean last(Manifest manifest, Manifest.Live live) {
        return live == manifest.segments().get(manifest.segments().size() - 1);
    }

    /** What a killed process had written but not forced is served from now on, so it is made durable too. */
    private int cutTail(Segment segment, SegmentScan.End found) throws IOException {
        if (found.torn() > 0) {
            doors.log().warn("torn tail of the log cut off: a write that was not whole, and not acknowledged",
                    "file", Names.segment(segment.number()), "at", found.end(), "bytes_dropped", found.torn());
            segment.cut(found.end());
        }
        segment.force();
        return found.end();
    }

    private void degraded(String what) throws StoreException {
        if (!settings.forceDegraded()) {
            throw new StoreException(what + ". Restore the directory from a backup, or start with --force-degraded to serve what is left:"
                    + " keys whose newest version was there may then show an older one or be missing");
        }
        problems.add(what);
        doors.log().warn("opened degraded", "why", what);
    }

    private String where(String name) {
        return doors.disk().where() + "/" + name;
    }
}
