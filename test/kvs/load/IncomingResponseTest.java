package kvs.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import kvs.load.IncomingResponse.Progress;
import org.junit.jupiter.api.Test;

/** Answers that arrive whole, in pieces, and wrong. */
class IncomingResponseTest {

    private static final String OK = "HTTP/1.1 200 OK\r\nDate: now\r\nContent-length: 11\r\nETag: \"1\"\r\n"
            + "\r\nhello world";
    private static final String EMPTY = "HTTP/1.1 204 No Content\r\nDate: now\r\n\r\n";

    private final ResponseHead head = new ResponseHead();
    private final IncomingResponse any = new IncomingResponse(head, ByteBuffer.allocate(0));
    private final IncomingResponse hello = new IncomingResponse(head, bytes("hello world"));

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void takesWholeAnswersOneAfterAnother() {
        for (String text : new String[] {OK, OK, EMPTY, OK, OK.replace("Date: now", "Date: later"),
                OK.replace("length: 11", "LENGTH:11"), EMPTY}) {
            assertEquals(Progress.GOOD, any.take(bytes(text)), text);
        }
    }

    @Test
    void takesAnAnswerCutAnywhere() {
        for (int first = 1; first < OK.length(); first++) {
            for (int second = first; second < OK.length(); second++) {
                assertEquals(Progress.MORE, hello.take(bytes(OK.substring(0, first))));
                assertEquals(Progress.MORE, hello.take(bytes(OK.substring(first, second))));
                assertEquals(Progress.GOOD, hello.take(bytes(OK.substring(second))), first + ", " + second);
            }
        }
    }

    @Test
    void refusesOtherStatusAndOtherBodies() {
        assertEquals(Progress.BAD, any.take(bytes(OK.replace("200 OK", "503 No"))));
        assertEquals(Progress.BAD, any.take(bytes(OK + "x")));
        assertEquals(Progress.BAD, hello.take(bytes(OK.replace("world", "World"))));
        assertEquals(Progress.BAD, hello.take(bytes(EMPTY)));
        assertEquals(Progress.MORE, hello.take(bytes(OK.substring(0, OK.length() - 5))));
        assertEquals(Progress.BAD, hello.take(bytes("w0rld")));
        assertEquals(Progress.GOOD, hello.take(bytes(OK)));
    }

    @Test
    void forgetsWhatItHasOfAnAnswer() {
        assertEquals(Progress.MORE, hello.take(bytes(OK.substring(0, 20))));
        hello.reset();
        assertEquals(Progress.GOOD, hello.take(bytes(OK)));
    }
}
