package kvs.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * The head of an answer of HTTP: its status and lengths. Answers to equal requests have their fields at the
 * same places, so the places of the last head are tried first, by three comparisons; only a head that differs
 * is searched.
 */
final class ResponseHead implements ResponseFormat {

    private static final int END = 0x0d0a0d0a;
    private static final short LINE = 0x0d0a;
    /** In ASCII: letters become small, digits, colon and hyphen stay. */
    private static final long SMALL = 0x2020202020202020L;
    private static final String FIELD = "content-length:";
    private static final long FIELD_BEGIN = ByteBuffer.wrap(FIELD.getBytes(StandardCharsets.US_ASCII))
            .getLong();
    private static final long FIELD_END = ByteBuffer.wrap(FIELD.getBytes(StandardCharsets.US_ASCII))
            .getLong(FIELD.length() - 8);
    private static final int STATUS_AT = 9;

    private int bytes;
    private int lengthAt = -1;
    private int status;
    private int bodyBytes;

    @Override
    public boolean read(ByteBuffer in) {
        if (!likeLast(in) && !search(in)) {
            return false;
        }
        int at = in.position() + STATUS_AT;
        status = number(in, at, at + 3);
        bodyBytes = lengthAt < 0 ? 0 : number(in, in.position() + lengthAt + FIELD.length(), in.limit());
        return true;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public int bytes() {
        return bytes;
    }

    @Override
    public int bodyBytes() {
        return bodyBytes;
    }

    private boolean likeLast(ByteBuffer in) {
        int start = in.position();
        return lengthAt > 0 && in.remaining() >= bytes && in.getInt(start + bytes - 4) == END
                && isField(in, start + lengthAt);
    }

    private static boolean isField(ByteBuffer in, int at) {
        return (in.getLong(at) | SMALL) == FIELD_BEGIN
                && (in.getLong(at + FIELD.length() - 8) | SMALL) == FIELD_END && in.getShort(at - 2) == LINE;
    }

    private boolean search(ByteBuffer in) {
        byte[] copy = new byte[in.remaining()];
        in.get(in.position(), copy);
        String text = new String(copy, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            return false;
        }
        bytes = end + 4;
        int found = text.lastIndexOf("\r\n" + FIELD, end);
        lengthAt = found < 0 ? -1 : found + 2;
        return true;
    }

    private static int number(ByteBuffer in, int from, int to) {
        int at = from;
        while (at < to && in.get(at) == ' ') {
            at++;
        }
        int number = 0;
        for (; at < to && in.get(at) >= '0' && in.get(at) <= '9'; at++) {
            number = 10 * number + in.get(at) - '0';
        }
        return number;
    }
}
