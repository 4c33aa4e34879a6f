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
 * <p>Unreadable bytes are damage when they lie below the known durable end, when a good group behind them
 * proves that they had been durable (see {@link Group}), or when no sector of them was left out (see
 * {@link TornWriteDetector}). Otherwise they are the torn tail of a power cut, and the scan ends there.
 */
public final class SegmentScan {

    /** Groups and records start at multiples of this. */
    private static final int STEP = 8;

    private final Segment segment;
    private final FileWindow window;
    private final TornWriteDetector sectors;
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
            Optional<Group> group = header(at);
            Optional<GroupContent> slots = group.isPresent() ? slots(at, group.get()) : Optional.empty();
            if (slots.filter(GroupContent::good).isPresent()
                    || group.isPresent() && wasWhole(group.get(), slots)) {
                visit(at, group.get(), slots);
                proof = Math.max(proof, group.get().synced());
                at += group.get().bytes();
            } else if (proven(at, at + STEP) || group.isEmpty() && wasWhole()) {
                at = salvage(at, regionEnd(at));
            } else {
                return Optional.of(end());
            }
        }
        return Optional.empty();
    }

    /** Whether an unreadable group was once complete on the disk. */
    private boolean wasWhole(Group group, Optional<GroupContent> slots) throws IOException {
        long end = at + group.bytes();
        if (proven(at, end)) {
            return true;
        }
        boolean torn = false;
        for (long[] range : slots.isEmpty() ? List.of(new long[] {at, end}) : slots.get().unreadable(at)) {
            torn |= sectors.leftOut(at, end, range);
        }
        return !torn;
    }

    /**
     * The same for bytes in the place of a header: their end is unknown, but behind the log are only zeros.
     */
    private boolean wasWhole() throws IOException {
        if (declared(at).isPresent()) {
            return false;
        }
        long end = regionEnd(at);
        return sectors.holdGroup(at, end) && !sectors.leftOut(at, end, new long[] {at, end});
    }

    private ScanEnd end() throws IOException {
        if (at < durable) {
            visitor.lost(at, durable, "the file is too short");
            return new ScanEnd((int) durable, 0, proof);
        }
        return new ScanEnd((int) at, window.dirtyEnd(at) - at, proof);
    }

    /** The group whose header is at {@code at}; all of it is within the file. */
    private Optional<Group> header(long at) throws IOException {
        return declared(at).filter(group -> at + group.bytes() <= window.size());
    }

    /** The group whose header is at {@code at}; the file may end within it. */
    private Optional<Group> declared(long at) throws IOException {
        if (at + Group.HEADER_BYTES > window.size()) {
            return Optional.empty();
        }
        ByteBuffer in = window.at(at, Group.HEADER_BYTES);
        if (in.getInt(window.index(at)) != Group.MAGIC) {
            return Optional.empty();
        }
        try {
            return Optional.of(Group.decode(in, window.index(at), segment.salt()));
        } catch (BadRecordException e) {
            return Optional.empty();
        }
    }

    /** The content of a group, unless its trailer is unreadable. */
    private Optional<GroupContent> slots(long at, Group group) throws IOException {
        ByteBuffer in = window.at(at, group.bytes());
        try {
            return Optional.of(decoded(at, Group.slots(in, window.index(at) + group.bytes(), group.count(),
                    segment.salt()), group.bytes()));
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
        for (long next = nextHeader(after); next < window.size(); next = nextHeader(next + STEP)) {
            if (header(next).orElseThrow().synced() > at) {
                return true;
            }
        }
        return false;
    }

    /** The offset of the first good header from {@code at} on, or the size of the file. */
    private long nextHeader(long at) throws IOException {
        for (long next = at; next + Group.HEADER_BYTES <= window.size(); next += STEP) {
            if (header(next).isPresent()) {
                return next;
            }
        }
        return window.size();
    }

    /** The latest end of damage that starts at {@code at}. */
    private long regionEnd(long at) throws IOException {
        long next = nextHeader(at + STEP);
        if (next < window.size()) {
            return next;
        }
        long dirty = (window.dirtyEnd(at) + STEP - 1) / STEP * STEP;
        return Math.min(window.size(), durable > at ? durable : Math.max(at + STEP, dirty));
    }

    private void visit(long at, Group group, Optional<GroupContent> slots) throws IOException {
        if (slots.isPresent()) {
            tell(at, slots.get(), group.bytes());
        } else {
            search(at, at + group.bytes(), "trailer of a group");
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
     * Reports the rest between {@code from} and {@code to}, the place of groups whose headers are lost.
     * Returns {@code to}.
     */
    private long salvage(long from, long to) throws IOException {
        ByteBuffer in = window.at(from, (int) (to - from));
        Optional<int[][]> slots = Group.slotsEndingAt(in, window.index(from), window.index(to),
                segment.salt());
        if (slots.isEmpty()) {
            search(from, to, "no header and no trailer");
            return to;
        }
        int bytes = Group.bytes(slots.get());
        if (to - bytes > from) {
            salvage(from, to - bytes);
        }
        visitor.blemish(to - bytes, "header of a group");
        tell(to - bytes, decoded(to - bytes, slots.get(), bytes), bytes);
        return to;
    }

    /**
     * Reports the readable records of a group without a trailer; if more than the trailer is unreadable, that
     * range is lost.
     */
    private void search(long from, long to, String what) throws IOException {
        long at = from + Group.HEADER_BYTES;
        int count = 0;
        long lost = -1;
        while (at < to && (lost >= 0 || to - at != Group.trailerBytes(count))) {
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
        if (lost >= 0 || at > to) {
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
