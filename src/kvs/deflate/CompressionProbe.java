package kvs.deflate;

import java.util.Optional;
import java.util.zip.Deflater;

/**
 * Decides by a sample whether deflating a long text pays, and at which level. Deflating 1 MB costs 2 ms of
 * CPU when it repeats itself, and 25 to 40 ms when it does not; then it saves a quarter at most, which is
 * what any text in base64 saves, and each read pays 4 ms for that.
 *
 * <p>The sample is four pieces that are spread over the text, deflated as one: a quarter of the text and
 * 16 KiB at most, 0.3 ms. So it also sees repetitions of some KiB. Measured on texts of 1 MB, the share that
 * remains is 83 % of printable characters at random, 76 % of base64, 59 % of hexadecimal digits, 34 % of
 * records with ids; of the whole text 83, 77, 58, 33.
 *
 * <p>Thread-safe.
 */
public final class CompressionProbe implements AutoCloseable {

    /** Shorter texts are deflated without a probe. */
    public static final int PROBED_BYTES = 16 << 10;
    private static final int PIECES = 4;
    private static final int PIECE_BYTES = 4 << 10;
    /** A text must lose a third of its sample: that tells repetition from a small alphabet. */
    private static final int SAVING = 3;
    /** A higher level must make the sample smaller by a sixteenth: it costs up to ten times as much. */
    private static final int MORE_SAVING = 16;

    private final DeflaterPool fast;
    private final DeflaterPool wanted;

    /** A probe for the decision between no deflater, those of level 1, and those of {@code level}, 1 to 9. */
    public CompressionProbe(int level) {
        this.fast = new DeflaterPool(Deflater.BEST_SPEED);
        this.wanted = level == Deflater.BEST_SPEED ? fast : new DeflaterPool(level);
    }

    /** The deflaters that pay for {@code text}; empty when it is better left as it is. */
    public Optional<DeflaterPool> deflaters(byte[] text) {
        if (text.length < PROBED_BYTES) {
            return Optional.of(wanted);
        }
        byte[] sample = sample(text);
        int quick = deflated(fast, sample);
        if (quick > sample.length - sample.length / SAVING) {
            return Optional.empty();
        }
        return Optional.of(wanted != fast && deflated(wanted, sample) <= quick - quick / MORE_SAVING ? wanted
                : fast);
    }

    /** The deflaters of level 1, for a text that must be deflated whatever that saves. */
    public DeflaterPool fast() {
        return fast;
    }

    private static byte[] sample(byte[] text) {
        int piece = Math.min(PIECE_BYTES, text.length / (PIECES * PIECES));
        byte[] sample = new byte[PIECES * piece];
        for (int i = 0; i < PIECES; i++) {
            long from = (long) (text.length - piece) * i / (PIECES - 1);
            System.arraycopy(text, (int) from, sample, i * piece, piece);
        }
        return sample;
    }

    /** The length of the deflated sample; one that does not shrink counts as it is. */
    private static int deflated(DeflaterPool pool, byte[] sample) {
        Deflater deflater = pool.take();
        try {
            deflater.setInput(sample);
            deflater.finish();
            int bytes = deflater.deflate(new byte[sample.length]);
            return deflater.finished() ? bytes : sample.length;
        } finally {
            pool.give(deflater);
        }
    }

    @Override
    public void close() {
        fast.close();
        wanted.close();
    }
}
