package kvs.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import kvs.log.Checksum;
import kvs.log.FileNames;
import kvs.log.KeyBloomFilter;
import kvs.log.LogDamage;
import kvs.log.VersionChain;
import kvs.model.Coverage;
import kvs.tree.Entry;
import kvs.tree.HashSum;
import kvs.tree.StoredLeaf;
import kvs.tree.Tree;
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
 * @param reach high watermarks of the log up to there, or higher
 * @param filters filters of the segments up to there
 */
record Checkpoint(LogState snapshot, List<UUID> owners, Coverage reach,
        Map<Integer, List<KeyBloomFilter>> filters) {

    static final byte[] MAGIC = {'K', 'V', 'S', 'C', 'H', 'K', ' ', '3'};
    static final int BLOCK_HEAD = 8;
    static final int BLOCK_MAX = 64 << 20;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int ENTRY_FIXED = 2 + 5 * 4 + 3 * 8 + 1 + 2 * 8 + 2;

    /** Writes the file under that number and returns its bytes; a failure leaves at most a temporary file. */
    long save(Disk disk, int number) throws IOException {
        String name = FileNames.checkpoint(number);
        long[] bytes = {0};
        FileNames.replace(disk, name, name + ".tmp", file -> bytes[0] = new Output(file).all(this));
        return bytes[0];
    }

    /** The encoded size of a leaf. */
    private static int bytes(StoredLeaf leaf) {
        int bytes = 1 + 4 + HashSum.BYTES;
        for (Entry entry : leaf.entries()) {
            bytes += ENTRY_FIXED + entry.key().length + Integer.BYTES * entry.past().length;
        }
        return bytes;
    }

    /** A writer of blocks with a buffer. */
    private static final class Output {

        private final DiskFile file;
        private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        private long position;
        private int block;

        Output(DiskFile file) {
            this.file = file;
        }

        long all(Checkpoint checkpoint) throws IOException {
            buffer.put(MAGIC);
            head(checkpoint);
            notes(checkpoint.reach.encode(), checkpoint.snapshot.notes().all());
            for (Map.Entry<Integer, List<KeyBloomFilter>> each : checkpoint.filters.entrySet()) {
                filters(each.getKey(), each.getValue());
            }
            Tree tree = checkpoint.snapshot.root().tree();
            for (StoredLeaf leaf : tree.runs()) {
                run(leaf);
            }
            open(1 + Long.BYTES + HashSum.BYTES);
            buffer.put((byte) 'E').putLong(tree.summary().count()).put(tree.summary().digest());
            close();
            flush();
            return position;
        }

        private void head(Checkpoint checkpoint) throws IOException {
            LogState at = checkpoint.snapshot;
            List<LogDamage.DamagedRecord> damagedRecords = at.root().damage().spots();
            List<Integer> segments = at.layout().upTo(at.segment());
            open(64 + 12 * damagedRecords.size() + 16 * checkpoint.owners.size() + 4 * segments.size());
            buffer.put((byte) 'H').putInt(at.segment()).putInt(at.end());
            buffer.putLong(at.head().seq()).putLong(at.head().nodeClock()).putLong(at.head().purgedMax())
                    .putLong(at.head().own());
            buffer.putInt(damagedRecords.size());
            damagedRecords.forEach(s -> buffer.putInt(s.keyCrc()).putInt(s.segment()).putInt(s.offset()));
            buffer.putInt(checkpoint.owners.size());
            checkpoint.owners.forEach(id -> buffer.putLong(id.getMostSignificantBits())
                    .putLong(id.getLeastSignificantBits()));
            buffer.putInt(segments.size());
            segments.forEach(buffer::putInt);
            close();
        }

        private void notes(byte[] coverageBytes, Map<String, byte[]> notes) throws IOException {
            Map<byte[], byte[]> named = new LinkedHashMap<>();
            notes.forEach((name, body) -> named.put(name.getBytes(StandardCharsets.UTF_8), body));
            open(9 + coverageBytes.length + named.entrySet().stream()
                    .mapToInt(note -> 8 + note.getKey().length + note.getValue().length).sum());
            buffer.put((byte) 'N').putInt(coverageBytes.length).put(coverageBytes).putInt(named.size());
            named.forEach((name, body) -> buffer.putInt(name.length).put(name).putInt(body.length).put(body));
            close();
        }

        private void filters(int segment, List<KeyBloomFilter> filters) throws IOException {
            open(9 + filters.stream().mapToInt(filter -> 4 + Long.BYTES * filter.bits().length).sum());
            buffer.put((byte) 'K').putInt(segment).putInt(filters.size());
            for (KeyBloomFilter filter : filters) {
                buffer.putInt(filter.bits().length);
                for (long bits : filter.bits()) {
                    buffer.putLong(bits);
                }
            }
            close();
        }

        private void run(StoredLeaf leaf) throws IOException {
            open(bytes(leaf));
            buffer.put((byte) 'R').putInt(leaf.entries().size()).put(leaf.sum().toBytes());
            for (Entry e : leaf.entries()) {
                buffer.putShort((short) e.key().length).put(e.key());
                buffer.putInt(e.segment()).putInt(e.offset()).putInt(e.recordBytes()).putInt(e.dataBytes())
                        .putInt(e.owner());
                buffer.putLong(e.timestamp()).putLong(e.uuidHigh()).putLong(e.uuidLow())
                        .put((byte) (e.deleted() ? 1 : 0));
                buffer.putLong(e.expires()).putLong(e.shadowsUntil())
                        .putShort((short) VersionChain.count(e.past()));
                for (int number : e.past()) {
                    buffer.putInt(number);
                }
            }
            close();
        }

        private void open(int bytes) throws IOException {
            if (buffer.remaining() < BLOCK_HEAD + bytes) {
                flush();
            }
            if (buffer.capacity() < BLOCK_HEAD + bytes) {
                buffer = ByteBuffer.allocateDirect(BLOCK_HEAD + bytes);
            }
            block = buffer.position();
            buffer.putLong(0);
        }

        private void close() {
            int start = block + BLOCK_HEAD;
            buffer.putInt(block, buffer.position() - start)
                    .putInt(block + 4, Checksum.of(0, buffer, start, buffer.position()));
        }

        private void flush() throws IOException {
            int bytes = buffer.position();
            file.write(buffer.flip(), position);
            position += bytes;
            buffer.clear();
        }
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

    static LogDamage damage(ByteBuffer in) {
        List<LogDamage.DamagedRecord> damagedRecords = new ArrayList<>();
        for (int left = in.getInt(); left > 0; left--) {
            damagedRecords.add(new LogDamage.DamagedRecord(in.getInt(), in.getInt(), in.getInt()));
        }
        return new LogDamage(List.copyOf(damagedRecords));
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
