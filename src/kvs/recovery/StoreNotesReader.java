package kvs.recovery;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import kvs.log.BadRecordException;
import kvs.log.DamagedRecords;
import kvs.log.DataFileNames;
import kvs.log.LogHead;
import kvs.log.Manifest;
import kvs.log.OpenSegments;
import kvs.log.Segment;
import kvs.log.SegmentSequence;
import kvs.log.SegmentScan;
import kvs.log.UnusableDirectoryException;
import kvs.model.Coverage;
import kvs.tree.Tree;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * Reads the notes of a data directory that no node uses: from the newest good checkpoint and the later
 * records of the log. Changes nothing.
 */
public final class StoreNotesReader {

    private final Disk disk;

    private StoreNotesReader(Disk disk) {
        this.disk = disk;
    }

    /**
     * Reads the notes; empty when this is no data directory.
     *
     * @throws UnusableDirectoryException when a node uses it
     */
    public static Optional<StoreNotes> read(Disk disk) throws IOException, UnusableDirectoryException {
        if (!disk.list().contains(Manifest.NAME)) {
            return Optional.empty();
        }
        Closeable lock = disk.lock(DataFileNames.LOCK)
                .orElseThrow(() -> new UnusableDirectoryException("a node uses " + disk.where()));
        try (lock) {
            return Optional.of(new StoreNotesReader(disk).read());
        }
    }

    /**
     * The id of the life of a directory, whether a node uses it or not; empty when this is no data directory.
     */
    public static Optional<UUID> origin(Disk disk) throws IOException {
        return disk.list().contains(Manifest.NAME) ? Optional.of(Manifest.load(disk).origin())
                : Optional.empty();
    }

    private StoreNotes read() throws IOException {
        Manifest manifest = Manifest.load(disk);
        List<String> names = disk.list();
        try (OpenSegments segments = new OpenSegments()) {
            for (Manifest.LiveSegment live : manifest.segments()) {
                if (names.contains(DataFileNames.segment(live.number()))) {
                    segments.add(Segment.open(disk, live, false));
                }
            }
            Checkpoint from = checkpoint(names, manifest);
            Replay log = new Replay(from, segments, manifest.origin(), Long.MAX_VALUE / 2, 0);
            for (Manifest.LiveSegment live : manifest.segments()) {
                Optional<Segment> segment = segments.get(live.number());
                if (segment.isPresent() && live.number() >= from.snapshot().segment()) {
                    boolean first = live.number() == from.snapshot().segment();
                    int start = first ? from.snapshot().end() : Segment.HEAD_BYTES;
                    log.begin(live.number());
                    new SegmentScan(segment.get(), Math.max(start, live.durable()), log).run(start);
                }
            }
            return log.notes();
        }
    }

    private Checkpoint checkpoint(List<String> names, Manifest manifest) throws IOException {
        List<Integer> numbers = names.stream().map(DataFileNames::checkpointNumber).flatMap(Optional::stream)
                .sorted((a, b) -> b - a).toList();
        for (int number : numbers) {
            Optional<Checkpoint> good = good(DataFileNames.checkpoint(number), manifest);
            if (good.isPresent()) {
                return good.get();
            }
        }
        IndexSnapshot empty = new IndexSnapshot(Tree.empty(Tree.WIDTH), DamagedRecords.NONE);
        return new Checkpoint(new LogState(empty, 0, Segment.HEAD_BYTES, LogHead.START, StoreNotes.NONE,
                SegmentSequence.NONE), List.of(), Coverage.NONE, Map.of());
    }

    private Optional<Checkpoint> good(String name, Manifest manifest) throws IOException {
        try (DiskFile file = disk.open(name, Disk.Mode.READ)) {
            Checkpoint checkpoint = Checkpoint.load(file, Tree.WIDTH);
            return Recovery.of(checkpoint.snapshot(), manifest) ? Optional.of(checkpoint) : Optional.empty();
        } catch (BadRecordException unreadable) {
            return Optional.empty();
        }
    }
}
