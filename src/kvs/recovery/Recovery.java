package kvs.recovery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.log.BadRecordException;
import kvs.log.DamagedRecords;
import kvs.log.DataDirectoryCheck;
import kvs.log.DataFileNames;
import kvs.log.FileWindow;
import kvs.log.HighWatermarks;
import kvs.log.Journal;
import kvs.log.LogHead;
import kvs.log.Manifest;
import kvs.log.OpenSegments;
import kvs.log.OwnerNumbers;
import kvs.log.Segment;
import kvs.log.SegmentSequence;
import kvs.log.SegmentScan;
import kvs.log.StagingDirectory;
import kvs.log.StorageEnvironment;
import kvs.log.StorageSettings;
import kvs.log.UnusableDirectoryException;
import kvs.model.Coverage;
import kvs.tree.Tree;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/**
 * Opens a directory: reads MANIFEST, loads the newest good checkpoint, replays the later records, cuts off a
 * torn tail, and removes the leftovers of interrupted steps. Nothing is changed before it is decided that the
 * directory can be opened.
 */
public final class Recovery {

    private final StorageEnvironment environment;
    private final StorageSettings settings;
    private final OpenSegments segments = new OpenSegments();
    private final List<String> problems = new ArrayList<>();

    /** The result of a recovery; {@code checkpoint}: the state of the checkpoint that it began with. */
    public record RecoveredLog(Journal journal, OwnerNumbers owners, LogState snapshot,
            HighWatermarks watermarks, LogState checkpoint, List<String> problems) { }

    /** A recovery of the directory of that environment. */
    public Recovery(StorageEnvironment environment, StorageSettings settings) {
        this.environment = environment;
        this.settings = settings;
    }

    /** Recovers the state of the directory, ready for the next boot. */
    public RecoveredLog run() throws IOException, UnusableDirectoryException {
        try {
            List<String> names = environment.disk().list();
            Manifest manifest = manifest(names);
            List<String> leftovers = leftovers(names, manifest);
            openSegments(manifest, names);
            Checkpoint from = checkpoint(names, manifest, leftovers);
            Replay replay = new Replay(from, segments, manifest.origin(), environment.clock().wallMs(),
                    settings.keep().history());
            int end = replay(manifest, from, replay);
            for (String name : leftovers) {
                environment.disk().delete(name);
            }
            Manifest cleared = manifest.with(manifest.origin(), List.of());
            Journal journal = new Journal(environment, settings, cleared,
                    new Journal.SegmentsAndFilters(segments, replay.filters()), end);
            IndexSnapshot root = new IndexSnapshot(replay.tree(), replay.damage());
            LogState found = new LogState(root, journal.segment(), journal.end(), replay.head(),
                    replay.notes(), journal.layout());
            return new RecoveredLog(journal, replay.owners(), found, replay.reach(),
                    from.snapshot(), problems);
        } catch (IOException | UnusableDirectoryException | RuntimeException e) {
            segments.close();
            throw e;
        }
    }

    private Manifest manifest(List<String> names) throws IOException, UnusableDirectoryException {
        if (names.contains(Manifest.NAME)) {
            try {
                return Manifest.load(environment.disk());
            } catch (Manifest.NewerFormatException e) {
                throw DataDirectoryCheck.newer(environment.disk(), e);
            } catch (BadRecordException e) {
                throw new UnusableDirectoryException(where(Manifest.NAME) + " is unreadable: "
                        + FailureText.text(e) + ". Restore the directory from a backup");
            }
        }
        if (names.contains(StagingDirectory.NAME)) {
            throw new UnusableDirectoryException("a restore into " + environment.disk().where()
                    + " did not finish: repeat it, or remove the directory");
        }
        Optional<String> log = names.stream()
                .filter(name -> DataFileNames.segmentNumber(name).isPresent()).findFirst();
        if (log.isPresent()) {
            throw new UnusableDirectoryException(where(log.get()) + " exists but " + Manifest.NAME + " does"
                    + " not. Restore the directory from a backup, or move these files away to start empty");
        }
        UUID origin = new UUID(environment.dice().bits(), environment.dice().bits());
        return new Manifest(origin, environment.clock().wallMs(), List.of(), List.of(), List.of());
    }

    /**
     * The files of steps that a crash interrupted. A segment that MANIFEST does not name never contained an
     * acknowledged write.
     */
    private List<String> leftovers(List<String> names, Manifest manifest)
            throws IOException, UnusableDirectoryException {
        List<String> leftovers = new ArrayList<>();
        for (String name : names) {
            Optional<Integer> number = DataFileNames.segmentNumber(name);
            if (name.endsWith(".tmp") && (name.startsWith(Manifest.NAME) || name.contains(".checkpoint"))) {
                leftovers.add(name);
            } else if (number.isPresent()
                    && manifest.segments().stream().noneMatch(s -> s.number() == number.get())) {
                leftovers.add(manifest.retired().contains(number.get()) ? name : empty(name));
            }
        }
        return leftovers;
    }

    private String empty(String name) throws IOException, UnusableDirectoryException {
        try (DiskFile file = environment.disk().open(name, Disk.Mode.READ)) {
            if (!Segment.copied(file) && new FileWindow(file)
                    .dirtyEnd(Math.min(file.size(), Segment.HEAD_BYTES)) > Segment.HEAD_BYTES) {
                throw new UnusableDirectoryException(where(name) + " holds data but " + Manifest.NAME
                        + " does not list it: files of two directories or of two times are mixed here."
                        + " Restore the directory from a backup");
            }
            return name;
        }
    }

    private void openSegments(Manifest manifest, List<String> names)
            throws IOException, UnusableDirectoryException {
        for (Manifest.LiveSegment live : manifest.segments()) {
            String name = DataFileNames.segment(live.number());
            if (names.contains(name)) {
                segments.add(Segment.open(environment.disk(), live,
                        live == manifest.segments().get(manifest.segments().size() - 1)));
            } else {
                degraded("segment " + where(name) + " is missing");
            }
        }
    }

    /**
     * The newest good checkpoint. All others are leftovers: one may point to a copy that MANIFEST never
     * named, and the next copy may have the same number.
     */
    private Checkpoint checkpoint(List<String> names, Manifest manifest, List<String> leftovers)
            throws IOException {
        List<Integer> numbers = names.stream().map(DataFileNames::checkpointNumber).flatMap(Optional::stream)
                .sorted((a, b) -> b - a).toList();
        Optional<Checkpoint> good = Optional.empty();
        for (int number : numbers) {
            Optional<Checkpoint> next = good.isPresent() ? Optional.empty()
                    : good(DataFileNames.checkpoint(number), manifest);
            if (next.isEmpty()) {
                leftovers.add(DataFileNames.checkpoint(number));
            }
            good = good.or(() -> next);
        }
        IndexSnapshot empty = new IndexSnapshot(Tree.empty(Tree.WIDTH), DamagedRecords.NONE);
        return good.orElse(new Checkpoint(new LogState(empty, 0, Segment.HEAD_BYTES, LogHead.START,
                StoreNotes.NONE, SegmentSequence.NONE), List.of(), Coverage.NONE, Map.of()));
    }

    private Optional<Checkpoint> good(String name, Manifest manifest) throws IOException {
        try (DiskFile file = environment.disk().open(name, Disk.Mode.READ)) {
            Checkpoint checkpoint = Checkpoint.load(file, Tree.WIDTH);
            if (of(checkpoint.snapshot(), manifest)) {
                return Optional.of(checkpoint);
            }
            environment.log().warn("checkpoint of another log ignored", "file", name);
        } catch (BadRecordException e) {
            environment.log().warn("unreadable checkpoint ignored: the log is read instead", "file", name,
                    "why", FailureText.text(e));
        }
        return Optional.empty();
    }

    /** Whether a state belongs to this log: compaction may have replaced the segments that it points to. */
    static boolean of(LogState state, Manifest manifest) {
        return state.layout().numbers().equals(manifest.segments().stream().map(Manifest.LiveSegment::number)
                .filter(n -> n <= state.segment()).toList());
    }

    /**
     * Replays the records after the checkpoint; the offset of the next group in the last segment, 0 for a new
     * segment.
     */
    private int replay(Manifest manifest, Checkpoint from, Replay replay)
            throws IOException, UnusableDirectoryException {
        int end = 0;
        for (Manifest.LiveSegment live : manifest.segments()) {
            Optional<Segment> segment = segments.get(live.number());
            end = 0;
            if (live.number() < from.snapshot().segment() || segment.isEmpty()) {
                continue;
            }
            boolean first = live.number() == from.snapshot().segment();
            int start = first ? from.snapshot().end() : Segment.HEAD_BYTES;
            replay.begin(live.number());
            SegmentScan.ScanEnd found = new SegmentScan(segment.get(), Math.max(start, live.durable()),
                    replay).run(start);
            for (String what : replay.takeLost()) {
                degraded(where(DataFileNames.segment(live.number())) + ": " + what
                        + ", and the keys in it are unknown");
            }
            end = last(manifest, live) ? cutTail(segment.get(), found) : 0;
        }
        return end;
    }

    private static boolean last(Manifest manifest, Manifest.LiveSegment live) {
        return live == manifest.segments().get(manifest.segments().size() - 1);
    }

    /**
     * Cuts off a torn tail and forces the segment: writes that a killed process had not forced are served
     * from now on, so they are made durable too.
     */
    private int cutTail(Segment segment, SegmentScan.ScanEnd found) throws IOException {
        if (found.torn() > 0) {
            environment.log()
                    .warn("torn tail of the log removed: an incomplete write, which was not acknowledged",
                            "file", DataFileNames.segment(segment.number()), "at", found.end(),
                            "bytes_dropped", found.torn());
            segment.cut(found.end());
        }
        segment.force();
        return found.end();
    }

    private void degraded(String what) throws UnusableDirectoryException {
        if (!settings.forceDegraded()) {
            throw new UnusableDirectoryException(what
                    + ". Restore the directory from a backup, or start with --force-degraded to serve the"
                    + " rest: keys whose newest version is lost may then show an older one or be missing");
        }
        problems.add(what);
        environment.log().warn("the store is open without the lost part of its log", "why", what);
    }

    private String where(String name) {
        return environment.disk().where() + "/" + name;
    }
}
