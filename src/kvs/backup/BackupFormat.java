package kvs.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import kvs.log.BadRecordException;
import kvs.log.Checksum;
import kvs.log.LogHead;
import kvs.log.Manifest;
import kvs.model.NeededVersion;
import kvs.world.DiskFile;

/**
 * The format of a backup: one state of a store in one self-contained file. Numbers are big-endian.
 * <pre>
 *  0 8 bytes "KVSBAK 1"
 *  8 u32 crc          CRC32C over the salt and bytes 12-72
 * 12 u32 0
 * 16 u64 salt         random; all checksums of the file begin with it
 * 24 origin(16)       id of the directory that was backed up
 * 40 u64 joined       its first start, Unix ms
 * 48 u64 made         time at which the state was taken, Unix ms
 * 56 u64 head         number of the last record in its log
 * 64 u64 own          number of the last version that was written there under that id, 0 for none
 * 72 groups           as in the log ({@link kvs.log.Group}, {@link kvs.log.Record}) with synced = 0, at most
 *                     {@link #GROUP_MAX} long. They contain, in this order:
 *                     for each key, keys ascending as unsigned bytes, all versions that are kept, numbers
 *                     rising, with their original numbers and flags: a replay in this order gives the key's
 *                     present and past versions;
 *                     all notes, names ascending;
 *                     the {@link kvs.log.CompactedRangeNote} of the log
 *  . trailer          8 bytes "KVSBAKND", u64 keys, u64 versions, u64 notes with the log summary,
 *                     digest(32) of the index, SHA-256(32) of everything before it, from the head on   = 96
 * </pre>
 * Valid when 1. all checksums are right, 2. nothing stands between the parts or behind the trailer, 3. each
 * version has the id of its content, 4. the order is as above, 5. the counts and the digest of the trailer
 * match the content.
 *
 * <p>Users and hashes of tokens are included, because they are keys. The cluster secret, {@code admin.token}
 * and the TLS keys are not, because they are files.
 *
 * <p>Never change these numbers.
 */
final class BackupFormat {

    static final int HEAD_BYTES = 72;
    static final int TRAILER_BYTES = 96;
    /** The longest group: a group is ended at {@link #GROUP_BYTES}, and one more record may be added. */
    static final int GROUP_MAX = 32 << 20;
    /** The size at which a group is ended. */
    static final int GROUP_BYTES = 256 << 10;
    private static final byte[] MAGIC = {'K', 'V', 'S', 'B', 'A', 'K', ' ', '1'};
    private static final byte[] END = {'K', 'V', 'S', 'B', 'A', 'K', 'N', 'D'};
    private static final int DIGEST = 32;

    private static final String SERIES = "KVSBAK ";

    private BackupFormat() { }

    /** A backup in a format of a newer version. */
    static final class NewerFormatException extends BadRecordException {

        private static final long serialVersionUID = 1L;

        NewerFormatException(byte[] start) {
            super("it was written by a newer version of KVS: use " + NeededVersion.of(start));
        }
    }

    /** The head of the file: the identity and log position of the backed-up directory. */
    record Header(long salt, UUID origin, long joined, long madeMs, LogHead head) {

        /** The encoded head. */
        ByteBuffer encode() {
            ByteBuffer out = ByteBuffer.allocate(HEAD_BYTES).put(MAGIC).putInt(0).putInt(0).putLong(salt);
            out.putLong(origin.getMostSignificantBits()).putLong(origin.getLeastSignificantBits());
            out.putLong(joined).putLong(madeMs).putLong(head.seq()).putLong(head.own());
            return out.putInt(8, Checksum.of(salt, out, 12, HEAD_BYTES)).flip();
        }

        /** The head of a file. */
        static Header decode(ByteBuffer in) throws BadRecordException {
            if (!Arrays.equals(in.array(), 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
                String start = new String(in.array(), 0, MAGIC.length, StandardCharsets.ISO_8859_1);
                throw start.startsWith(SERIES) ? new NewerFormatException(in.array())
                        : new BadRecordException(instead(start));
            }
            long salt = in.getLong(16);
            if (in.getInt(8) != Checksum.of(salt, in, 12, HEAD_BYTES) || in.getInt(12) != 0) {
                throw new BadRecordException("checksum of the head");
            }
            return new Header(salt, new UUID(in.getLong(24), in.getLong(32)), in.getLong(40), in.getLong(48),
                    new LogHead(in.getLong(56), 0, 0, in.getLong(64)));
        }
    }

    /** A description of a file that does not begin as a backup. */
    private static String instead(String start) {
        if (start.startsWith("KVSLOG ") || start.startsWith("KVSCMP ") || start.startsWith("KVSCHK ")
                || start.startsWith(Manifest.PREFIX)) {
            return "it is a file of a data directory: name a backup, or the directory for 'verify'";
        }
        return start.startsWith("{") || start.startsWith("\u00ef\u00bb\u00bf{")
                ? "it has lines of JSON and may be an export: use 'import'" : "it does not begin like a"
                        + " backup";
    }

    /** The trailer of the file: counts of the content and the digest of the index. */
    record Trailer(long keys, long versions, long notes, byte[] root) {

        /** The encoded trailer; {@code sha256} has taken in everything before it. */
        ByteBuffer encode(MessageDigest sha256) {
            ByteBuffer out = fields();
            sha256.update(out.array(), 0, TRAILER_BYTES - DIGEST);
            return out.put(sha256.digest()).flip();
        }

        private ByteBuffer fields() {
            return ByteBuffer.allocate(TRAILER_BYTES).put(END).putLong(keys).putLong(versions)
                    .putLong(notes).put(root);
        }

        /** The trailer of a file; its SHA-256 is not checked. */
        static Trailer decode(ByteBuffer in) throws BadRecordException {
            if (!Arrays.equals(in.array(), 0, END.length, END, 0, END.length)) {
                throw new BadRecordException("it does not end like a backup: its end may be missing");
            }
            return new Trailer(in.getLong(8), in.getLong(16), in.getLong(24),
                    Arrays.copyOfRange(in.array(), DIGEST, 2 * DIGEST));
        }

        /** The number of keys in a trailer; empty when the bytes are no trailer. */
        static Optional<Long> keys(ByteBuffer in) {
            return Arrays.equals(in.array(), 0, END.length, END, 0, END.length)
                    ? Optional.of(in.getLong(END.length)) : Optional.empty();
        }

        /** Whether the SHA-256 of a trailer matches everything before it. */
        boolean proven(ByteBuffer in, MessageDigest sha256) {
            sha256.update(in.array(), 0, TRAILER_BYTES - DIGEST);
            return MessageDigest.isEqual(sha256.digest(),
                    Arrays.copyOfRange(in.array(), TRAILER_BYTES - DIGEST, TRAILER_BYTES));
        }

        boolean same(Trailer other) {
            return Arrays.equals(fields().array(), other.fields().array());
        }
    }

    /** Reads that many bytes, which must exist. */
    static ByteBuffer read(DiskFile file, long at, int bytes) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(bytes);
        if (file.read(in, at) < bytes) {
            throw new BadRecordException("the file ends too soon");
        }
        return in.flip();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
