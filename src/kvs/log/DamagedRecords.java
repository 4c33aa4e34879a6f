package kvs.log;

import java.util.List;
import java.util.Optional;
import kvs.tree.Entry;

/**
 * The records of the log that were unreadable when the directory was opened, each identified by the checksum
 * of its key from the trailer of its group. While the index has nothing newer for such a key, the key is
 * unreadable: its older version must not be shown. Immutable.
 *
 * @param damagedRecords in the order of the log
 */
public record DamagedRecords(List<DamagedRecord> damagedRecords) {

    /** Nothing is damaged. */
    public static final DamagedRecords NONE = new DamagedRecords(List.of());

    /**
     * An unreadable record.
     *
     * @param keyCrc CRC32C of its key; another key with the same one counts as unreadable too, which is safe
     * @param segment number of its segment
     * @param offset in the segment
     */
    public record DamagedRecord(int keyCrc, int segment, int offset) { }

    /** Whether anything is damaged. */
    public boolean any() {
        return !damagedRecords.isEmpty();
    }

    /**
     * Whether a damaged record may be the newest version of {@code key}, whose entry in the index is
     * {@code entry}.
     */
    public boolean hides(byte[] key, Optional<Entry> entry) {
        if (damagedRecords.isEmpty()) {
            return false;
        }
        int crc = Checksum.ofKey(key);
        return damagedRecords.stream().anyMatch(damagedRecord -> damagedRecord.keyCrc == crc
                && entry.filter(e -> newer(e, damagedRecord)).isEmpty());
    }

    private static boolean newer(Entry entry, DamagedRecord damagedRecord) {
        return entry.segment() > damagedRecord.segment
                || entry.segment() == damagedRecord.segment && entry.offset() > damagedRecord.offset;
    }
}
