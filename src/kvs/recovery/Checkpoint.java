package kvs.recovery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kvs.log.DamagedRecords;
import kvs.log.DataFileNames;
import kvs.log.KeyBloomFilter;
import kvs.log.VersionChain;
import kvs.model.Coverage;
import kvs.tree.Entry;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * A file with the complete index as of one position in the log, so that a restart reads it and replays only
 * the later records. It is a cache: when it is unreadable the log is read instead. Numbers are big-endian.
 * <pre>
 * 8 bytes "KVSCHK 3", then blocks: u32 bytes of the payload, u32 CRC32C of the payload (salt 0), payload:
 *   'H' u32 segment, u32 offset, u64 seq, u64 node clock, u64 purged max, u64 own,
 *       u32 damaged × (u32 key crc, u32 segment, u32 offset), u32 owners × id(16), numbered from 1,
 *       u32 segments × u32 number: the log up to there; the file is valid for no other log
 *   'N' high watermarks ({@link Coverage}) in u32 bytes,
 *       u32 notes × (u32 bytes, name in UTF-8, u32 bytes, body)
 *   'K' u32 segment, u32 filters × (u32 longs × u64): the keys that the segment may contain,
 *       see {@link KeyBloomFilter}                                                   (one for each segment)
 *   'R' u32 entries, sum(32), entries in key order: u16 key bytes, key, u32 segment, u32 offset,
 *       u32 record bytes, u32 document bytes, u32 owner, u64 timestamp, uuid(16), u8 deleted, u64 expires,
 *       u64 shadows_until, u16 older versions × (u32 segment, u32 offset, u32 bytes and flag,
 *       see {@link VersionChain})                                                    (one leaf of the tree)
 *   'E' u64 entries, digest(32)
 * </pre>
 *
 * @param snapshot the state
 * @param owners ids by number, from 1
 * @param coverage high watermarks of the log up to there, or higher
 * @param filters filters of the segments up to there
 */
public record Checkpoint(LogState snapshot, List<UUID> owners, Coverage coverage,
        Map<Integer, List<KeyBloomFilter>> filters) {

    static final byte[] MAGIC = {'K', 'V', 'S', 'C', 'H', 'K', ' ', '3'};
    static final int BLOCK_HEAD = 8;
    static final int BLOCK_MAX = 64 << 20;

    /** Writes the file under that number and returns its bytes; a failure leaves at most a temporary file. */
    public long save(Disk disk, int number) throws IOException {
        String name = DataFileNames.checkpoint(number);
        long[] bytes = {0};
        DataFileNames.replace(disk, name, name + ".tmp",
                file -> bytes[0] = new CheckpointEncoder(file).all(this));
        return bytes[0];
    }

    /** Reads a file. */
    static Checkpoint load(DiskFile file, int width) throws IOException {
        return new CheckpointReader(file).load(width);
    }

    static Entry entry(ByteBuffer in) {
        byte[] key = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(key);
        int segment = in.getInt();
        int offset = in.getInt();
        int recordBytes = in.getInt();
        int dataBytes = in.getInt();
        int owner = in.getInt();
        var stamp = new Entry.VersionStamp(in.getLong(), in.getLong(), in.getLong());
        boolean deleted = in.get() == 1;
        var life = new Entry.Lifetime(in.getLong(), in.getLong(), deleted);
        return Entry.of(key, new Entry.RecordLocation(segment, offset, recordBytes, dataBytes, past(in)),
                stamp, life, owner);
    }

    private static int[] past(ByteBuffer in) {
        int count = Short.toUnsignedInt(in.getShort());
        if (count == 0) {
            return VersionChain.NONE;
        }
        int[] past = new int[count * VersionChain.FIELDS];
        for (int i = 0; i < past.length; i++) {
            past[i] = in.getInt();
        }
        return past;
    }

    static List<Integer> numbers(ByteBuffer in) {
        List<Integer> numbers = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            numbers.add(in.getInt());
        }
        return List.copyOf(numbers);
    }

    static List<KeyBloomFilter> filters(ByteBuffer in) {
        List<KeyBloomFilter> filters = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            long[] bits = new long[Math.min(in.getInt(), in.remaining() / Long.BYTES)];
            for (int i = 0; i < bits.length; i++) {
                bits[i] = in.getLong();
            }
            filters.add(new KeyBloomFilter(bits));
        }
        return List.copyOf(filters);
    }

    static DamagedRecords damage(ByteBuffer in) {
        List<DamagedRecords.DamagedRecord> damagedRecords = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            damagedRecords.add(new DamagedRecords.DamagedRecord(in.getInt(), in.getInt(), in.getInt()));
        }
        return new DamagedRecords(List.copyOf(damagedRecords));
    }

    static StoreNotes notes(ByteBuffer in) {
        StoreNotes notes = StoreNotes.NONE;
        for (int left = in.getInt(); left > 0; left--) {
            String name = new String(taken(in), StandardCharsets.UTF_8);
            notes = notes.with(name, taken(in));
        }
        return notes;
    }

    static byte[] taken(ByteBuffer in) {
        byte[] bytes = new byte[Math.min(in.getInt(), in.remaining())];
        in.get(bytes);
        return bytes;
    }

    static List<UUID> owners(ByteBuffer in) {
        List<UUID> owners = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            owners.add(new UUID(in.getLong(), in.getLong()));
        }
        return owners;
    }
}
