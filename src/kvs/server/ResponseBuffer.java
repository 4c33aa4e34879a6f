package kvs.server;

import java.util.Arrays;

/**
 * The bytes of a response while it is written, in one array that grows and is used again. For one thread.
 */
public final class ResponseBuffer {

    private static final int FIRST_BYTES = 2_048;
    /** A longer array is not kept for the next response. */
    private static final int KEPT_BYTES = 64 * 1_024;
    private static final int LATIN = 0xff;
    private static final int NUMBER_DIGITS = 19;
    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd',
        'e', 'f'};

    private byte[] bytes = new byte[FIRST_BYTES];
    private int count;

    /** The header fields with these names and values, in turn, each with the end of its line. */
    public static byte[] fields(String... inTurn) {
        ResponseBuffer buffer = new ResponseBuffer();
        for (int i = 0; i < inTurn.length; i += 2) {
            buffer.field(inTurn[i], inTurn[i + 1]);
        }
        return buffer.copy();
    }

    /** Empties it. */
    public void clear() {
        count = 0;
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
    }

    /** The array of its bytes, which is used again after the response. */
    byte[] bytes() {
        return bytes;
    }

    /** The number of bytes. */
    int count() {
        return count;
    }

    /** A copy of its bytes. */
    public byte[] copy() {
        return Arrays.copyOf(bytes, count);
    }

    /** Adds all of {@code more}. */
    public void add(byte[] more) {
        reserve(more.length);
        System.arraycopy(more, 0, bytes, count, more.length);
        count += more.length;
    }

    /** Adds a number that is not negative, in decimal. */
    public void addDecimal(long number) {
        reserve(NUMBER_DIGITS);
        int digits = 1;
        for (long rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        long rest = number;
        for (int i = count + digits - 1; i >= count; i--) {
            bytes[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        count += digits;
    }

    /** Adds all sixteen hexadecimal digits of a number. */
    public void addHex(long number) {
        reserve(Long.BYTES * 2);
        for (int shift = Long.SIZE - 4; shift >= 0; shift -= 4) {
            bytes[count++] = HEX[(int) (number >>> shift) & 15];
        }
    }

    /**
     * Adds a text; a control character but a tab becomes '?', and so does one outside ISO 8859-1: its low
     * byte could be a line end.
     */
    public void add(String text) {
        int length = text.length();
        reserve(length);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            bytes[count + i] = (byte) (c > LATIN || c < ' ' && c != '\t' ? '?' : c);
        }
        count += length;
    }

    /** Adds a header field with the end of its line. */
    void field(String name, String value) {
        add(name);
        reserve(2);
        bytes[count++] = ':';
        bytes[count++] = ' ';
        add(value);
        endLine();
    }

    /** Adds the end of a line. */
    public void endLine() {
        reserve(2);
        bytes[count++] = '\r';
        bytes[count++] = '\n';
    }

    private void reserve(int more) {
        if (count + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, count + more));
        }
    }
}
