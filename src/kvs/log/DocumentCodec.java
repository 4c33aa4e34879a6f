package kvs.log;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import kvs.deflate.CompressionProbe;
import kvs.deflate.DeflaterPool;
import kvs.deflate.TextChecksums;

/**
 * Deflates documents and inflates them again (RFC 1951, no wrapper: the record has its own checksum). Native
 * state is kept in small pools, because making it costs more than using it.
 *
 * <p>Thread-safe.
 */
public final class DocumentCodec implements AutoCloseable {

    /** Smaller documents are stored as they are: 100 bytes cost 6 µs to deflate and save nothing. */
    static final int WORTH_BYTES = 512;
    /** The smallest saving that pays for inflating at every read: an eighth. */
    private static final int SAVING_SHIFT = 3;
    private static final int LEVEL_MAX = 9;
    private static final int POOL = 16;
    private static final int BUFFER_BYTES = 16 << 10;
    /**
     * Bytes of input after which a flush puts a mark into the output. Deflate turns 1,032 bytes into one at
     * best, into a zero when all of them are alike; the marks keep each sector of the log from being all
     * zeros: see {@link TornWriteDetector}.
     */
    private static final int MARK_BYTES = 256 << 10;

    private final Optional<CompressionProbe> probe;
    private final ArrayBlockingQueue<Inflater> inflaters = new ArrayBlockingQueue<>(POOL);

    /** A codec of that level, 1 to 19 (above 9 means 9), or 0 for none. */
    public DocumentCodec(int level) {
        this.probe = level == 0 ? Optional.empty()
                : Optional.of(new CompressionProbe(Math.min(level, LEVEL_MAX)));
    }

    /** The document in the form in which it is stored: a long one that shrinks little stays as it is. */
    public EncodedDocument pack(byte[] raw) {
        Optional<DeflaterPool> pool = raw.length < WORTH_BYTES ? Optional.empty()
                : probe.flatMap(worth -> worth.deflaters(raw));
        return pool.map(deflaters -> deflated(raw, deflaters)).orElse(EncodedDocument.plain(raw));
    }

    private static EncodedDocument deflated(byte[] raw, DeflaterPool deflaters) {
        Deflater deflater = deflaters.take();
        byte[] buffer = new byte[raw.length - (raw.length >> SAVING_SHIFT)];
        int bytes = 0;
        boolean fits;
        try {
            for (int from = 0; from < raw.length && bytes < buffer.length; from += MARK_BYTES) {
                int length = Math.min(MARK_BYTES, raw.length - from);
                deflater.setInput(raw, from, length);
                if (from + length == raw.length) {
                    deflater.finish();
                }
                bytes += deflater.deflate(buffer, bytes, buffer.length - bytes, Deflater.SYNC_FLUSH);
            }
            fits = deflater.finished();
        } finally {
            deflaters.give(deflater);
        }
        return fits ? new EncodedDocument(raw, Arrays.copyOf(buffer, bytes)) : EncodedDocument.plain(raw);
    }

    /**
     * The raw form of {@code packed}, which must have exactly {@code rawBytes}; the caller has checked that
     * number against its limit.
     *
     * @throws IOException when it is not what {@link #pack} made
     */
    public byte[] unpack(byte[] packed, int rawBytes) throws IOException {
        return inflating(packed, rawBytes, inflater -> {
            byte[] raw = new byte[rawBytes];
            return inflater.inflate(raw) == rawBytes ? Optional.of(raw) : Optional.empty();
        });
    }

    /**
     * The checksums of the raw form of {@code packed}, which must have exactly {@code rawBytes}; it is never
     * in memory as a whole.
     *
     * @throws IOException when it is not what {@link #pack} made
     */
    public TextChecksums checksums(byte[] packed, int rawBytes) throws IOException {
        return inflating(packed, rawBytes, inflater -> {
            TextChecksums.Builder sums = new TextChecksums.Builder();
            byte[] buffer = new byte[Math.min(rawBytes, BUFFER_BYTES)];
            int left = rawBytes;
            int count = 1;
            while (left > 0 && count > 0) {
                count = inflater.inflate(buffer, 0, Math.min(left, buffer.length));
                sums.add(buffer, 0, count);
                left -= count;
            }
            return left == 0 ? Optional.of(sums.build()) : Optional.empty();
        });
    }

    /** Takes what it needs from an inflater; empty when there is not enough. */
    private interface Inflation<T> {
        Optional<T> of(Inflater inflater) throws DataFormatException;
    }

    /** The result of an inflation, which must have taken all. */
    private <T> T inflating(byte[] packed, int rawBytes, Inflation<T> inflation) throws IOException {
        Inflater inflater = inflaters.poll();
        if (inflater == null) {
            inflater = new Inflater(true);
        }
        try {
            inflater.setInput(packed);
            Optional<T> result = inflation.of(inflater);
            if (result.isEmpty() || inflater.getRemaining() > 0 || !ended(inflater)) {
                throw new IOException("deflated document does not have " + rawBytes + " bytes");
            }
            return result.get();
        } catch (DataFormatException e) {
            throw new IOException("deflated document is not readable", e);
        } finally {
            inflater.reset();
            if (!inflaters.offer(inflater)) {
                inflater.end();
            }
        }
    }

    /** Whether the stream has ended; the end mark may still have to be read when the output was full. */
    private static boolean ended(Inflater inflater) throws DataFormatException {
        return inflater.finished() || inflater.inflate(new byte[1]) == 0 && inflater.finished();
    }

    @Override
    public void close() {
        probe.ifPresent(CompressionProbe::close);
        inflaters.forEach(Inflater::end);
    }
}
