package kvs.http;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import kvs.deflate.TextChecksums;

/**
 * A content coding of responses (RFC 9110, section 8.4.1). Both are the same Deflate form of the text,
 * between a head and a trailer of their own:
 * <pre>
 * gzip     1f 8b 08 00 00000000 00 ff   RFC 1952: no name, no time, unknown system
 *          Deflate form, u32 CRC-32 of the text, u32 its length; little-endian
 * deflate  78 9c                        RFC 1950 (zlib): window of 32 KiB
 *          Deflate form, u32 Adler-32 of the text; big-endian
 * </pre>
 */
public enum ContentCoding {
    /** The one that every client knows. */
    GZIP("gzip", "1f8b08000000000000ff"),
    /** The one of zlib. */
    DEFLATE("deflate", "789c");

    /** The header of a response that names its coding. */
    public static final String HEADER = "Content-Encoding";

    private final String text;
    private final byte[] head;

    ContentCoding(String text, String head) {
        this.text = text;
        this.head = HexFormat.of().parseHex(head);
    }

    /** The name in headers. */
    public String text() {
        return text;
    }

    /** The bytes before the Deflate form. */
    public byte[] head() {
        return head.clone();
    }

    /** The bytes behind the Deflate form of a text. */
    public byte[] trailer(TextChecksums sums) {
        return switch (this) {
            case GZIP -> ByteBuffer.allocate(2 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(sums.crc32()).putInt(sums.bytes()).array();
            case DEFLATE -> ByteBuffer.allocate(Integer.BYTES).putInt(sums.adler32()).array();
        };
    }

    /**
     * An entity tag, as the text of a header, of this form of a response: a strong tag must differ where the
     * bytes do. {@code EntityTag} takes the suffix back.
     */
    public String tag(String plain) {
        return plain.substring(0, plain.length() - 1) + "-" + text + '"';
    }
}
