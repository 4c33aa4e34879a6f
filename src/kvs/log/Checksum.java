package kvs.log;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** CRC32C (Castagnoli) as the store uses it: started with a salt of eight bytes. */
public final class Checksum {

    private Checksum() { }

    /** A checksum that includes {@code salt}. */
    static CRC32C salted(long salt) {
        CRC32C crc = new CRC32C();
        for (int shift = 56; shift >= 0; shift -= 8) {
            crc.update((int) (salt >>> shift) & 0xff);
        }
        return crc;
    }

    /** The salted checksum of a part of a buffer. */
    public static int of(long salt, ByteBuffer in, int from, int to) {
        CRC32C crc = salted(salt);
        crc.update(in.duplicate().limit(to).position(from));
        return (int) crc.getValue();
    }

    /** The checksum in a {@link Record} of {@code length} bytes, which covers all of it but the checksum. */
    static int ofRecord(long salt, ByteBuffer in, int at, int length) {
        CRC32C crc = salted(salt);
        crc.update(in.duplicate().position(at).limit(at + 8));
        crc.update(in.duplicate().limit(at + length).position(at + 12));
        return (int) crc.getValue();
    }

    /** The same for a record whose document is in an array of its own behind {@code head}. */
    static int ofRecord(long salt, ByteBuffer head, byte[] document) {
        CRC32C crc = salted(salt);
        crc.update(head.duplicate().position(0).limit(8));
        crc.update(head.duplicate().position(12));
        crc.update(document);
        return (int) crc.getValue();
    }

    /** The checksum of a key, unsalted, as the trailer of a group holds it. */
    public static int ofKey(byte[] key) {
        CRC32C crc = new CRC32C();
        crc.update(key, 0, key.length);
        return (int) crc.getValue();
    }
}
