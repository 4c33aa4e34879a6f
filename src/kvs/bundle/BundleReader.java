package kvs.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import kvs.auth.ReservedKeyCheck;
import kvs.documents.VersionValidation;
import kvs.log.DocumentCodec;
import kvs.log.Record;
import kvs.log.ReplicatedVersion;
import kvs.model.Coverage;
import kvs.model.Version;
import kvs.model.VersionIdHasher;
import kvs.tree.EntryHasher;
import kvs.tree.HashSum;
import kvs.tree.RangeTotals;

/**
 * Reads the body of a bundle from front to back, and checks all of it: frames, records, ids, zones, the order
 * of keys, and that all of it matches head and trailer. In memory is one frame. One thread.
 */
final class BundleReader {

    /** The longest encrypted frame: one with the longest record. */
    private static final int SEALED_MAX = FrameEncoder.deflatedMax(FrameDecoder.CONTENT_MAX)
            + BundleWriter.FRAME_HEAD_BYTES + Long.BYTES + BundleKeys.TAG_BYTES;

    private final BundleFile file;
    private final BundleKeys keys;
    private final LongConsumer progress;
    private final VersionIdHasher ids = new VersionIdHasher();
    private final EntryHasher hasher = new EntryHasher();
    private final DocumentCodec codec = new DocumentCodec(0);
    private final FrameDecoder decoder = new FrameDecoder(codec, ids);
    private final List<BundleTrailer.ZoneTotals> totals;
    private HashSum sum = HashSum.ZERO;
    private int zone;
    private Optional<byte[]> last = Optional.empty();
    private long highest;
    private Visitor visitor = (place, arrival) -> { };

    /** A receiver of the versions, in the order of the file, with the place of their zone in the head. */
    @FunctionalInterface
    interface Visitor {
        void version(int zone, ReplicatedVersion arrival) throws IOException;
    }

    /** A reader with the keys of the file; it reports the number of bytes read. */
    BundleReader(BundleFile file, BundleKeys keys, LongConsumer progress) {
        this.file = file;
        this.keys = keys;
        this.progress = progress;
        this.totals = new ArrayList<>(Collections.nCopies(file.head().zones().size(),
                BundleTrailer.ZoneTotals.NONE));
    }

    /**
     * Reads and checks the whole body. Call once.
     *
     * @throws RejectedBundleException with the first fault
     */
    void run(Visitor to) throws IOException, RejectedBundleException {
        visitor = to;
        try (codec; decoder) {
            long at = file.bodyStart();
            for (long number = 0; at < file.bodyEnd(); number++) {
                at += frame(number, at);
                progress.accept(at);
            }
        }
        moveTo(totals.size());
        if (!totals.equals(file.trailer().totals()) || highest != file.trailer().highestTimestamp()) {
            throw RejectedBundleException.damaged("its content differs from the totals at its end");
        }
    }

    /** Reads the frame of that number at that place; its length in the file. */
    private int frame(long number, long at) throws IOException, RejectedBundleException {
        long left = file.bodyEnd() - at - Integer.BYTES;
        int sealed = left < 0 ? 0 : ByteBuffer.wrap(file.read(at, Integer.BYTES)).getInt();
        if (sealed < BundleWriter.FRAME_HEAD_BYTES + BundleKeys.TAG_BYTES || sealed > SEALED_MAX
                || sealed > left) {
            throw bad(number, "has no valid length");
        }
        ByteBuffer in = ByteBuffer.wrap(keys.open(number, sealed == left,
                file.read(at + Integer.BYTES, sealed)).orElseThrow(() -> bad(number, "was changed")));
        int ofZone = Short.toUnsignedInt(in.getShort());
        int reserved = in.getShort();
        int records = in.getInt();
        if (ofZone < zone || ofZone >= totals.size() || reserved != 0 || records < 1) {
            throw bad(number, "is malformed");
        }
        moveTo(ofZone);
        if (file.records() == BundleHead.FIRST_RECORDS) {
            for (int i = 0; i < records; i++) {
                record(number, in);
            }
        } else {
            records(number, in, records);
        }
        if (in.hasRemaining()) {
            throw bad(number, "has bytes behind its records");
        }
        return Integer.BYTES + sealed;
    }

    /** Reads the records of a frame in the present format. */
    private void records(long number, ByteBuffer in, int records)
            throws IOException, RejectedBundleException {
        if (!decoder.begin(in)) {
            throw bad(number, "is malformed");
        }
        for (int i = 0; i < records; i++) {
            int start = decoder.position();
            ReplicatedVersion arrival = decoder.next()
                    .orElseThrow(() -> bad(number, "has a record that is malformed"));
            version(number, arrival, decoder.position() - start);
        }
        if (!decoder.isComplete()) {
            throw bad(number, "has other versions than its maker had");
        }
    }

    /** Reads a record in the format of the first version. */
    private void record(long number, ByteBuffer in) throws IOException, RejectedBundleException {
        int length = in.remaining() < Record.HEAD_BYTES ? 0 : in.getInt(in.position() + Integer.BYTES);
        if (length < Record.HEAD_BYTES || length > Record.BYTES_MAX
                || Record.padded(length) > in.remaining()) {
            throw bad(number, "has a record of " + length + " bytes");
        }
        byte[] bytes = new byte[Record.padded(length)];
        in.get(bytes);
        version(number, ReplicatedVersion.decode(bytes, codec, ids)
                .orElseThrow(() -> bad(number, "has a record that is malformed")), bytes.length);
    }

    private void version(long number, ReplicatedVersion arrival, int bytes)
            throws IOException, RejectedBundleException {
        Version version = arrival.version();
        BundleHead.ZoneState state = file.head().zones().get(zone);
        byte[] key = version.key().bytes();
        boolean delta = state.base().isPresent();
        boolean ordered = delta || last.isEmpty() || Arrays.compareUnsigned(last.get(), key) < 0;
        if (!isPossible(version)) {
            throw bad(number, "has a version that no node may store");
        }
        if (!state.zone().contains(key)
                || state.base().orElse(Coverage.NONE).covers(version.dot()) || !ordered) {
            throw bad(number, "has a version in the wrong place");
        }
        last = Optional.of(key);
        sum = sum.plus(hasher.of(key, version.uuid()));
        highest = Math.max(highest, version.timestamp());
        totals.set(zone, totals.get(zone).plus(bytes));
        visitor.version(zone, arrival);
    }

    private static boolean isPossible(Version version) {
        boolean key = !ReservedKeyCheck.reserved(version.key())
                || ReservedKeyCheck.possible(version.key());
        return key && VersionValidation.possible(version);
    }

    /** Ends the zones before that one: a full one has exactly the entries that its head says. */
    private void moveTo(int next) throws RejectedBundleException {
        while (zone < next) {
            BundleHead.ZoneState state = file.head().zones().get(zone);
            long entries = totals.get(zone).entries();
            boolean full = file.head().kind() == BundleHead.Kind.BUNDLE && state.base().isEmpty();
            if (full && !Arrays.equals(new RangeTotals(entries, 0, 0, sum).digest(), state.digest())) {
                throw RejectedBundleException.damaged("its zone " + state.zone()
                        + " is not what its head says");
            }
            sum = HashSum.ZERO;
            last = Optional.empty();
            zone++;
        }
    }

    private static RejectedBundleException bad(long number, String what) {
        return RejectedBundleException.damaged("frame " + (number + 1) + " " + what);
    }
}
