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
        byte[] key = new byte[keyBytes];
        in.get(at + fixed, key);
        return switch (kind) {
            case 1 -> put(at, length, Key.ofBytes(key));
            case 2 -> purge(at, Key.ofBytes(key));
            default -> note(at, length, Key.ofBytes(key));
        };
    }

    /** The length in the head of the record at {@code at}, checked for sanity but not by the checksum. */
    private int length(int at, int limit) throws BadRecordException {
        if (limit < Record.HEAD_BYTES || in.getInt(at) != Record.MAGIC) {
            throw new BadRecordException("no record here");
        }
        int length = in.getInt(at + 4);
        if (length <= Record.HEAD_BYTES || length > Record.BYTES_MAX || length > limit) {
            throw new BadRecordException("length " + length);
        }
        return length;
    }

    private Record put(int at, int length, Key key) throws BadRecordException {
        int flags = in.get(at + 13);
        int rawBytes = in.getInt(at + Record.VERSION_BYTES - 4);
        int start = Record.VERSION_BYTES + key.bytes().length;
        boolean packed = (flags & 2) != 0;
        if (rawBytes < 0 || rawBytes > Record.DOCUMENT_MAX || !packed && rawBytes != length - start) {
            throw new BadRecordException("document of " + rawBytes + " bytes");
        }
        byte[] data = new byte[length - start];
        in.get(at + start, data);
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
        byte[] body = new byte[length - Record.HEAD_BYTES - name.bytes().length];
        in.get(at + Record.HEAD_BYTES + name.bytes().length, body);
        return new Record.Note(in.getLong(at + 16), name, body);
    }

    private UUID id(int at) {
        return new UUID(in.getLong(at), in.getLong(at + 8));
    }
}
