package kvs.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import kvs.sim.SimDice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A body in chunks, byte by byte. In the tables {@code |} stands for CR LF. */
class ChunkDecoderTest {

    private static final String REAL = "3\r\nabc\r\n1a;x=y\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nX-Sum: 7\r\n"
            + "\r\nGET / HTTP/1.1\r\n";
    private static final String BITS = "\r\n\t ;:=\"09afAFgx\u0000\u007f\u0080\u00ff+-,";

    /**
     * The result of decoding some bytes.
     *
     * @param state done, bad or open
     * @param taken bytes that were consumed
     */
    private record Outcome(String state, String data, int taken) { }

    private static Outcome feed(String text) {
        ChunkDecoder chunks = new ChunkDecoder();
        StringBuilder data = new StringBuilder();
        int at = 0;
        while (at < text.length() && !chunks.done() && !chunks.bad()) {
            if (chunks.ready() > 0) {
                int count = (int) Math.min(chunks.ready(), text.length() - at);
                data.append(text, at, at + count);
                chunks.taken(count);
                at += count;
            } else {
                chunks.next((byte) text.charAt(at++));
            }
        }
        return new Outcome(chunks.done() ? "done" : chunks.bad() ? "bad" : "open", data.toString(), at);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!',
            value = {"0||!''", "3|abc|0||!abc", "00000003|abc|000||!abc", "a|0123456789|0||!0123456789",
                "A|0123456789|0||!0123456789", "1;a|x|0||!x", "1;a=b;c=\"d e\"|x|0;last||!x", "1;|x|0||!x",
                "1|x|0|A: b||!x", "1|x|0|A:|B: \u00e9\tc||!x", "1|0|1|;|0||!0;"})
    void takesABodyApart(String text, String data) {
        String bytes = text.replace("|", "\r\n");
        assertEquals(new Outcome("done", data, bytes.length()), feed(bytes + "GET / HTTP/1.1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"|", " 3|abc|0||", "3 |abc|0||", "+3|abc|0||", "-3|abc|0||", "0x3|abc|0||", "3\n",
        "3\rabc", "3\t|", "g|", ";a|", "3,4|", "3|abcd|0||", "3|abc0||", "3|abc\n0||", "3|abc\r0||",
        "000000003|abc|0||", "100000000|", "3;a\n|abc|0||", "3;a\u0000|", "3;\u00e9|",
        "3;a\r|abc", "0|X|", "0| X: y||", "0|X : y||", "0|:y||", "0|X: y\n", "0|X: \u0001||", "0|X: y\r\r",
        "0|\rX", "0|\n", "3|abc|||"})
    void refusesWhatTwoProgramsReadDifferently(String text) {
        assertEquals("bad", feed(text.replace("|", "\r\n")).state);
    }

    @Test
    void boundsLinesTrailersAndWhatIsNoData() {
        assertEquals("done",
                feed("1;" + "x".repeat(ChunkDecoder.LINE_BYTES - 1) + "\r\na\r\n0\r\n\r\n").state);
        assertEquals("bad", feed("1;" + "x".repeat(ChunkDecoder.LINE_BYTES) + "\r\na\r\n0\r\n\r\n").state);
        assertEquals("bad",
                feed("0\r\n" + "A: b\r\n".repeat(ChunkDecoder.TRAILER_BYTES / 6 + 1) + "\r\n").state);
        assertEquals("done",
                feed("0\r\n" + "A: b\r\n".repeat(ChunkDecoder.TRAILER_BYTES / 6 - 1) + "\r\n").state);
        String fat = "1;" + "x".repeat(200) + "\r\na\r\n";
        assertEquals("bad", feed(fat.repeat(10_000)).state);
        assertTrue(feed(fat.repeat(10_000)).taken < 20_000, "it is refused early");
    }

    /** The chunks of a program that writes a document word by word. */
    @Test
    void takesManyChunksOfOneByte() {
        assertEquals("done", feed("1\r\nx\r\n".repeat(50_000) + "0\r\n\r\n").state);
    }

    /**
     * Spoilt bytes are read by the grammar of the oracle, which was written without a look at this decoder.
     */
    @Test
    void agreesWithTheGrammar() {
        SimDice dice = new SimDice(16);
        int done = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(REAL);
            for (int edits = dice.below(4); edits > 0; edits--) {
                int at = dice.below(text.length() + 1);
                if (dice.chance(60)) {
                    text.insert(at, BITS.charAt(dice.below(BITS.length())));
                } else {
                    text.delete(at, Math.min(text.length(), at + 1 + dice.below(3)));
                }
            }
            Outcome outcome = feed(text.toString());
            Optional<HeadGrammar.Body> body = HeadGrammar.chunked(text.toString());
            assertEquals(body.isPresent(), outcome.state.equals("done"),
                    () -> text.toString().replace("\r\n", "|"));
            body.ifPresent(said -> assertEquals(new Outcome("done", said.data(), said.end()), outcome));
            done += body.isPresent() ? 1 : 0;
        }
        assertTrue(done > 2_000 && done < 18_000, done + " of them were whole");
    }

    @Test
    void takesNothingBehindItsEnd() {
        ChunkDecoder chunks = new ChunkDecoder();
        for (byte b : "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII)) {
            assertFalse(chunks.done());
            chunks.next(b);
        }
        assertTrue(chunks.done());
        chunks.next((byte) 'G');
        assertTrue(chunks.bad());
    }
}
