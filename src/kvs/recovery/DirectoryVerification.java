package kvs.recovery;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import kvs.log.BadRecordException;
import kvs.log.DamagedRecords;
import kvs.log.DataDirectoryCheck;
import kvs.log.DataFileNames;
import kvs.log.DocumentCodec;
import kvs.log.LogHead;
import kvs.log.Manifest;
import kvs.log.OpenSegments;
import kvs.log.Record;
import kvs.log.Segment;
import kvs.log.SegmentSequence;
import kvs.log.SegmentScan;
import kvs.log.UnusableDirectoryException;
import kvs.log.VersionChain;
import kvs.model.Coverage;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.tree.Entry;
import kvs.tree.KeyRange;
import kvs.tree.Tree;
import kvs.tree.TreeCursor;
import kvs.world.Disk;
import kvs.world.DiskFile;
import kvs.world.FailureText;

/**
 * Verifies every byte of a data directory that no node uses and lists every fault, not only the first:
 * MANIFEST, each segment with its groups and records, the id of each version against its content, each
 * checkpoint against the log. Changes nothing.
 */
public final class DirectoryVerification {

    private final Disk disk;
    private final Consumer<Finding> report;
    private final ReadProgress progress;
    private final VersionIdHasher ids = new VersionIdHasher();
    private final DocumentCodec codec = new DocumentCodec(0);
    private final OpenSegments segments = new OpenSegments();
    private long records;
    private long bytes;
    private boolean faulty;
    /** Bytes of the whole log, and of the segments that were read before the present one. */
    private long bytesInAll;
    private long bytesBefore;

    /**
     * A finding of the verification.
     *
     * @param fault whether it is a fault; otherwise it is the ordinary trace of a crash
     * @param text file, position and description
     */
    public record Finding(boolean fault, String text) { }

    /**
     * The result of a verification.
     *
     * @param segments number of files of the log
     * @param records records in them
     * @param bytes bytes in them
     * @param keys keys in the index, tombstones too
     * @param sound whether there was no fault
     */
    public record Result(int segments, long records, long bytes, long keys, boolean sound) { }

    /** Receives how far the reading of the log is. */
    @FunctionalInterface
    public interface ReadProgress {

        /** So many {@code bytes} have been read of {@code all}. */
        void read(long bytes, long all);
    }

    private DirectoryVerification(Disk disk, Consumer<Finding> report, ReadProgress progress) {
        this.disk = disk;
        this.report = report;
        this.progress = progress;
    }

    /** Verifies a directory without reporting how far it is. */
    public static Result run(Disk disk, Consumer<Finding> report)
            throws IOException, UnusableDirectoryException {
        return run(disk, report, (read, all) -> { });
    }

    /**
     * Verifies a directory; findings are reported as they are made.
     *
     * @throws UnusableDirectoryException when a node uses it, or it is no data directory
     */
    public static Result run(Disk disk, Consumer<Finding> report, ReadProgress progress)
            throws IOException, UnusableDirectoryException {
        if (!disk.list().contains(Manifest.NAME)) {
            throw new UnusableDirectoryException(disk.where() + " is not a data directory: it has no "
                    + Manifest.NAME);
        }
        DataDirectoryCheck.checkManifest(disk);
        Closeable lock = disk.lock(DataFileNames.LOCK).orElseThrow(
                () -> new UnusableDirectoryException("a node uses " + disk.where() + ": stop it first"));
        DirectoryVerification verification = new DirectoryVerification(disk, report, progress);
        try {
            return verification.all();
        } finally {
            verification.segments.close();
            verification.codec.close();
            lock.close();
        }
    }

    /** The faults only, for tests. */
    public static List<String> faults(Disk disk) throws IOException, UnusableDirectoryException {
        List<String> faults = new ArrayList<>();
        run(disk, finding -> {
            if (finding.fault) {
                faults.add(finding.text);
            }
        });
        return faults;
    }

    private Result all() throws IOException {
        Manifest manifest;
        try {
            manifest = Manifest.load(disk);
        } catch (BadRecordException e) {
            fault(Manifest.NAME + ": " + FailureText.text(e));
            return new Result(0, 0, 0, 0, false);
        }
        List<String> names = disk.list();
        strangers(names, manifest);
        IndexSnapshot empty = new IndexSnapshot(Tree.empty(Tree.WIDTH), DamagedRecords.NONE);
        Checkpoint nothing = new Checkpoint(new LogState(empty, 0, 0, LogHead.START, StoreNotes.NONE,
                SegmentSequence.NONE), List.of(), Coverage.NONE, Map.of());
        Replay log = new Replay(nothing, segments, manifest.origin(), Long.MAX_VALUE / 2, VersionChain.MAX);
        bytesInAll = logBytes(manifest, names);
        for (Manifest.LiveSegment live : manifest.segments()) {
            if (names.contains(DataFileNames.segment(live.number()))) {
                segment(live, live == manifest.segments().get(manifest.segments().size() - 1), log);
            } else {
                fault(DataFileNames.segment(live.number()) + ": missing");
            }
        }
        for (String name : names) {
            if (DataFileNames.checkpointNumber(name).isPresent()) {
                checkpoint(name, log, manifest);
            }
        }
        return new Result(segments.count(), records, bytes, log.tree().summary().count(), !faulty);
    }

    private long logBytes(Manifest manifest, List<String> names) throws IOException {
        long sum = 0;
        for (Manifest.LiveSegment live : manifest.segments()) {
            String name = DataFileNames.segment(live.number());
            if (names.contains(name)) {
                try (DiskFile file = disk.open(name, Disk.Mode.READ)) {
                    sum += file.size();
                }
            }
        }
        return sum;
    }

    private void strangers(List<String> names, Manifest manifest) {
        for (String name : names) {
            Optional<Integer> number = DataFileNames.segmentNumber(name);
            if (number.isPresent()
                    && manifest.segments().stream().noneMatch(s -> s.number() == number.get())) {
                notice(name + ": not listed in " + Manifest.NAME
                        + "; a crash may have left it, and the next start removes it if it is empty");
            } else if (name.endsWith(".tmp")) {
                notice(name + ": a crash left it, and the next start removes it");
            }
        }
    }

    private void segment(Manifest.LiveSegment live, boolean last, Replay log) throws IOException {
        String name = DataFileNames.segment(live.number());
        Segment segment = Segment.open(disk, live, false);
        segments.add(segment);
        bytesBefore = bytes;
        bytes += segment.file().size();
        if (!segment.headIntact()) {
            fault(name + ": head of the file");
        }
        log.begin(live.number());
        SegmentScan.ScanEnd end = new SegmentScan(segment, live.durable(), new Reporter(name, log))
                .run(Segment.HEAD_BYTES);
        if (end.torn() > 0 && last) {
            notice(name + ": " + end.torn() + " bytes of a torn tail at " + end.end()
                    + ": one of its sectors is zero, as after a power cut during a write that was not"
                    + " acknowledged; the next start removes them");
        } else if (last && end.end() > end.proven()) {
            notice(name + ": the end of the log at " + end.end()
                    + " has no proof: a last group that the disk has zeroed would look the same."
                    + " A regular stop leaves a proof, and so does a second without a write");
        } else if (end.torn() > 0) {
            fault(name + ": " + end.torn() + " bytes after the end of the log at " + end.end()
                    + " that should be zero");
        }
    }

    /**
     * Checks that the index of a checkpoint, with the later records of the log, equals the index of the log.
     */
    private void checkpoint(String name, Replay log, Manifest manifest) throws IOException {
        try (DiskFile file = disk.open(name, Disk.Mode.READ)) {
            Checkpoint checkpoint = Checkpoint.load(file, Tree.WIDTH);
            if (!Recovery.of(checkpoint.snapshot(), manifest)) {
                notice(name + ": a crash left it, from an earlier layout of the log;"
                        + " the next start ignores it");
                return;
            }
            checkpoint.snapshot().root().tree().check();
            Replay replay = new Replay(checkpoint, segments, manifest.origin(), Long.MAX_VALUE / 2,
                    VersionChain.MAX);
            for (Manifest.LiveSegment live : manifest.segments()) {
                Optional<Segment> segment = segments.get(live.number());
                if (segment.isPresent() && live.number() >= checkpoint.snapshot().segment()) {
                    boolean first = live.number() == checkpoint.snapshot().segment();
                    int start = first ? checkpoint.snapshot().end() : Segment.HEAD_BYTES;
                    replay.begin(live.number());
                    new SegmentScan(segment.get(), Math.max(start, live.durable()), replay).run(start);
                }
            }
            compare(name, replay.tree(), log.tree());
            if (!replay.notes().same(log.notes())) {
                fault(name + ": its notes differ from those of the log");
            }
        } catch (BadRecordException e) {
            fault(name + ": " + FailureText.text(e));
        } catch (AssertionError e) {
            fault(name + ": its sums are wrong: " + FailureText.text(e));
        }
    }

    private void compare(String name, Tree cached, Tree tree) {
        TreeCursor left = cached.scan(KeyRange.all());
        TreeCursor right = tree.scan(KeyRange.all());
        boolean more = true;
        while (more && !faulty) {
            more = left.next();
            if (more != right.next() || more && !same(left.entry(), right.entry())) {
                fault(name + ": its index differs from that of the log");
            }
        }
    }

    private static boolean same(Entry a, Entry b) {
        return Arrays.equals(a.key(), b.key()) && a.uuidHigh() == b.uuidHigh() && a.uuidLow() == b.uuidLow()
                && a.segment() == b.segment() && a.offset() == b.offset()
                && a.recordBytes() == b.recordBytes() && a.dataBytes() == b.dataBytes()
                && a.timestamp() == b.timestamp() && a.expires() == b.expires()
                && a.shadowsUntil() == b.shadowsUntil() && a.deleted() == b.deleted();
    }

    private void fault(String text) {
        faulty = true;
        report.accept(new Finding(true, text));
    }

    private void notice(String text) {
        report.accept(new Finding(false, text));
    }

    /** Reports the findings of a scan of one segment, and passes the records on. */
    private final class Reporter implements SegmentScan.Visitor {

        private final String name;
        private final Replay log;

        Reporter(String name, Replay log) {
            this.name = name;
            this.log = log;
        }

        @Override
        public void record(Record record, int offset, int recordBytes) throws IOException {
            records++;
            progress.read(bytesBefore + offset + recordBytes, bytesInAll);
            if (record instanceof Record.Put put) {
                version(put, offset);
            }
            log.record(record, offset, recordBytes);
        }

        private void version(Record.Put put, int offset) {
            try {
                Version version = Segment.unpacked(put, codec);
                if (!ids.of(version).equals(version.uuid())) {
                    fault(name + ": version at " + offset + " has an id that does not match its content");
                }
            } catch (IOException e) {
                fault(name + ": document of the version at " + offset + ": " + FailureText.text(e));
            }
        }

        @Override
        public void damaged(int keyCrc, int offset, String what) {
            fault(name + ": record at " + offset + ": " + what
                    + String.format(" (CRC32C of its key %08x)", keyCrc));
        }

        @Override
        public void lost(long from, long to, String what) {
            fault(name + ": bytes " + from + " to " + to + ": " + what);
        }

        @Override
        public void blemish(long offset, String what) {
            fault(name + ": group at " + offset + ": " + what + "; its records are good");
        }
    }
}
