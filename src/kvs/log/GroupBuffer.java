package kvs.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The group that is being made, in one buffer, so that one call writes it to the disk. Records are encoded as
 * they are decided; {@link #rewind} removes those of a transaction that is refused half-way.
 *
 * <p>Belongs to the writer's thread.
 */
public final class GroupBuffer {

    /** A larger buffer is replaced before the next group; ordinary groups under load, doubled, stay below. */
    private static final int KEEP_BYTES = 16 << 20;

    private ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    private int[] keys = new int[256];
    private int[] lengths = new int[256];
    private boolean[] versions = new boolean[256];
    private int count;

    /** An end of the records in the group, to rewind to. */
    public record Mark(int position, int count) { }

    /** Begins a new group. */
    public void begin() {
        if (buffer.capacity() > KEEP_BYTES) {
            buffer = ByteBuffer.allocateDirect(1 << 16);
        }
        buffer.clear().position(Group.HEADER_BYTES);
        count = 0;
    }

    /** Records in the group so far. */
    public int count() {
        return count;
    }

    /** The offset of the next record, from the start of the group. */
    public int position() {
        return buffer.position();
    }

    /** The length of the group if it ended now. */
    public int bytes() {
        return buffer.position() + Group.trailerBytes(count);
    }

    /** The present end of the group, for {@link #rewind}. */
    public Mark mark() {
        return new Mark(buffer.position(), count);
    }

    /** Drops all records after that mark. */
    public void rewind(Mark mark) {
        buffer.position(mark.position);
        count = mark.count;
    }

    /** Adds a version record with its stored document. */
    public void put(long salt, Record.Put put, byte[] stored) {
        byte[] key = put.key().bytes();
        slot(key, Record.putBytes(key.length, stored.length));
        versions[count - 1] = true;
        Record.encode(buffer, salt, put, stored);
    }

    /** The record at {@code at}, counted from the start of the group. */
    public Record record(int at, int bytes, long salt) throws BadRecordException {
        return Record.decode(buffer, at, bytes, salt);
    }

    /** Passes the checksum of the key of each version in the group. */
    public void eachKey(IntConsumer told) {
        for (int i = 0; i < count; i++) {
            if (versions[i]) {
                told.accept(keys[i]);
            }
        }
    }

    /** Adds a purge record. */
    public void purge(long salt, Record.Purge purge) {
        slot(purge.key().bytes(), Record.padded(Record.PURGE_BYTES + purge.key().bytes().length));
        Record.encode(buffer, salt, purge);
    }

    /** Adds a note. */
    public void note(long salt, Record.Note note) {
        slot(note.key().bytes(),
                Record.padded(Record.HEAD_BYTES + note.key().bytes().length + note.body().length));
        Record.encode(buffer, salt, note);
    }

    /** Writes trailer and header; the result can be appended to a segment. */
    public ByteBuffer finish(long salt, int synced) {
        room(Group.trailerBytes(count));
        int trailer = buffer.position();
        for (int i = 0; i < count; i++) {
            buffer.putInt(keys[i]).putInt(lengths[i]);
        }
        int end = buffer.position();
        buffer.putInt(Checksum.of(salt, buffer, trailer, end)).putInt(Group.TRAILER_MAGIC);
        buffer.putInt(0, Group.MAGIC).putInt(8, buffer.position()).putInt(12, count).putInt(16, synced)
                .putInt(20, 0);
        buffer.putInt(4, Checksum.of(salt, buffer, 8, Group.HEADER_BYTES));
        return buffer.flip();
    }

    private void slot(byte[] key, int bytes) {
        room(bytes);
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
            versions = Arrays.copyOf(versions, 2 * count);
        }
        keys[count] = Checksum.ofKey(key);
        versions[count] = false;
        lengths[count++] = bytes;
    }

    private void room(int bytes) {
        if (buffer.remaining() < bytes) {
            int capacity = Math.max(2 * buffer.capacity(), Math.addExact(buffer.position(), bytes));
            buffer = ByteBuffer.allocateDirect(capacity).put(buffer.flip());
        }
    }
}
