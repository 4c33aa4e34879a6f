package kvs.deflate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;

/** The choice of a level by a sample. */
class CompressionProbeTest {

    private static final int MB = 1 << 20;

    /** The length of a text, deflated as the probe says; the whole length when it says no. */
    private static int remains(int level, byte[] text) {
        try (CompressionProbe probe = new CompressionProbe(level)) {
            return probe.deflaters(text).map(pool -> deflated(pool, text).length).orElse(text.length);
        }
    }

    private static byte[] deflated(DeflaterPool pool, byte[] text) {
        Deflater deflater = pool.take();
        deflater.setInput(text);
        deflater.finish();
        byte[] out = new byte[text.length + 1_000];
        int bytes = deflater.deflate(out);
        pool.give(deflater);
        return Arrays.copyOf(out, bytes);
    }

    private static int atLevel(int level, byte[] text) {
        try (DeflaterPool pool = new DeflaterPool(level)) {
            return deflated(pool, text).length;
        }
    }

    @Test
    void leavesTextsAsTheyAreThatOnlyHaveASmallAlphabet() {
        for (int bytes : new int[] {CompressionProbe.PROBED_BYTES, 100_000, MB, 16 * MB}) {
            assertEquals(bytes, remains(3, Texts.base64(bytes)));
        }
    }

    @Test
    void deflatesWhatRepeatsItself() {
        for (int bytes : new int[] {CompressionProbe.PROBED_BYTES, 100_000, MB}) {
            byte[] records = Texts.records(bytes);
            assertEquals(atLevel(1, records), remains(3, records), "a third level would save a fiftieth");
        }
        byte[] blocks = Texts.repeated(MB, 8_000);
        assertEquals(atLevel(1, blocks), remains(3, blocks), "repetitions of 8 KB");
        byte[] digits = Texts.hex(MB);
        assertEquals(atLevel(1, digits), remains(9, digits), "no level saves more");
    }

    @Test
    void takesAHigherLevelThatSavesASixteenthMore() {
        byte[] records = Texts.records(MB);
        assertEquals(atLevel(9, records), remains(9, records));
    }

    @Test
    void doesNotProbeShortTexts() {
        byte[] text = Texts.base64(CompressionProbe.PROBED_BYTES - 1);
        assertEquals(atLevel(3, text), remains(3, text));
    }

    @Test
    void usesADeflaterAgainFromItsFirstState() throws DataFormatException {
        try (DeflaterPool pool = new DeflaterPool(1)) {
            Deflater broken = pool.take();
            broken.setInput(Texts.records(5_000));
            broken.deflate(new byte[10]);
            pool.give(broken);
            byte[] text = Texts.records(2_000);
            Inflater inflater = new Inflater(true);
            inflater.setInput(deflated(pool, text));
            byte[] back = new byte[text.length];
            assertEquals(text.length, inflater.inflate(back));
            assertArrayEquals(text, back);
            inflater.end();
        }
    }
}
