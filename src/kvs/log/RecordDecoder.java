package kvs.log;

import java.nio.ByteBuffer;
import java.util.UUID;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionRank;

/** A decoder of the records in a buffer, as {@link Record} draws them. */
final class RecordDecoder {

    private final ByteBuffer in;
    private final long salt;

    RecordDecoder(ByteBuffer in, long salt) {
        this.in = in;
        this.salt = salt;
    }

    /** See {@link Record#decode}. */
    Record decode(int at, int limit) throws BadRecordException {
        int length = length(at, limit);
        if (Checksum.ofRecord(salt, in, at, length) != in.getInt(at + 8)) {
            throw new BadRecordException("checksum");
        }
        int keyBytes = Short.toUnsignedInt(in.getShort(at + 14));
        int kind = in.get(at + 12);
        int fixed = kind == 1 ? Record.VERSION_BYTES : kind == 2 ? Record.PURGE_BYTES : Record.HEAD_BYTES;
        if (kind < 1 || kind > 3 || keyBytes == 0 || keyBytes > Key.BYTES_MAX || length < fixed + keyBytes) {
            throw new BadRecordException("kind " + kind + ", key of " + keyBytes + " bytes");
        }
        Key key = key(at + fixed, keyBytes);
        return switch (kind) {
            case 1 -> put(at, key, bytes(at + fixed + keyBytes, length - fixed - keyBytes));
            case 2 -> purge(at, key);
            default -> note(at, length, key);
        };
    }

    /**
     * The version record whose bytes up to the document are the whole buffer; the document, in its stored
     * form, is in an array of its own.
     */
    Record.Put decode(byte[] document) throws BadRecordException {
        int head = in.limit();
        if (length(0, head + document.length) != head + document.length
                || Checksum.ofRecord(salt, in, document) != in.getInt(8)) {
            throw new BadRecordException("checksum");
        }
        int keyBytes = Short.toUnsignedInt(in.getShort(14));
        if (in.get(12) != 1 || Record.VERSION_BYTES + keyBytes != head) {
            throw new BadRecordException("not a version with a key of that length");
        }
        return put(0, key(Record.VERSION_BYTES, keyBytes), document);
    }

    private Key key(int at, int bytes) {
        return Key.ofBytes(bytes(at, bytes));
    }

    private byte[] bytes(int at, int count) {
        byte[] bytes = new byte[count];
        in.get(at, bytes);
        return bytes;
    }

    /** The length in the head of the record at {@code at}, checked for sanity but not by the checksum. */
    int length(int at, int limit) throws BadRecordException {
        if (limit < Record.HEAD_BYTES || in.getInt(at) != Record.MAGIC) {
            throw new BadRecordException("no record here");
        }
        int length = in.getInt(at + 4);
        if (length <= Record.HEAD_BYTES || length > Record.BYTES_MAX || length > limit) {
            throw new BadRecordException("length " + length);
        }
        return length;
    }

    private Record.Put put(int at, Key key, byte[] data) throws BadRecordException {
        int flags = in.get(at + 13);
        int rawBytes = in.getInt(at + Record.VERSION_BYTES - 4);
        boolean packed = (flags & 2) != 0;
        if (rawBytes < 0 || rawBytes > Record.DOCUMENT_MAX || !packed && rawBytes != data.length) {
            throw new BadRecordException("document of " + rawBytes + " bytes");
        }
        Dot dot = new Dot(id(at + 48), in.getLong(at + 64));
        var lineage = new Version.Lineage(in.getLong(at + 80), in.getLong(at + 88));
        Version version = new Version(key, id(at + 32), in.getLong(at + 24), dot, in.getLong(at + 72),
                lineage, id(at + 96), id(at + 112), in.getLong(at + 128), (flags & 1) != 0, data);
        return new Record.Put(in.getLong(at + 16), version, rawBytes, packed, (flags & 4) != 0,
                (flags & 8) != 0, (flags & 16) != 0);
    }

    private Record purge(int at, Key key) {
        VersionRank rank = new VersionRank(in.getLong(at + 24), in.getLong(at + 32), in.getLong(at + 40),
                in.getLong(at + 48));
        return new Record.Purge(in.getLong(at + 16), key, rank);
    }

    private Record note(int at, int length, Key name) {
        int start = Record.HEAD_BYTES + name.bytes().length;
        return new Record.Note(in.getLong(at + 16), name, bytes(at + start, length - start));
    }

    private UUID id(int at) {
        return new UUID(in.getLong(at), in.getLong(at + 8));
    }
}
