package kvs.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Splits a stream into lines, in bounded memory for any input. Lines end with LF or CR LF, the last one may
 * have no end. A byte order mark at the start and lines of white space are skipped. One thread.
 */
final class LineReader implements EntryReader {

    private static final int BUFFER_BYTES = 256 << 10;
    private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

    private final InputStream in;
    private final int bytesMax;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final CRC32C crc = new CRC32C();
    private int at;
    private int filled;
    private byte[] line = new byte[BUFFER_BYTES];
    private int from;
    private int to;
    private boolean tooLong;
    private long number;
    private long offset;

    /** Reads lines of at most {@code bytesMax} bytes. */
    LineReader(InputStream in, int bytesMax) {
        this.in = in;
        this.bytesMax = bytesMax;
    }

    /** Advances to the next line that is not empty; false at the end. */
    @Override
    public boolean next() throws IOException {
        while (read()) {
            if (tooLong || from < to) {
                return true;
            }
        }
        return false;
    }

    /** The line without its end. */
    @Override
    public byte[] bytes() {
        return Arrays.copyOfRange(line, from, to);
    }

    @Override
    public Optional<String> fault() {
        return tooLong ? Optional.of("the line has more than " + bytesMax + " bytes") : Optional.empty();
    }

    /** The number of the line, from 1; empty lines count. */
    @Override
    public long number() {
        return number;
    }

    @Override
    public String where() {
        return "line " + number;
    }

    @Override
    public long offset() {
        return offset;
    }

    @Override
    public long crc() {
        return crc.getValue();
    }

    @Override
    public boolean skip(ImportProgress.FileOffset mark) throws IOException {
        while (offset < mark.offset() && (at < filled || fill())) {
            pass((int) Math.min(filled - at, mark.offset() - offset));
        }
        number = mark.line();
        return offset == mark.offset() && crc.getValue() == mark.crc();
    }

    private boolean read() throws IOException {
        from = 0;
        to = 0;
        tooLong = false;
        boolean any = false;
        boolean ended = false;
        while (!ended && (at < filled || fill())) {
            any = true;
            int end = at;
            while (end < filled && buffer[end] != '\n') {
                end++;
            }
            ended = end < filled;
            keep(end - at);
            pass(end - at + (ended ? 1 : 0));
        }
        if (any) {
            number++;
            strip();
        }
        return any;
    }

    private void keep(int bytes) {
        if (tooLong || to + bytes > bytesMax) {
            tooLong = true;
            return;
        }
        if (to + bytes > line.length) {
            line = Arrays.copyOf(line, Math.min(bytesMax, Math.max(2 * line.length, to + bytes)));
        }
        System.arraycopy(buffer, at, line, to, bytes);
        to += bytes;
    }

    private void pass(int bytes) {
        crc.update(buffer, at, bytes);
        at += bytes;
        offset += bytes;
    }

    private void strip() {
        if (number == 1 && to >= MARK.length && Arrays.equals(line, 0, MARK.length, MARK, 0, MARK.length)) {
            from = MARK.length;
        }
        while (to > from && blank(line[to - 1])) {
            to--;
        }
    }

    private static boolean blank(byte b) {
        return b == '\r' || b == ' ' || b == '\t';
    }

    private boolean fill() throws IOException {
        at = 0;
        filled = Math.max(0, in.read(buffer, 0, buffer.length));
        return filled > 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
