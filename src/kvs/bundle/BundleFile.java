package kvs.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongConsumer;
import kvs.world.DiskFile;

/**
 * A bundle or a receipt on a disk: its head and its trailer, which anybody can read, and the checks of them.
 * Nothing of it is believed before {@link #keys} has found its signatures. One thread.
 */
public final class BundleFile {

    private static final int PIECE_BYTES = 1 << 20;

    private final DiskFile file;
    private final byte[] headBytes;
    private final byte[] headMac;
    private final byte[] trailerBytes;
    private final BundleHead head;
    private final BundleTrailer trailer;

    /**
     * Reads the head and the trailer of a file.
     *
     * @throws RejectedBundleException when it has none, or is shorter than it was made
     */
    public BundleFile(DiskFile file) throws IOException, RejectedBundleException {
        this.file = file;
        long size = file.size();
        ByteBuffer start = ByteBuffer.wrap(read(0, BundleHead.FIXED_BYTES));
        int zones = BundleHead.zones(start);
        int bytes = BundleHead.bytes(start);
        int end = BundleTrailer.bytes(zones);
        if (size < (long) bytes + end) {
            throw RejectedBundleException.damaged("its end is missing");
        }
        this.trailerBytes = read(size - end, end);
        this.trailer = BundleTrailer.decode(trailerBytes, zones, size);
        this.headBytes = read(0, bytes - BundleHead.MAC_BYTES);
        this.headMac = read(headBytes.length, BundleHead.MAC_BYTES);
        this.head = BundleHead.decode(headBytes);
    }

    /** Whether a file begins like a bundle or a receipt of any version. */
    public static boolean isBundle(DiskFile file) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(7);
        return file.read(start, 0) == 7 && Arrays.equals(start.array(), new byte[] {'K', 'V', 'S', 'B', 'N',
            'D', ' '});
    }

    /** The time in the head of a file, not proven yet, Unix ms; the highest number for no bundle. */
    public static long madeMs(DiskFile file) throws IOException {
        try {
            return new BundleFile(file).head.madeMs();
        } catch (RejectedBundleException none) {
            return Long.MAX_VALUE;
        }
    }

    /** The head. */
    public BundleHead head() {
        return head;
    }

    /** The format of the records in the body. */
    int records() {
        return BundleHead.records(headBytes);
    }

    /** The trailer. */
    public BundleTrailer trailer() {
        return trailer;
    }

    /** The place of the first frame. */
    long bodyStart() {
        return headBytes.length + (long) BundleHead.MAC_BYTES;
    }

    /** The place behind the last frame. */
    long bodyEnd() {
        return trailer.fileBytes() - trailerBytes.length;
    }

    /** The keys of the file, if head and trailer were signed with one of these link secrets. */
    Optional<BundleKeys> keys(Iterable<byte[]> secrets) {
        for (byte[] secret : secrets) {
            BundleKeys keys = new BundleKeys(secret, head.salt());
            if (MessageDigest.isEqual(keys.headMac(headBytes), headMac)
                    && BundleTrailer.isAuthentic(trailerBytes, keys)) {
                return Optional.of(keys);
            }
        }
        return Optional.empty();
    }

    /**
     * Reads every byte, and compares the SHA-256 of the file with that in its trailer. That finds damage;
     * only the signatures prove who made it.
     *
     * @param progress receives the number of bytes read
     * @throws RejectedBundleException when they differ
     */
    public void checkHash(LongConsumer progress) throws IOException, RejectedBundleException {
        MessageDigest sha256 = ZoneScan.sha256();
        long end = bodyEnd();
        for (long at = 0; at < end; at += PIECE_BYTES) {
            sha256.update(read(at, (int) Math.min(PIECE_BYTES, end - at)));
            progress.accept(at);
        }
        sha256.update(trailerBytes, 0, BundleTrailer.hashed(trailerBytes));
        if (!MessageDigest.isEqual(sha256.digest(), BundleTrailer.hash(trailerBytes))) {
            throw RejectedBundleException.damaged("the SHA-256 at its end is not that of its content");
        }
    }

    /** Reads that many bytes, which must exist. */
    byte[] read(long at, int bytes) throws IOException, RejectedBundleException {
        ByteBuffer in = ByteBuffer.allocate(bytes);
        if (file.read(in, at) < bytes) {
            throw RejectedBundleException.damaged("it ends too soon");
        }
        return in.array();
    }
}
