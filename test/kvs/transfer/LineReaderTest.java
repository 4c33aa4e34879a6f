package kvs.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {

    /** A stream that brings a few bytes at a time. */
    private static InputStream drops(String text, int bytes) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public int read(byte[] into, int from, int length) {
                return super.read(into, from, Math.min(bytes, length));
            }
        };
    }

    private static List<String> lines(LineReader in) throws IOException {
        List<String> lines = new ArrayList<>();
        while (in.next()) {
            lines.add(in.number() + ":"
                    + (in.fault().isPresent() ? "long" : new String(in.bytes(), StandardCharsets.UTF_8)));
        }
        return lines;
    }

    @Test
    void cutsLinesOfAnyKind() throws IOException {
        String text = "\ufeffone\r\n\n \t\r\ntwo\u00e4\n\r\n  three  \n12345678901\n1234567890\nlast";
        for (int bytes = 1; bytes < 40; bytes++) {
            assertEquals(List.of("1:one", "4:twoä", "6:  three", "7:long", "8:1234567890", "9:last"),
                    lines(new LineReader(drops(text, bytes), 10)), "in drops of " + bytes);
        }
        assertEquals(List.of(), lines(new LineReader(drops("", 1), 10)));
        assertEquals(List.of(), lines(new LineReader(drops("\ufeff\n\n", 1), 10)));
    }

    @Test
    void holdsNoMoreThanALine() throws IOException {
        long[] left = {1L << 28};
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] into, int from, int length) {
                left[0] -= length;
                return left[0] < 0 ? -1 : length;
            }
        };
        LineReader in = new LineReader(endless, 1 << 20);
        assertTrue(in.next() && in.fault().isPresent());
        assertFalse(in.next());
    }

    private static ImportProgress.FileOffset mark(LineReader in) {
        return new ImportProgress.FileOffset(in.offset(), in.number(), in.crc(),
                new ImportProgress.Counts(0, 0, 0));
    }

    @Test
    void goesOnBehindWhatItKnows() throws IOException {
        String text = "\ufeffone\n\ntwo\r\nthree\nfour";
        LineReader whole = new LineReader(drops(text, 4), 10);
        int places = 0;
        while (whole.next()) {
            LineReader again = new LineReader(drops(text, 3), 10);
            assertTrue(again.skip(mark(whole)));
            LineReader rest = new LineReader(drops(text, 5), 10);
            while (rest.number() < whole.number()) {
                assertTrue(rest.next());
            }
            assertEquals(lines(rest), lines(again));
            assertFalse(new LineReader(drops(text.replace("e", "E"), 3), 10)
                    .skip(mark(whole)));
            places++;
        }
        assertEquals(4, places);
        assertFalse(new LineReader(drops("on", 3), 10).skip(mark(whole)));
    }
}
