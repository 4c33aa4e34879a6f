package kvs.bundle;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import kvs.log.DocumentCodec;
import kvs.log.EncodedDocument;
import kvs.log.Record;
import kvs.log.ReplicatedVersion;
import kvs.model.Dot;
import kvs.model.Key;
import kvs.model.Version;
import kvs.model.VersionIdHasher;

/**
 * Decodes frames in format 2, which {@link FrameEncoder} draws. Each length is checked before its memory is
 * taken. One thread.
 */
final class FrameDecoder implements AutoCloseable {

    /** The longest content: that of one frame, or of the longest record. */
    static final int CONTENT_MAX = Record.BYTES_MAX + FrameEncoder.OVERHEAD_MAX;

    private final DocumentCodec codec;
    private final VersionIdHasher hasher;
    private final Inflater inflater = new Inflater(true);
    private final MessageDigest ids = ZoneScan.sha256();
    private final List<FrameEncoder.Writing> origins = new ArrayList<>();
    private final List<UUID> users = new ArrayList<>();
    private ByteBuffer in = ByteBuffer.allocate(0);
    private int end;
    private byte[] key = {};
    private long seq;
    private long timestamp;

    /** A decoder that inflates documents with that codec, and computes ids with that hasher. */
    FrameDecoder(DocumentCodec codec, VersionIdHasher hasher) {
        this.codec = codec;
        this.hasher = hasher;
    }

    /** Begins a frame, behind its number of records; false when it is malformed. */
    boolean begin(ByteBuffer frame) {
        int bytes = frame.remaining() < Integer.BYTES ? -1 : frame.getInt();
        if (bytes < FrameEncoder.CHECK_BYTES || bytes > CONTENT_MAX) {
            return false;
        }
        byte[] content = new byte[bytes];
        inflater.reset();
        inflater.setInput(frame);
        try {
            int read = inflater.inflate(content);
            boolean whole = read == bytes && (inflater.finished() || inflater.inflate(new byte[1]) == 0)
                    && inflater.finished() && !frame.hasRemaining();
            in = ByteBuffer.wrap(content);
            end = bytes - FrameEncoder.CHECK_BYTES;
            key = new byte[0];
            seq = 0;
            timestamp = 0;
            return whole && tables();
        } catch (DataFormatException | BufferUnderflowException malformed) {
            return false;
        }
    }

    private boolean tables() {
        origins.clear();
        users.clear();
        long n = varint();
        boolean good = n >= 0 && n <= in.remaining() / 24;
        for (long i = 0; i < n && good; i++) {
            origins.add(new FrameEncoder.Writing(id(), in.getLong()));
        }
        long m = good ? varint() : -1;
        good = m >= 0 && m <= in.remaining() / 16;
        for (long i = 0; i < m && good; i++) {
            users.add(id());
        }
        return good && in.position() <= end;
    }

    /** The place in the content of the frame: what a record takes is a difference of two. */
    int position() {
        return in.position();
    }

    /** The next version; empty when it is malformed. */
    Optional<ReplicatedVersion> next() {
        try {
            return in.position() < end ? decode() : Optional.empty();
        } catch (BufferUnderflowException | IndexOutOfBoundsException | IOException malformed) {
            return Optional.empty();
        }
    }

    private Optional<ReplicatedVersion> decode() throws IOException {
        int flags = in.get();
        int shared = length(key.length);
        int rest = length(Key.BYTES_MAX - shared);
        byte[] next = Arrays.copyOf(key, shared + rest);
        in.get(next, shared, rest);
        key = next;
        FrameEncoder.Writing writing = origins.get(length(origins.size()));
        seq += signed();
        timestamp += signed();
        long previous = (flags & FrameEncoder.PREVIOUS) == 0 ? 0 : timestamp - signed();
        long shadows = (flags & FrameEncoder.SHADOWS) == 0 ? 0 : timestamp + signed();
        UUID author = (flags & FrameEncoder.AUTHOR) == 0 ? Version.NOBODY : users.get(length(users.size()));
        UUID owner = (flags & FrameEncoder.OWNER) == 0 ? author : owner(length(users.size()));
        long expires = (flags & FrameEncoder.EXPIRES) == 0 ? Version.FOREVER : timestamp + signed();
        boolean packed = (flags & FrameEncoder.PACKED) != 0;
        int raw = packed ? length(Record.DOCUMENT_MAX) : 0;
        byte[] stored = new byte[length(end - in.position())];
        in.get(stored);
        byte[] document = packed ? codec.unpack(stored, raw) : stored;
        boolean deleted = (flags & FrameEncoder.DELETED) != 0;
        if (key.length == 0 || flags < 0 || deleted && (packed || document.length > 0)
                || in.position() > end) {
            return Optional.empty();
        }
        Version version = hasher.seal(new Version(Key.ofBytes(key), Version.NOBODY, timestamp,
                new Dot(writing.origin(), seq), writing.joined(), new Version.Lineage(previous, shadows),
                author, owner, expires, deleted, document));
        ids.update(ByteBuffer.allocate(16).putLong(version.uuid().getMostSignificantBits())
                .putLong(version.uuid().getLeastSignificantBits()).array());
        return Optional.of(new ReplicatedVersion(version, packed ? new EncodedDocument(document, stored)
                : EncodedDocument.plain(document)));
    }

    private UUID owner(int place) {
        return place == 0 ? Version.NOBODY : users.get(place - 1);
    }

    /** Whether the frame ends here, and its versions have the ids that its encoder saw. */
    boolean isComplete() {
        byte[] check = Arrays.copyOf(ids.digest(), FrameEncoder.CHECK_BYTES);
        return in.position() == end
                && Arrays.equals(check, Arrays.copyOfRange(in.array(), end, in.array().length));
    }

    private int length(int most) {
        long length = varint();
        if (length < 0 || length > most) {
            throw new BufferUnderflowException();
        }
        return (int) length;
    }

    private long signed() {
        long number = varint();
        return number >>> 1 ^ -(number & 1);
    }

    private long varint() {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte part = in.get();
            number |= (part & 0x7fL) << shift;
            if (part >= 0) {
                return number;
            }
        }
        throw new BufferUnderflowException();
    }

    private UUID id() {
        return new UUID(in.getLong(), in.getLong());
    }

    @Override
    public void close() {
        inflater.end();
    }
}
