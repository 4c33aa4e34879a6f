package kvs.log;

import java.nio.ByteBuffer;
import java.util.UUID;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionRank;

/**
 * One record of the log. Numbers are big-endian; a record starts at a multiple of 8 and is padded with zeros
 * to the next.
 * <pre>
 *   0 u32 magic "KVSR"
 *   4 u32 length        bytes from 0 to the end of the body, without the padding
 *   8 u32 crc           CRC32C over the segment's salt, bytes 0-7, bytes 12-length
 *  12 u8  kind          1 version, 2 purge, 3 note
 *  13 u8  flags         1 deleted, 2 deflated, 4 written elsewhere, 8 older versions are forgotten,
 *                       16 superseded on arrival
 *  14 u16 key bytes
 *  16 u64 seq           number in the log of this directory; kept for ever
 *  24     version: u64 timestamp, uuid(16), origin(16), u64 origin seq, u64 joined, u64 prev_timestamp,
 *                  u64 shadows_until, author(16), owner(16), u64 expires, u32 raw document bytes        = 140
 *         purge:   u64 timestamp, u64 joined, uuid(16) of the newest version that was purged            = 56
 *         note:    nothing                                                                              = 24
 *   .     key, or name of the note in UTF-8; then the stored document, or the body of the note
 * </pre>
 * Valid when 1. the magic and the crc are right, 2. the kind is known, 3. the lengths add up, 4. the raw
 * length is within {@link #DOCUMENT_MAX}. The salt is random for each segment, so no document can hold bytes
 * that pass for a record.
 *
 * <p>Never change these numbers.
 */
public sealed interface Record {

    /** First four bytes. */
    int MAGIC = 0x4b565352;
    /** Bytes before the body. */
    int HEAD_BYTES = 24;
    /** Largest document that a node may receive: 16 MiB and space for what surrounds it. */
    int DOCUMENT_MAX = 17 << 20;
    /** Longest record. */
    int BYTES_MAX = DOCUMENT_MAX + 8_192;

    /** Bytes of a version record before the key. */
    int VERSION_BYTES = 140;
    /** Bytes of a purge record before the key. */
    int PURGE_BYTES = 56;

    /** The number of the record in this log. */
    long seq();

    /** The key of the record; of a note its name. */
    Key key();

    /**
     * A version of a key.
     *
     * @param seq number in this log
     * @param version its content; for a deflated document {@code data} is the stored form
     * @param rawBytes length of the document
     * @param packed whether {@code data} is deflated
     * @param arrived whether it was written in another directory
     * @param anew whether older versions are forgotten
     * @param beaten whether it was superseded on arrival, by the version that the key had
     */
    record Put(long seq, Version version, int rawBytes, boolean packed, boolean arrived, boolean anew,
            boolean beaten) implements Record {

        /** A version that keeps the older ones and was not superseded on arrival. */
        public Put(long seq, Version version, int rawBytes, boolean packed, boolean arrived) {
            this(seq, version, rawBytes, packed, arrived, false, false);
        }

        @Override
        public Key key() {
            return version.key();
        }
    }

    /**
     * A key that left the index for good: replay removes every version of it that is not newer.
     *
     * @param seq number in this log
     * @param key the key
     * @param rank of the newest version that was purged
     */
    record Purge(long seq, Key key, VersionRank rank) implements Record { }

    /**
     * A note of the store, see {@code StoreNotes}: a value under a name.
     *
     * @param seq number in this log
     * @param key its name
     * @param body the value; empty removes the name
     */
    record Note(long seq, Key key, byte[] body) implements Record { }

    /** {@code bytes} rounded up to where the next record starts. */
    static int padded(int bytes) {
        return bytes + 7 & ~7;
    }

    /** Bytes on the disk of a version with that key and stored document, padding included. */
    static int putBytes(int keyBytes, int storedBytes) {
        return padded(VERSION_BYTES + keyBytes + storedBytes);
    }

    /**
     * Writes a version record at the position of {@code out}, padding included; {@code stored} is the
     * document in its stored form.
     */
    static void encode(ByteBuffer out, long salt, Put put, byte[] stored) {
        Version version = put.version;
        int start = out.position();
        int length = VERSION_BYTES + version.key().bytes().length + stored.length;
        int flags = (version.deleted() ? 1 : 0) | (put.packed ? 2 : 0) | (put.arrived ? 4 : 0)
                | (put.anew ? 8 : 0) | (put.beaten ? 16 : 0);
        head(out, length, 1 << 8 | flags, version.key(), put.seq);
        out.putLong(version.timestamp());
        id(out, version.uuid());
        id(out, version.dot().origin());
        out.putLong(version.dot().seq()).putLong(version.joined());
        out.putLong(version.lineage().prevTimestamp()).putLong(version.lineage().shadowsUntil());
        id(out, version.author());
        id(out, version.owner());
        out.putLong(version.expires()).putInt(put.rawBytes);
        out.put(version.key().bytes()).put(stored);
        finish(out, start, length, salt);
    }

    /** Writes a purge record at the position of {@code out}, padding included. */
    static void encode(ByteBuffer out, long salt, Purge purge) {
        int start = out.position();
        int length = PURGE_BYTES + purge.key().bytes().length;
        head(out, length, 2 << 8, purge.key(), purge.seq());
        out.putLong(purge.rank().timestamp()).putLong(purge.rank().joined());
        out.putLong(purge.rank().uuidHigh()).putLong(purge.rank().uuidLow());
        out.put(purge.key().bytes());
        finish(out, start, length, salt);
    }

    /** Writes a note at the position of {@code out}, padding included. */
    static void encode(ByteBuffer out, long salt, Note note) {
        int start = out.position();
        int length = HEAD_BYTES + note.key().bytes().length + note.body().length;
        head(out, length, 3 << 8, note.key(), note.seq());
        out.put(note.key().bytes()).put(note.body());
        finish(out, start, length, salt);
    }

    /**
     * The record at offset {@code at} of {@code in}, of which {@code limit} bytes may be read.
     *
     * @throws BadRecordException when there is none
     */
    static Record decode(ByteBuffer in, int at, int limit, long salt) throws BadRecordException {
        return new RecordDecoder(in, salt).decode(at, limit);
    }

    private static void head(ByteBuffer out, int length, int kindAndFlags, Key key, long seq) {
        out.putInt(MAGIC).putInt(length).putInt(0).putShort((short) kindAndFlags)
                .putShort((short) key.bytes().length).putLong(seq);
    }

    private static void finish(ByteBuffer out, int start, int length, long salt) {
        for (int i = padded(length) - length; i > 0; i--) {
            out.put((byte) 0);
        }
        out.putInt(start + 8, Checksum.ofRecord(salt, out, start, length));
    }

    private static void id(ByteBuffer out, UUID id) {
        out.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }
}
