package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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

    /**
     * The content of a group: its trailer, and its readable records. They are decoded once, which takes as
     * much memory as the group, some MiB and at most a batch of 32, once more.
     */
    private record GroupContent(int[][] slots, List<Optional<Record>> records) {

        boolean good() {
            return records.stream().allMatch(Optional::isPresent);
        }

        /** The ranges of the unreadable records of the group that starts at {@code at}. */
        List<long[]> unreadable(long at) {
            List<long[]> ranges = new ArrayList<>();
            long offset = at + Group.HEADER_BYTES;
            for (int i = 0; i < slots.length; i++) {
                if (records.get(i).isEmpty()) {
                    ranges.add(new long[] {offset, offset + slots[i][1]});
                }
                offset += slots[i][1];
            }
            return ranges;
        }
    }

    /** A scan of {@code segment}, which is known to be durable up to {@code durable}. */
    public SegmentScan(Segment segment, long durable, Visitor visitor) throws IOException {
        this.segment = segment;
        this.window = new FileWindow(segment.file());
        this.sectors = new TornWriteDetector(window);
        this.groups = new GroupFinder(window, segment.salt(), durable);
        this.durable = durable;
        this.proof = durable;
        this.visitor = visitor;
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
                return Optional.of(end());
            }
            Optional<Group> group = groups.group(at);
            Optional<Group> inFile = group.filter(this::endsInFile);
            Optional<GroupContent> slots = inFile.isPresent() ? slots(at, inFile.get()) : Optional.empty();
            if (inFile.isPresent() && (intact(slots) || wasWhole(inFile.get(), slots))) {
                visit(at, inFile.get(), slots);
                proof = Math.max(proof, inFile.get().synced());
                at += inFile.get().bytes();
            } else if (proven(at, at + STEP)) {
                at = salvage(at, true);
            } else if (group.isEmpty() && headerRotted()) {
                at = salvage(at, false);
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

    /** The content of a group, unless its trailer is unreadable. */
    private Optional<GroupContent> slots(long at, Group group) throws IOException {
        ByteBuffer in = window.at(at, group.bytes());
        try {
            return Optional.of(decoded(at,
                    Group.slots(in, window.index(at) + group.bytes(), group.count(), segment.salt()),
                    group.bytes()));
        } catch (BadRecordException e) {
            return Optional.empty();
        }
    }

    /** The records of the group at {@code at}, whose trailer is good. */
    private GroupContent decoded(long at, int[][] slots, int groupBytes) throws IOException {
        List<Optional<Record>> records = new ArrayList<>(slots.length);
        ByteBuffer in = window.at(at, groupBytes);
        long offset = at + Group.HEADER_BYTES;
        for (int[] slot : slots) {
            records.add(decode(in, window.index(offset), slot[1]));
            offset += slot[1];
        }
        return new GroupContent(slots, records);
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

    private void visit(long at, Group group, Optional<GroupContent> slots) throws IOException {
        if (groups.header(at).isEmpty()) {
            visitor.blemish(at, "header of a group");
        }
        if (slots.isPresent()) {
            tell(at, slots.get(), group.bytes());
        } else {
            search(at, at + group.bytes(), true, "trailer of a group");
        }
    }

    /** Reports the records of the group at {@code at}. */
    private void tell(long at, GroupContent found, int groupBytes) throws IOException {
        long offset = at + Group.HEADER_BYTES;
        for (int i = 0; i < found.slots.length; i++) {
            int bytes = found.slots[i][1];
            Optional<Record> record = found.records.get(i);
            if (record.isPresent()) {
                visitor.record(record.get(), (int) offset, bytes);
                padding(window.at(at, groupBytes), window.index(offset), bytes, offset);
            } else {
                visitor.damaged(found.slots[i][0], (int) offset, "unreadable record");
            }
            offset += bytes;
        }
    }

    /** Reports bytes behind a record, outside its checksum, that are not zero. */
    private void padding(ByteBuffer in, int at, int bytes, long offset) throws IOException {
        for (int i = in.getInt(at + 4); i < bytes; i++) {
            if (in.get(at + i) != 0) {
                visitor.blemish(offset, "padding of a record");
                return;
            }
        }
    }

    /**
     * Reports the readable records of groups with neither header nor trailer. Returns the start of the next
     * group.
     */
    private long salvage(long from, boolean proven) throws IOException {
        long to = groups.regionEnd(from);
        search(from, to, proven, "no header and no trailer");
        return to;
    }

    /**
     * Reports the readable records of a group without a trailer; more than the trailer unreadable is lost.
     *
     * @param exact whether the group is known to end at {@code to}; else some of it is lost, however much is
     *     readable
     */
    private void search(long from, long to, boolean exact, String what) throws IOException {
        long at = from + Group.HEADER_BYTES;
        int count = 0;
        long lost = -1;
        while (at < to && (lost >= 0 || !exact || to - at != Group.trailerBytes(count))) {
            ByteBuffer in = window.at(from, (int) (to - from));
            Optional<Record> record = decode(in, window.index(at), (int) (to - at));
            if (record.isEmpty()) {
                lost = lost < 0 ? at : lost;
                at += STEP;
                continue;
            }
            int bytes = Record.padded(in.getInt(window.index(at) + 4));
            visitor.record(record.get(), (int) at, bytes);
            count++;
            at += bytes;
        }
        if (lost >= 0 || at > to || !exact) {
            visitor.lost(lost < 0 ? from : lost, to, what);
        } else {
            visitor.blemish(from, what);
        }
    }

    private Optional<Record> decode(ByteBuffer in, int at, int limit) {
        try {
            return Optional.of(Record.decode(in, at, limit, segment.salt()));
        } catch (BadRecordException e) {
            return Optional.empty();
        }
    }
}
