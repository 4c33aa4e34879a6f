package kvs.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Bytes between a socket and who reads them. */
class ReadBufferTest {

    private final Loop loop = TestServer.loop();
    private final Parser parser = new Parser(1_000, 10);
    private final ReadBuffer incoming = new ReadBuffer(loop, parser);

    private byte[] rest() {
        byte[] rest = new byte[incoming.left()];
        assertEquals(rest.length, incoming.take(rest, 0, Integer.MAX_VALUE));
        return rest;
    }

    @Test
    void hasNothingAtFirst() {
        assertEquals(0, incoming.left());
        assertEquals(0, incoming.skip(10));
        assertEquals(0, incoming.take(new byte[1], 0, 1));
    }

    @Test
    void keepsWhatIsLeftOfAnArrayThatIsUsedAgain() {
        byte[] read = {1, 2, 3, 4, 5, 9, 9};
        incoming.set(read, 5);
        assertEquals(2, incoming.take(new byte[2], 0, 2));
        incoming.keep();
        java.util.Arrays.fill(read, (byte) 7);
        assertEquals(3, incoming.left());
        assertEquals(1, incoming.skip(1));
        incoming.keep();
        assertArrayEquals(new byte[] {4, 5}, rest());
        incoming.keep();
        assertEquals(0, incoming.left());
    }

    @Test
    void movesNoMoreThanIsAskedForAndToItsPlace() {
        incoming.set(new byte[] {1, 2, 3, 4}, 4);
        byte[] to = new byte[5];
        assertEquals(3, incoming.take(to, 1, 3));
        assertArrayEquals(new byte[] {0, 1, 2, 3, 0}, to);
        assertEquals(1, incoming.skip(Long.MAX_VALUE));
        assertEquals(0, incoming.left());
    }

    @Test
    void givesAParserOneHeadOfSeveral() {
        byte[] heads = "GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n".getBytes(
                java.nio.charset.StandardCharsets.US_ASCII);
        incoming.set(heads, heads.length);
        incoming.parse();
        assertEquals("/1", parser.head().orElseThrow().target());
        assertEquals(heads.length / 2, incoming.left());
        incoming.keep();
        parser.reset();
        incoming.parse();
        assertEquals("/2", parser.head().orElseThrow().target());
        assertTrue(incoming.left() == 0);
    }

    @Test
    void tellsTheLoopWhatItHolds() {
        incoming.set("GET /1 HTTP/1.1\r\nHost".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 21);
        incoming.parse();
        incoming.keep();
        assertTrue(incoming.holds());
        assertTrue(loop.held() >= 21);
        incoming.set(new byte[100], 100);
        incoming.keep();
        long both = loop.held();
        assertTrue(both >= 121);
        assertEquals(100, incoming.skip(100));
        incoming.keep();
        assertEquals(both - 100, loop.held());
        incoming.close();
        assertEquals(0, loop.held());
        incoming.keep();
        assertEquals(0, loop.held());
    }
}
