package kvs.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import kvs.model.Version;
import kvs.tree.Entry;
import kvs.world.Disk;
import kvs.world.DiskFile;

/**
 * One file of the log: a head, groups, and zeros from the last group to the preallocated end.
 * <pre>
 *  0 8 bytes "KVSLOG 1", or "KVSCMP 1" when compaction made it: it holds only copies, and it counts only once
 *             MANIFEST names it
 *  8 u32 number
 * 12 u32 crc        CRC32C over the salt and bytes 0-12
 * 16 u64 salt       random; the copy in MANIFEST is the one that counts
 * 24 u64 made       Unix ms, for people
 * 32 groups
 * </pre>
 * Reading is thread-safe; everything else belongs to the writer's thread.
 */
public final class Segment implements AutoCloseable {

    public static final int HEAD_BYTES = 32;
    /** A record of this length is read in two parts: one more call costs less than a copy. */
    private static final int LONG_BYTES = 16 << 10;
    private static final byte[] MAGIC = {'K', 'V', 'S', 'L', 'O', 'G', ' ', '1'};
    private static final byte[] COPIED = {'K', 'V', 'S', 'C', 'M', 'P', ' ', '1'};

    private final int number;
    private final String name;
    private final long salt;
    private final DiskFile file;
    private long allocated;

    private Segment(int number, long salt, DiskFile file) throws IOException {
        this.number = number;
        this.name = DataFileNames.segment(number);
        this.salt = salt;
        this.file = file;
        this.allocated = file.size();
    }

    /**
     * Makes a new file with its head and some preallocated space, all of it durable; the directory is not
     * forced.
     */
    static Segment create(Disk disk, Manifest.LiveSegment live, long wallMs, int preallocateBytes)
            throws IOException {
        return create(disk, live, wallMs, preallocateBytes, MAGIC);
    }

    /** Makes a file for copies. */
    public static Segment createCopied(Disk disk, Manifest.LiveSegment live, long wallMs) throws IOException {
        return create(disk, live, wallMs, 1, COPIED);
    }

    private static Segment create(Disk disk, Manifest.LiveSegment live, long wallMs, int preallocateBytes,
            byte[] magic) throws IOException {
        String name = DataFileNames.segment(live.number());
        if (disk.list().contains(name)) {
            disk.delete(name);
        }
        Segment segment = new Segment(live.number(), live.salt(), disk.open(name, Disk.Mode.CREATE));
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES).put(magic).putInt(live.number()).putInt(0)
                .putLong(live.salt()).putLong(wallMs);
        head.putInt(12, Checksum.of(live.salt(), head, 0, 12));
        try {
            segment.file.write(head.flip(), 0);
            segment.allocated = HEAD_BYTES;
            segment.reserve(HEAD_BYTES + 1, preallocateBytes);
        } catch (IOException | RuntimeException e) {
            segment.close();
            throw e;
        }
        return segment;
    }

    /** Opens a file that MANIFEST names. */
    public static Segment open(Disk disk, Manifest.LiveSegment live, boolean writable) throws IOException {
        return new Segment(live.number(), live.salt(),
                disk.open(DataFileNames.segment(live.number()), writable ? Disk.Mode.WRITE : Disk.Mode.READ));
    }

    /** The number in the file's name. */
    public int number() {
        return number;
    }

    long salt() {
        return salt;
    }

    /** The open file. */
    public DiskFile file() {
        return file;
    }

    /** Whether the head is as {@link #create} wrote it. */
    public boolean headIntact() throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        return file.read(head, 0) == HEAD_BYTES && (starts(head, MAGIC) || starts(head, COPIED))
                && head.getInt(8) == number
                && head.getInt(12) == Checksum.of(salt, head, 0, 12) && head.getLong(16) == salt;
    }

    private static boolean starts(ByteBuffer head, byte[] magic) {
        return Arrays.equals(head.array(), 0, magic.length, magic, 0, magic.length);
    }

    /** Whether a file that MANIFEST does not name was left by an interrupted compaction. */
    public static boolean copied(DiskFile file) throws IOException {
        ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
        return file.read(head, 0) == HEAD_BYTES && starts(head, COPIED)
                && head.getInt(12) == Checksum.of(head.getLong(16), head, 0, 12);
    }

    /** Makes sure that the bytes up to {@code end} exist and are durable, at least as zeros. */
    void reserve(long end, int stepBytes) throws IOException {
        if (end <= allocated) {
            return;
        }
        long target = Math.max(end, allocated + stepBytes);
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(1 << 20, target - allocated));
        try {
            for (long at = allocated; at < target; at += zeros.capacity()) {
                file.write(zeros.clear().limit((int) Math.min(zeros.capacity(), target - at)), at);
            }
        } catch (IOException e) {
            target = file.size();
            if (target < end) {
                throw e;
            }
        }
        FileSync.file(file, name);
        allocated = target;
    }

    /** The bytes that exist and are durable, at least as zeros. */
    long allocated() {
        return allocated;
    }

    /** Writes a group. */
    void append(ByteBuffer group, long at) throws IOException {
        file.write(group, at);
    }

    /** Makes everything that was appended durable. */
    public void force() throws IOException {
        FileSync.file(file, name);
    }

    /** Cuts the file at {@code end}, durably. */
    public void cut(long end) throws IOException {
        file.truncate(end);
        force();
        allocated = Math.min(allocated, end);
    }

    /** The record of an entry, in its stored form. */
    public Record.Put readRecord(Entry entry) throws IOException {
        Record.Put put = readRecord(entry.offset(), entry.recordBytes(), entry.key());
        if (!EntryFactory.same(entry, put.version())) {
            throw new BadRecordException("its version differs from the index");
        }
        return put;
    }

    /** The record at {@code offset}, which must be a version of {@code key}. */
    Record.Put readRecord(int offset, int recordBytes, byte[] key) throws IOException {
        return version(recordBytes < LONG_BYTES
                ? Record.decode(read(offset, recordBytes), 0, recordBytes, salt)
                : readLongRecord(offset, recordBytes, key.length), key);
    }

    /** Reads a document into its own array, so that it is not copied. */
    private Record.Put readLongRecord(int offset, int recordBytes, int keyBytes) throws IOException {
        int headBytes = Record.VERSION_BYTES + keyBytes;
        RecordDecoder decoder = new RecordDecoder(read(offset, headBytes), salt);
        int documentBytes = decoder.length(0, recordBytes) - headBytes;
        if (documentBytes < 0) {
            throw new BadRecordException("not a version of the key");
        }
        return decoder.decode(read(offset + headBytes, documentBytes).array());
    }

    private ByteBuffer read(int offset, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        if (file.read(bytes, offset) < count) {
            throw new BadRecordException("the file ends within the record");
        }
        return bytes;
    }

    /** Requires a record to be a version of a key. */
    public static Record.Put version(Record record, byte[] key) throws BadRecordException {
        if (record instanceof Record.Put put && Arrays.equals(put.key().bytes(), key)) {
            return put;
        }
        throw new BadRecordException("not a version of the key");
    }

    /** The version of a record with its document inflated. */
    public static Version unpacked(Record.Put put, DocumentCodec codec) throws IOException {
        Version v = put.version();
        if (!put.packed()) {
            return v;
        }
        return new Version(v.key(), v.uuid(), v.timestamp(), v.dot(), v.joined(), v.lineage(), v.author(),
                v.owner(), v.expires(), v.deleted(), codec.unpack(v.data(), put.rawBytes()));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
