package kvs.deflate;

import java.util.zip.Adler32;
import java.util.zip.CRC32;

/**
 * The checksums of a text that wrappers of its deflated form end with.
 *
 * @param bytes length of the text
 * @param crc32 CRC-32, for gzip (RFC 1952)
 * @param adler32 Adler-32, for zlib (RFC 1950)
 */
public record TextChecksums(int bytes, int crc32, int adler32) {

    /** Checksums of a text that arrives in pieces. One thread. */
    public static final class Builder {

        private final CRC32 crc = new CRC32();
        private final Adler32 adler = new Adler32();
        private int count;

        /** Adds the next piece. */
        public Builder add(byte[] bytes, int from, int length) {
            crc.update(bytes, from, length);
            adler.update(bytes, from, length);
            count = Math.addExact(count, length);
            return this;
        }

        /** The checksums of all pieces. */
        public TextChecksums build() {
            return new TextChecksums(count, (int) crc.getValue(), (int) adler.getValue());
        }
    }
}
