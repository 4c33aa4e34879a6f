package kvs.bundle;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import kvs.log.Record;

/**
 * Writes a bundle or a receipt from front to back, drawn in {@link kvs.bundle}. In memory is one frame. The
 * caller makes the file durable. One thread.
 */
final class BundleWriter implements AutoCloseable {

    /** The most bytes of the content of a frame that holds more than one record. */
    static final int FRAME_BYTES = 1 << 20;
    /** The bytes of a frame before its content: zone, number of records. */
    static final int FRAME_HEAD_BYTES = 8;

    private final OutputStream out;
    private final BundleKeys keys;
    private final MessageDigest sha256 = ZoneScan.sha256();
    private final List<BundleTrailer.ZoneTotals> totals;
    private final FrameEncoder frame = new FrameEncoder();
    private int zone;
    private long frames;
    private long written;
    private long highest;

    /** Begins a file, and writes its head. */
    BundleWriter(OutputStream out, BundleHead head, byte[] secret) throws IOException {
        this.out = out;
        this.keys = new BundleKeys(secret, head.salt());
        this.totals = new ArrayList<>(Collections.nCopies(head.zones().size(),
                BundleTrailer.ZoneTotals.NONE));
        byte[] encoded = head.encode();
        write(encoded);
        write(keys.headMac(encoded));
    }

    /** Adds a version of a zone; the zones come in the order of the head. */
    void add(int ofZone, Record.Put put) throws IOException {
        int most = put.key().bytes().length + put.version().data().length + FrameEncoder.OVERHEAD_MAX;
        if (frame.records() > 0 && (ofZone != zone || frame.size() + most > FRAME_BYTES)) {
            flush(false);
        }
        zone = ofZone;
        highest = Math.max(highest, put.version().timestamp());
        totals.set(zone, totals.get(zone).plus(frame.add(put)));
    }

    /** Writes the rest, and the trailer, which is returned. */
    BundleTrailer finish() throws IOException {
        if (frame.records() > 0) {
            flush(true);
        }
        BundleTrailer trailer = new BundleTrailer(written + BundleTrailer.bytes(totals.size()), highest,
                List.copyOf(totals));
        out.write(trailer.encode(sha256, keys));
        return trailer;
    }

    private void flush(boolean last) throws IOException {
        byte[] plain = frame.finish(zone);
        byte[] sealed = keys.seal(frames, last, plain, plain.length);
        write(ByteBuffer.allocate(Integer.BYTES).putInt(sealed.length).array());
        write(sealed);
        frames++;
    }

    private void write(byte[] bytes) throws IOException {
        sha256.update(bytes);
        out.write(bytes);
        written += bytes.length;
    }

    @Override
    public void close() {
        frame.close();
    }
}
