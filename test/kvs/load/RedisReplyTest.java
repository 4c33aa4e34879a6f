package kvs.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import kvs.load.IncomingResponse.Progress;
import org.junit.jupiter.api.Test;

class RedisReplyTest {

    private static final String VALUE = "$11\r\nhello world\r\n";

    private final IncomingResponse any = new IncomingResponse(new RedisReply(), ByteBuffer.allocate(0));

    private Progress take(String text) {
        return any.take(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void takesRepliesWholeAndInPieces() {
        assertEquals(Progress.GOOD, take("+OK\r\n"));
        assertEquals(Progress.GOOD, take(VALUE));
        for (int cut = 1; cut < VALUE.length(); cut++) {
            assertEquals(Progress.MORE, take(VALUE.substring(0, cut)));
            assertEquals(Progress.GOOD, take(VALUE.substring(cut)), "cut at " + cut);
        }
    }

    @Test
    void anErrorOrNothingIsNoGoodReply() {
        assertEquals(Progress.BAD, take("-ERR unknown command\r\n"));
        assertEquals(Progress.BAD, take("$-1\r\n"));
        assertEquals(Progress.GOOD, take("+OK\r\n"));
    }
}
