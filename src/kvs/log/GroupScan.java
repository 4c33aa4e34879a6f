package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** The scan of one group: shows its records and faults to the visitor of a {@link SegmentScan}. */
final class GroupScan {

    private final FileWindow window;
    private final GroupFinder groups;
    private final long salt;
    private final SegmentScan.Visitor visitor;

    GroupScan(FileWindow window, GroupFinder groups, long salt, SegmentScan.Visitor visitor) {
        this.window = window;
        this.groups = groups;
        this.salt = salt;
        this.visitor = visitor;
    }

    /** Reports a group with a known end: its records, or those that can be found without its trailer. */
    void visit(long at, Group group, Optional<GroupContent> slots) throws IOException {
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
        for (int i = 0; i < found.slots().length; i++) {
            int bytes = found.slots()[i][1];
            Optional<Record> record = found.records().get(i);
            if (record.isPresent()) {
                visitor.record(record.get(), (int) offset, bytes);
                padding(window.at(at, groupBytes), window.index(offset), bytes, offset);
            } else {
                visitor.damaged(found.slots()[i][0], (int) offset, "unreadable record");
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
    long salvage(long from, boolean proven) throws IOException {
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
            Optional<Record> record = GroupContent.record(in, window.index(at), (int) (to - at), salt);
            if (record.isEmpty()) {
                lost = lost < 0 ? at : lost;
                at += SegmentScan.STEP;
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
}
