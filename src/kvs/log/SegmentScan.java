package kvs.log;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Reads one segment from front to back, group by group, and reports its findings to a {@link Visitor}. The
 * same scan serves the restart and {@code verify}.
 *
 * <p>The scan judges each group by itself: the group behind it may prove that it was whole, but never that it
 * was torn. The header gives the end of a group, even with one bit flipped; otherwise the trailer does, whose
 * lengths lead back to the start. An unreadable group is
 * <ol>
 * <li>damaged, when it lies below the known durable end, or when a later group proves that it was durable
 * (see {@link Group});
 * <li>damaged, when the power cut left out no sector of its unreadable part (see {@link TornWriteDetector});
 * <li>otherwise the torn tail of a power cut: the scan ends there.
 * </ol>
 * A group with neither header nor trailer has no known end. When the sectors of its header were written, the
 * header rotted, and the stretch is lost: it is not cut off, because it may have been acknowledged, and not
 * taken for whole, because it may be torn.
 */
public final class SegmentScan {

    /** Groups and records start at multiples of this. */
    static final int STEP = 8;

    private final Segment segment;
    private final FileWindow window;
    private final TornWriteDetector sectors;
    private final GroupFinder groups;
    private final Visitor visitor;
    private final GroupScan reporter;
    private final long durable;
    private long at;
    private long proof;

    /** Receives the findings, in the order of the file. */
    public interface Visitor {

        /** A good record of {@code bytes} at {@code offset}. */
        void record(Record record, int offset, int bytes) throws IOException;

        /** An unreadable record of a key with that CRC32C. */
        void damaged(int keyCrc, int offset, String what) throws IOException;

        /** A range whose content is unknown. */
        void lost(long from, long to, String what) throws IOException;

        /** A fault that hides nothing: in the header or trailer of a group. */
        void blemish(long offset, String what) throws IOException;
    }

    /**
     * The end of a scan.
     *
     * @param end the log is good, or damaged but complete, up to here
     * @param torn number of bytes behind the end that are not the zeros that should be there
     * @param proven offset below which everything is known to have been durable
     */
    public record ScanEnd(int end, long torn, long proven) { }

    /** A scan of {@code segment}, which is known to be durable up to {@code durable}. */
    public SegmentScan(Segment segment, long durable, Visitor visitor) throws IOException {
        this.segment = segment;
        this.window = new FileWindow(segment.file());
        this.sectors = new TornWriteDetector(window);
        this.groups = new GroupFinder(window, segment.salt(), durable);
        this.durable = durable;
        this.proof = durable;
        this.visitor = visitor;
        this.reporter = new GroupScan(window, groups, segment.salt(), visitor);
    }

    /** Scans from {@code from}, where a group starts, to the end of the log. */
    public ScanEnd run(int from) throws IOException {
        at = from;
        return walk(Long.MAX_VALUE - from).orElseThrow();
    }

    /**
     * Scans further bytes, from the head of the file at first; returns the end of the scan, if it is reached.
     */
    public Optional<ScanEnd> walk(long bytes) throws IOException {
        at = Math.max(at, Segment.HEAD_BYTES);
        long until = at + bytes;
        while (at < until) {
            if (at >= durable && window.dirtyEnd(at, at + STEP) == at && window.dirtyEnd(at) == at) {
                return Optional.of(new ScanEnd((int) at, 0, proof));
            }
            Optional<Group> group = groups.group(at);
            Optional<Group> inFile = group.filter(this::endsInFile);
            Optional<GroupContent> slots = inFile.isPresent()
                    ? GroupContent.read(window, at, inFile.get(), segment.salt()) : Optional.empty();
            if (inFile.isPresent() && (intact(slots) || wasWhole(inFile.get(), slots))) {
                reporter.visit(at, inFile.get(), slots);
                proof = Math.max(proof, inFile.get().synced());
                at += inFile.get().bytes();
            } else if (proven(at, at + STEP)) {
                at = reporter.salvage(at, true);
            } else if (group.isEmpty() && headerRotted()) {
                at = reporter.salvage(at, false);
            } else {
                return Optional.of(end());
            }
        }
        return Optional.empty();
    }

    /** Whether all of a group is readable. */
    private boolean intact(Optional<GroupContent> slots) throws IOException {
        return slots.filter(GroupContent::good).isPresent() && groups.header(at).isPresent();
    }

    /** Whether all of a group, some of which is unreadable now, stood on the disk once. */
    private boolean wasWhole(Group group, Optional<GroupContent> slots) throws IOException {
        long end = at + group.bytes();
        if (proven(at, end)) {
            return true;
        }
        boolean torn = groups.header(at).isEmpty()
                && sectors.leftOut(at, end, new long[] {at, at + Group.HEADER_BYTES});
        for (long[] range : slots.isEmpty() ? List.of(new long[] {at, end}) : slots.get().unreadable(at)) {
            torn |= sectors.leftOut(at, end, range);
        }
        return !torn;
    }

    /**
     * Whether a header once stood where none is readable. Zeros farther on may belong to a torn group behind
     * this one.
     */
    private boolean headerRotted() throws IOException {
        if (at + Group.HEADER_BYTES > window.size()) {
            return false;
        }
        long end = groups.regionEnd(at);
        return sectors.holdGroup(at, end)
                && !sectors.leftOut(at, end, new long[] {at, at + Group.HEADER_BYTES});
    }

    private boolean endsInFile(Group group) {
        return at + group.bytes() <= window.size();
    }

    private ScanEnd end() throws IOException {
        if (at < durable) {
            visitor.lost(at, durable, "the file is too short");
            return new ScanEnd((int) durable, 0, proof);
        }
        return new ScanEnd((int) at, window.dirtyEnd(at) - at, proof);
    }

    /**
     * Whether the bytes at {@code at} had been durable once: known, or proved by a later group from
     * {@code after} on.
     */
    private boolean proven(long at, long after) throws IOException {
        if (at < durable) {
            return at < window.size();
        }
        for (long next = groups.nextHeader(after); next < window.size();
                next = groups.nextHeader(next + STEP)) {
            if (groups.header(next).orElseThrow().synced() > at) {
                return true;
            }
        }
        return false;
    }
}
