package kvs.bundle;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Writes a bundle or a receipt from front to back, drawn in {@link kvs.bundle}. In memory is one frame. The
 * caller makes the file durable. One thread.
 */
final class BundleWriter {

    /** The most bytes of a frame that holds more than one record. */
    static final int FRAME_BYTES = 1 << 20;
    /** The bytes of a frame before its records: zone, number of records. */
    static final int FRAME_HEAD_BYTES = 8;

    private final OutputStream out;
    private final BundleKeys keys;
    private final MessageDigest sha256 = ZoneScan.sha256();
    private final List<BundleTrailer.ZoneTotals> totals;
    private byte[] frame = new byte[FRAME_BYTES];
    private int used = FRAME_HEAD_BYTES;
    private int records;
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
    void add(int ofZone, byte[] record, long timestamp) throws IOException {
        if (records > 0 && (ofZone != zone || used + record.length > FRAME_BYTES)) {
            flush(false);
        }
        if (used + record.length > frame.length) {
            frame = new byte[used + record.length];
        }
        System.arraycopy(record, 0, frame, used, record.length);
        zone = ofZone;
        used += record.length;
        records++;
        highest = Math.max(highest, timestamp);
        totals.set(zone, totals.get(zone).plus(record.length));
    }

    /** Writes the rest, and the trailer, which is returned. */
    BundleTrailer finish() throws IOException {
        if (records > 0) {
            flush(true);
        }
        BundleTrailer trailer = new BundleTrailer(written + BundleTrailer.bytes(totals.size()), highest,
                List.copyOf(totals));
        out.write(trailer.encode(sha256, keys));
        return trailer;
    }

    private void flush(boolean last) throws IOException {
        ByteBuffer.wrap(frame).putShort(0, (short) zone).putShort(2, (short) 0).putInt(4, records);
        byte[] sealed = keys.seal(frames, last, frame, used);
        write(ByteBuffer.allocate(Integer.BYTES).putInt(sealed.length).array());
        write(sealed);
        frames++;
        used = FRAME_HEAD_BYTES;
        records = 0;
        frame = frame.length > FRAME_BYTES ? new byte[FRAME_BYTES] : frame;
    }

    private void write(byte[] bytes) throws IOException {
        sha256.update(bytes);
        out.write(bytes);
        written += bytes.length;
    }
}
