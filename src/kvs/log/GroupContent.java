package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The content of a group: its trailer, and its readable records. They are decoded once, which takes as much
 * memory as the group, some MiB and at most a batch of 32, once more.
 *
 * @param slots CRC32C of the key, and length, of each record
 * @param records the records, empty where unreadable
 */
record GroupContent(int[][] slots, List<Optional<Record>> records) {

    /** The content of the group at {@code at}, unless its trailer is unreadable. */
    static Optional<GroupContent> read(FileWindow window, long at, Group group, long salt)
            throws IOException {
        ByteBuffer in = window.at(at, group.bytes());
        try {
            int[][] slots = Group.slots(in, window.index(at) + group.bytes(), group.count(), salt);
            List<Optional<Record>> records = new ArrayList<>(slots.length);
            int offset = window.index(at) + Group.HEADER_BYTES;
            for (int[] slot : slots) {
                records.add(record(in, offset, slot[1], salt));
                offset += slot[1];
            }
            return Optional.of(new GroupContent(slots, records));
        } catch (BadRecordException e) {
            return Optional.empty();
        }
    }

    /** The record at {@code at}, of which {@code limit} bytes may be read. */
    static Optional<Record> record(ByteBuffer in, int at, int limit, long salt) {
        try {
            return Optional.of(Record.decode(in, at, limit, salt));
        } catch (BadRecordException e) {
            return Optional.empty();
        }
    }

    /** Whether all records are readable. */
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
