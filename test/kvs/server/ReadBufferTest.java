package kvs.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Bytes between a socket and who reads them. */
class ReadBufferTest {

    private final Loop loop = TestServer.loop();
    private final Parser parser = new Parser(1_000, 10);
    private final ReadBuffer readBuffer = new ReadBuffer(loop, parser);

    private byte[] rest() {
        byte[] rest = new byte[readBuffer.left()];
        assertEquals(rest.length, readBuffer.take(rest, 0, Integer.MAX_VALUE));
        return rest;
    }

    @Test
    void hasNothingAtFirst() {
        assertEquals(0, readBuffer.left());
        assertEquals(0, readBuffer.skip(10));
        assertEquals(0, readBuffer.take(new byte[1], 0, 1));
    }

    @Test
    void keepsWhatIsLeftOfAnArrayThatIsUsedAgain() {
        byte[] read = {1, 2, 3, 4, 5, 9, 9};
        readBuffer.set(read, 5);
        assertEquals(2, readBuffer.take(new byte[2], 0, 2));
        readBuffer.keep();
        java.util.Arrays.fill(read, (byte) 7);
        assertEquals(3, readBuffer.left());
        assertEquals(1, readBuffer.skip(1));
        readBuffer.keep();
        assertArrayEquals(new byte[] {4, 5}, rest());
        readBuffer.keep();
        assertEquals(0, readBuffer.left());
    }

    @Test
    void movesNoMoreThanIsAskedForAndToItsPlace() {
        readBuffer.set(new byte[] {1, 2, 3, 4}, 4);
        byte[] to = new byte[5];
        assertEquals(3, readBuffer.take(to, 1, 3));
        assertArrayEquals(new byte[] {0, 1, 2, 3, 0}, to);
        assertEquals(1, readBuffer.skip(Long.MAX_VALUE));
        assertEquals(0, readBuffer.left());
    }

    @Test
    void givesAParserOneHeadOfSeveral() {
        byte[] heads = "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n".getBytes(
                java.nio.charset.StandardCharsets.US_ASCII);
        readBuffer.set(heads, heads.length);
        readBuffer.parse();
        assertEquals("/1", parser.head().orElseThrow().target());
        assertEquals(heads.length / 2, readBuffer.left());
        readBuffer.keep();
        parser.reset();
        readBuffer.parse();
        assertEquals("/2", parser.head().orElseThrow().target());
        assertTrue(readBuffer.left() == 0);
    }

    @Test
    void tellsTheLoopWhatItHolds() {
        readBuffer.set("GET /1 HTTP/1.1\r\nHost".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 21);
        readBuffer.parse();
        readBuffer.keep();
        assertTrue(readBuffer.holds());
        assertTrue(loop.held() >= 21);
        readBuffer.set(new byte[100], 100);
        readBuffer.keep();
        long both = loop.held();
        assertTrue(both >= 121);
        assertEquals(100, readBuffer.skip(100));
        readBuffer.keep();
        assertEquals(both - 100, loop.held());
        readBuffer.close();
        assertEquals(0, loop.held());
        readBuffer.keep();
        assertEquals(0, loop.held());
    }
}
