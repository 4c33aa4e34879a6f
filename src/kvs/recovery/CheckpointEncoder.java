package kvs.recovery;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import kvs.log.Checksum;
import kvs.log.DamagedRecords;
import kvs.log.KeyBloomFilter;
import kvs.log.VersionChain;
import kvs.tree.Entry;
import kvs.tree.HashSum;
import kvs.tree.StoredLeaf;
import kvs.tree.Tree;
import kvs.world.DiskFile;

/** An encoder of the blocks of a {@link Checkpoint} into its file, through a buffer. */
public final class CheckpointEncoder {

    private static final int BUFFER_BYTES = 1 << 20;
    private static final int KEY_TYPICAL = 20;
    private static final int ENTRY_FIXED = 2 + 5 * 4 + 3 * 8 + 1 + 2 * 8 + 2;

    private final DiskFile file;
    private ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private long position;
    private int block;

    CheckpointEncoder(DiskFile file) {
        this.file = file;
    }

    /** The bytes of a file of that tree, about. */
    public static long estimate(Tree tree) {
        return tree.summary().count() * (ENTRY_FIXED + KEY_TYPICAL);
    }

    /** Writes the complete file; its length. */
    long all(Checkpoint checkpoint) throws IOException {
        buffer.put(Checkpoint.MAGIC);
        head(checkpoint);
        notes(checkpoint.coverage().encode(), checkpoint.snapshot().notes().all());
        for (Map.Entry<Integer, List<KeyBloomFilter>> each : checkpoint.filters().entrySet()) {
            filters(each.getKey(), each.getValue());
        }
        Tree tree = checkpoint.snapshot().root().tree();
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
        LogState at = checkpoint.snapshot();
        List<DamagedRecords.DamagedRecord> damagedRecords = at.root().damage().damagedRecords();
        List<Integer> segments = at.layout().upTo(at.segment());
        open(64 + 12 * damagedRecords.size() + 16 * checkpoint.owners().size() + 4 * segments.size());
        buffer.put((byte) 'H').putInt(at.segment()).putInt(at.end());
        buffer.putLong(at.head().seq()).putLong(at.head().nodeClock()).putLong(at.head().purgedMax())
                .putLong(at.head().own());
        buffer.putInt(damagedRecords.size());
        damagedRecords.forEach(s -> buffer.putInt(s.keyCrc()).putInt(s.segment()).putInt(s.offset()));
        buffer.putInt(checkpoint.owners().size());
        checkpoint.owners().forEach(id -> buffer.putLong(id.getMostSignificantBits())
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

    /** The encoded size of a leaf. */
    private static int bytes(StoredLeaf leaf) {
        int bytes = 1 + 4 + HashSum.BYTES;
        for (Entry entry : leaf.entries()) {
            bytes += ENTRY_FIXED + entry.key().length + Integer.BYTES * entry.past().length;
        }
        return bytes;
    }

    private void open(int bytes) throws IOException {
        if (buffer.remaining() < Checkpoint.BLOCK_HEAD + bytes) {
            flush();
        }
        if (buffer.capacity() < Checkpoint.BLOCK_HEAD + bytes) {
            buffer = ByteBuffer.allocateDirect(Checkpoint.BLOCK_HEAD + bytes);
        }
        block = buffer.position();
        buffer.putLong(0);
    }

    private void close() {
        int start = block + Checkpoint.BLOCK_HEAD;
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
